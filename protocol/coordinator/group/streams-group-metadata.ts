import { array, int32, int64, message, string, struct, type Value } from '../../schema/notation.ts'

/** StreamsGroupMetadataKey and StreamsGroupMetadataValue (record type 17). Source: their specification in Apache Kafka 4.3.1. */
export const StreamsGroupMetadataKey = message({
  name: 'StreamsGroupMetadataKey',
  kind: 'coordinator-key',
  key: 17,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
})
export type StreamsGroupMetadataKey = Value<typeof StreamsGroupMetadataKey>

const LastAssignmentConfig = struct('LastAssignmentConfig', {
  key: string('0+'),
  value: string('0+'),
})

export const StreamsGroupMetadataValue = message({
  name: 'StreamsGroupMetadataValue',
  kind: 'coordinator-value',
  key: 17,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32('0+'),
    metadataHash: int64('0+'),
    validatedTopologyEpoch: int32('0+', { default: -1, tag: 0, tagged: '0+' }),
    lastAssignmentConfigs: array(LastAssignmentConfig, '0+', { nullable: '0+', tag: 1, tagged: '0+' }),
  },
})
export type StreamsGroupMetadataValue = Value<typeof StreamsGroupMetadataValue>
