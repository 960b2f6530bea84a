import { api, array, bool, int16, int32, int64, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const OffsetFetchRequestTopic = struct('OffsetFetchRequestTopic', {
  name: string('0-7'),
  partitionIndexes: array('int32', '0-7'),
})

const OffsetFetchRequestTopics = struct('OffsetFetchRequestTopics', {
  name: string('8-9', { ignorable: true }),
  topicId: uuid('10+', { ignorable: true }),
  partitionIndexes: array('int32', '8+'),
})

const OffsetFetchRequestGroup = struct('OffsetFetchRequestGroup', {
  groupId: string('8+'),
  memberId: string('9+', { nullable: '9+', default: null, ignorable: true }),
  memberEpoch: int32('9+', { default: -1, ignorable: true }),
  topics: array(OffsetFetchRequestTopics, '8+', { nullable: '8+' }),
})

export const OffsetFetchRequest = message({
  name: 'OffsetFetchRequest',
  kind: 'request',
  key: 9,
  versions: '1-10',
  flexible: '6+',
  listeners: ['broker'],
  fields: {
    groupId: string('0-7'),
    topics: array(OffsetFetchRequestTopic, '0-7', { nullable: '2-7' }),
    groups: array(OffsetFetchRequestGroup, '8+'),
    requireStable: bool('7+', { default: false }),
  },
})
export type OffsetFetchRequest = Value<typeof OffsetFetchRequest>

const OffsetFetchResponsePartition = struct('OffsetFetchResponsePartition', {
  partitionIndex: int32('0-7'),
  committedOffset: int64('0-7'),
  committedLeaderEpoch: int32('5-7', { default: -1, ignorable: true }),
  metadata: string('0-7', { nullable: '0-7' }),
  errorCode: int16('0-7'),
})

const OffsetFetchResponseTopic = struct('OffsetFetchResponseTopic', {
  name: string('0-7'),
  partitions: array(OffsetFetchResponsePartition, '0-7'),
})

const OffsetFetchResponsePartitions = struct('OffsetFetchResponsePartitions', {
  partitionIndex: int32('8+'),
  committedOffset: int64('8+'),
  committedLeaderEpoch: int32('8+', { default: -1, ignorable: true }),
  metadata: string('8+', { nullable: '8+' }),
  errorCode: int16('8+'),
})

const OffsetFetchResponseTopics = struct('OffsetFetchResponseTopics', {
  name: string('8-9', { ignorable: true }),
  topicId: uuid('10+', { ignorable: true }),
  partitions: array(OffsetFetchResponsePartitions, '8+'),
})

const OffsetFetchResponseGroup = struct('OffsetFetchResponseGroup', {
  groupId: string('8+'),
  topics: array(OffsetFetchResponseTopics, '8+'),
  errorCode: int16('8+', { default: 0 }),
})

export const OffsetFetchResponse = message({
  name: 'OffsetFetchResponse',
  kind: 'response',
  key: 9,
  versions: '1-10',
  flexible: '6+',
  fields: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array(OffsetFetchResponseTopic, '0-7'),
    errorCode: int16('2-7', { default: 0, ignorable: true }),
    groups: array(OffsetFetchResponseGroup, '8+'),
  },
})
export type OffsetFetchResponse = Value<typeof OffsetFetchResponse>

/** API key 9. Source: the specifications of OffsetFetchRequest and OffsetFetchResponse in Apache Kafka 4.3.1. */
export const OffsetFetchApi = api('OffsetFetch', OffsetFetchRequest, OffsetFetchResponse)
