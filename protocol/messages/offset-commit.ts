import { api, array, int16, int32, int64, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const OffsetCommitRequestPartition = struct('OffsetCommitRequestPartition', {
  partitionIndex: int32('0+'),
  committedOffset: int64('0+'),
  committedLeaderEpoch: int32('6+', { default: -1, ignorable: true }),
  committedMetadata: string('0+', { nullable: '0+' }),
})

const OffsetCommitRequestTopic = struct('OffsetCommitRequestTopic', {
  name: string('0-9', { ignorable: true }),
  topicId: uuid('10+', { ignorable: true }),
  partitions: array(OffsetCommitRequestPartition, '0+'),
})

export const OffsetCommitRequest = message({
  name: 'OffsetCommitRequest',
  kind: 'request',
  key: 8,
  versions: '2-10',
  flexible: '8+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    generationIdOrMemberEpoch: int32('1+', { default: -1, ignorable: true }),
    memberId: string('1+', { ignorable: true }),
    groupInstanceId: string('7+', { nullable: '7+', default: null }),
    retentionTimeMs: int64('2-4', { default: -1, ignorable: true }),
    topics: array(OffsetCommitRequestTopic, '0+'),
  },
})
export type OffsetCommitRequest = Value<typeof OffsetCommitRequest>

const OffsetCommitResponsePartition = struct('OffsetCommitResponsePartition', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
})

const OffsetCommitResponseTopic = struct('OffsetCommitResponseTopic', {
  name: string('0-9', { ignorable: true }),
  topicId: uuid('10+', { ignorable: true }),
  partitions: array(OffsetCommitResponsePartition, '0+'),
})

export const OffsetCommitResponse = message({
  name: 'OffsetCommitResponse',
  kind: 'response',
  key: 8,
  versions: '2-10',
  flexible: '8+',
  fields: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    topics: array(OffsetCommitResponseTopic, '0+'),
  },
})
export type OffsetCommitResponse = Value<typeof OffsetCommitResponse>

/** API key 8. Source: the specifications of OffsetCommitRequest and OffsetCommitResponse in Apache Kafka 4.3.1. */
export const OffsetCommitApi = api('OffsetCommit', OffsetCommitRequest, OffsetCommitResponse)
