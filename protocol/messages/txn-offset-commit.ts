import { api, array, int16, int32, int64, message, string, struct, type Value } from '../schema/notation.ts'

const TxnOffsetCommitRequestPartition = struct('TxnOffsetCommitRequestPartition', {
  partitionIndex: int32('0+'),
  committedOffset: int64('0+'),
  committedLeaderEpoch: int32('2+', { default: -1, ignorable: true }),
  committedMetadata: string('0+', { nullable: '0+' }),
})

const TxnOffsetCommitRequestTopic = struct('TxnOffsetCommitRequestTopic', {
  name: string('0+'),
  partitions: array(TxnOffsetCommitRequestPartition, '0+'),
})

export const TxnOffsetCommitRequest = message({
  name: 'TxnOffsetCommitRequest',
  kind: 'request',
  key: 28,
  versions: '0-5',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    transactionalId: string('0+'),
    groupId: string('0+'),
    producerId: int64('0+'),
    producerEpoch: int16('0+'),
    generationId: int32('3+', { default: -1 }),
    memberId: string('3+', { default: '' }),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    topics: array(TxnOffsetCommitRequestTopic, '0+'),
  },
})
export type TxnOffsetCommitRequest = Value<typeof TxnOffsetCommitRequest>

const TxnOffsetCommitResponsePartition = struct('TxnOffsetCommitResponsePartition', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
})

const TxnOffsetCommitResponseTopic = struct('TxnOffsetCommitResponseTopic', {
  name: string('0+'),
  partitions: array(TxnOffsetCommitResponsePartition, '0+'),
})

export const TxnOffsetCommitResponse = message({
  name: 'TxnOffsetCommitResponse',
  kind: 'response',
  key: 28,
  versions: '0-5',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32('0+'),
    topics: array(TxnOffsetCommitResponseTopic, '0+'),
  },
})
export type TxnOffsetCommitResponse = Value<typeof TxnOffsetCommitResponse>

/** API key 28. Source: the specifications of TxnOffsetCommitRequest and TxnOffsetCommitResponse in Apache Kafka 4.3.1. */
export const TxnOffsetCommitApi = api('TxnOffsetCommit', TxnOffsetCommitRequest, TxnOffsetCommitResponse)
