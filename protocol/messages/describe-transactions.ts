import { api, array, int16, int32, int64, message, string, struct, type Value } from '../schema/notation.ts'

/** API key 65. Source: the specifications of DescribeTransactionsRequest and DescribeTransactionsResponse in Apache Kafka 4.3.1. */
export const DescribeTransactionsRequest = message({
  name: 'DescribeTransactionsRequest',
  kind: 'request',
  key: 65,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    transactionalIds: array('string', '0+'),
  },
})
export type DescribeTransactionsRequest = Value<typeof DescribeTransactionsRequest>

const TopicData = struct('TopicData', {
  topic: string('0+', { mapKey: true }),
  partitions: array('int32', '0+'),
})

const TransactionState = struct('TransactionState', {
  errorCode: int16('0+'),
  transactionalId: string('0+'),
  transactionState: string('0+'),
  transactionTimeoutMs: int32('0+'),
  transactionStartTimeMs: int64('0+'),
  producerId: int64('0+'),
  producerEpoch: int16('0+'),
  topics: array(TopicData, '0+'),
})

export const DescribeTransactionsResponse = message({
  name: 'DescribeTransactionsResponse',
  kind: 'response',
  key: 65,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    transactionStates: array(TransactionState, '0+'),
  },
})
export type DescribeTransactionsResponse = Value<typeof DescribeTransactionsResponse>

/** API key 65. Source: the specifications of DescribeTransactionsRequest and DescribeTransactionsResponse in Apache Kafka 4.3.1. */
export const DescribeTransactionsApi = api('DescribeTransactions', DescribeTransactionsRequest, DescribeTransactionsResponse)
