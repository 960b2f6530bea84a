import { api, array, int16, int32, int64, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const AlterShareGroupOffsetsRequestPartition = struct('AlterShareGroupOffsetsRequestPartition', {
  partitionIndex: int32('0+'),
  startOffset: int64('0+'),
})

const AlterShareGroupOffsetsRequestTopic = struct('AlterShareGroupOffsetsRequestTopic', {
  topicName: string('0+', { mapKey: true }),
  partitions: array(AlterShareGroupOffsetsRequestPartition, '0+'),
})

export const AlterShareGroupOffsetsRequest = message({
  name: 'AlterShareGroupOffsetsRequest',
  kind: 'request',
  key: 91,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    topics: array(AlterShareGroupOffsetsRequestTopic, '0+'),
  },
})
export type AlterShareGroupOffsetsRequest = Value<typeof AlterShareGroupOffsetsRequest>

const AlterShareGroupOffsetsResponsePartition = struct('AlterShareGroupOffsetsResponsePartition', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
})

const AlterShareGroupOffsetsResponseTopic = struct('AlterShareGroupOffsetsResponseTopic', {
  topicName: string('0+', { mapKey: true }),
  topicId: uuid('0+'),
  partitions: array(AlterShareGroupOffsetsResponsePartition, '0+'),
})

export const AlterShareGroupOffsetsResponse = message({
  name: 'AlterShareGroupOffsetsResponse',
  kind: 'response',
  key: 91,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    responses: array(AlterShareGroupOffsetsResponseTopic, '0+'),
  },
})
export type AlterShareGroupOffsetsResponse = Value<typeof AlterShareGroupOffsetsResponse>

/** API key 91. Source: the specifications of AlterShareGroupOffsetsRequest and AlterShareGroupOffsetsResponse in Apache Kafka 4.3.1. */
export const AlterShareGroupOffsetsApi = api('AlterShareGroupOffsets', AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse)
