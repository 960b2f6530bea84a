import { api, array, bool, int16, int32, int64, message, string, struct, type Value } from '../schema/notation.ts'

const AddPartitionsToTxnTopic = struct('AddPartitionsToTxnTopic', {
  name: string('0+', { mapKey: true }),
  partitions: array('int32', '0+'),
})

const AddPartitionsToTxnTransaction = struct('AddPartitionsToTxnTransaction', {
  transactionalId: string('4+', { mapKey: true }),
  producerId: int64('4+'),
  producerEpoch: int16('4+'),
  verifyOnly: bool('4+', { default: false }),
  topics: array(AddPartitionsToTxnTopic, '4+'),
})

export const AddPartitionsToTxnRequest = message({
  name: 'AddPartitionsToTxnRequest',
  kind: 'request',
  key: 24,
  versions: '0-5',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    transactions: array(AddPartitionsToTxnTransaction, '4+'),
    v3AndBelowTransactionalId: string('0-3'),
    v3AndBelowProducerId: int64('0-3'),
    v3AndBelowProducerEpoch: int16('0-3'),
    v3AndBelowTopics: array(AddPartitionsToTxnTopic, '0-3'),
  },
})
export type AddPartitionsToTxnRequest = Value<typeof AddPartitionsToTxnRequest>

const AddPartitionsToTxnPartitionResult = struct('AddPartitionsToTxnPartitionResult', {
  partitionIndex: int32('0+', { mapKey: true }),
  partitionErrorCode: int16('0+'),
})

const AddPartitionsToTxnTopicResult = struct('AddPartitionsToTxnTopicResult', {
  name: string('0+', { mapKey: true }),
  resultsByPartition: array(AddPartitionsToTxnPartitionResult, '0+'),
})

const AddPartitionsToTxnResult = struct('AddPartitionsToTxnResult', {
  transactionalId: string('4+', { mapKey: true }),
  topicResults: array(AddPartitionsToTxnTopicResult, '4+'),
})

export const AddPartitionsToTxnResponse = message({
  name: 'AddPartitionsToTxnResponse',
  kind: 'response',
  key: 24,
  versions: '0-5',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('4+', { ignorable: true }),
    resultsByTransaction: array(AddPartitionsToTxnResult, '4+'),
    resultsByTopicV3AndBelow: array(AddPartitionsToTxnTopicResult, '0-3'),
  },
})
export type AddPartitionsToTxnResponse = Value<typeof AddPartitionsToTxnResponse>

/** API key 24. Source: the specifications of AddPartitionsToTxnRequest and AddPartitionsToTxnResponse in Apache Kafka 4.3.1. */
export const AddPartitionsToTxnApi = api('AddPartitionsToTxn', AddPartitionsToTxnRequest, AddPartitionsToTxnResponse)
