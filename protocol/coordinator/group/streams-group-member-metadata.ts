import { array, int32, message, object, string, struct, uint16, type Value } from '../../schema/notation.ts'

/** StreamsGroupMemberMetadataKey and StreamsGroupMemberMetadataValue (record type 19). Source: their specification in Apache Kafka 4.3.1. */
export const StreamsGroupMemberMetadataKey = message({
  name: 'StreamsGroupMemberMetadataKey',
  kind: 'coordinator-key',
  key: 19,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
})
export type StreamsGroupMemberMetadataKey = Value<typeof StreamsGroupMemberMetadataKey>

const Endpoint = struct('Endpoint', {
  host: string('0+'),
  port: uint16('0+'),
})

const KeyValue = struct('KeyValue', {
  key: string('0+'),
  value: string('0+'),
})

export const StreamsGroupMemberMetadataValue = message({
  name: 'StreamsGroupMemberMetadataValue',
  kind: 'coordinator-value',
  key: 19,
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string('0+', { nullable: '0+' }),
    rackId: string('0+', { nullable: '0+' }),
    clientId: string('0+'),
    clientHost: string('0+'),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    topologyEpoch: int32('0+'),
    processId: string('0+'),
    userEndpoint: object(Endpoint, '0+', { nullable: '0+', default: null }),
    clientTags: array(KeyValue, '0+'),
  },
})
export type StreamsGroupMemberMetadataValue = Value<typeof StreamsGroupMemberMetadataValue>
