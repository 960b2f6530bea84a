import { api, array, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const OffsetDeleteRequestPartition = struct('OffsetDeleteRequestPartition', {
  partitionIndex: int32('0+'),
})

const OffsetDeleteRequestTopic = struct('OffsetDeleteRequestTopic', {
  name: string('0+', { mapKey: true }),
  partitions: array(OffsetDeleteRequestPartition, '0+'),
})

export const OffsetDeleteRequest = message({
  name: 'OffsetDeleteRequest',
  kind: 'request',
  key: 47,
  versions: '0',
  flexible: 'none',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    topics: array(OffsetDeleteRequestTopic, '0+'),
  },
})
export type OffsetDeleteRequest = Value<typeof OffsetDeleteRequest>

const OffsetDeleteResponsePartition = struct('OffsetDeleteResponsePartition', {
  partitionIndex: int32('0+', { mapKey: true }),
  errorCode: int16('0+'),
})

const OffsetDeleteResponseTopic = struct('OffsetDeleteResponseTopic', {
  name: string('0+', { mapKey: true }),
  partitions: array(OffsetDeleteResponsePartition, '0+'),
})

export const OffsetDeleteResponse = message({
  name: 'OffsetDeleteResponse',
  kind: 'response',
  key: 47,
  versions: '0',
  flexible: 'none',
  fields: {
    errorCode: int16('0+'),
    throttleTimeMs: int32('0+', { ignorable: true }),
    topics: array(OffsetDeleteResponseTopic, '0+'),
  },
})
export type OffsetDeleteResponse = Value<typeof OffsetDeleteResponse>

/** API key 47. Source: the specifications of OffsetDeleteRequest and OffsetDeleteResponse in Apache Kafka 4.3.1. */
export const OffsetDeleteApi = api('OffsetDelete', OffsetDeleteRequest, OffsetDeleteResponse)
