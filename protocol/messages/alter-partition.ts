import { api, array, int8, int16, int32, int64, message, struct, uuid, type Value } from '../schema/notation.ts'

const BrokerState = struct('BrokerState', {
  brokerId: int32('3+'),
  brokerEpoch: int64('3+', { default: -1 }),
})

const PartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  leaderEpoch: int32('0+'),
  newIsr: array('int32', '0-2'),
  newIsrWithEpochs: array(BrokerState, '3+'),
  leaderRecoveryState: int8('1+', { default: 0 }),
  partitionEpoch: int32('0+'),
})

const TopicData = struct('TopicData', {
  topicId: uuid('2+', { ignorable: true }),
  partitions: array(PartitionData, '0+'),
})

export const AlterPartitionRequest = message({
  name: 'AlterPartitionRequest',
  kind: 'request',
  key: 56,
  versions: '2-3',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
    topics: array(TopicData, '0+'),
  },
})
export type AlterPartitionRequest = Value<typeof AlterPartitionRequest>

const ResponsePartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
  leaderId: int32('0+'),
  leaderEpoch: int32('0+'),
  isr: array('int32', '0+'),
  leaderRecoveryState: int8('1+', { default: 0, ignorable: true }),
  partitionEpoch: int32('0+'),
})

const ResponseTopicData = struct('TopicData', {
  topicId: uuid('2+', { ignorable: true }),
  partitions: array(ResponsePartitionData, '0+'),
})

export const AlterPartitionResponse = message({
  name: 'AlterPartitionResponse',
  kind: 'response',
  key: 56,
  versions: '2-3',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    topics: array(ResponseTopicData, '0+'),
  },
})
export type AlterPartitionResponse = Value<typeof AlterPartitionResponse>

/** API key 56. Source: the specifications of AlterPartitionRequest and AlterPartitionResponse in Apache Kafka 4.3.1. */
export const AlterPartitionApi = api('AlterPartition', AlterPartitionRequest, AlterPartitionResponse)
