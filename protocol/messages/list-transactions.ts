import { api, array, int16, int32, int64, int64Exact, message, string, struct, type Value } from '../schema/notation.ts'

/** API key 66. Source: the specifications of ListTransactionsRequest and ListTransactionsResponse in Apache Kafka 4.3.1. */
export const ListTransactionsRequest = message({
  name: 'ListTransactionsRequest',
  kind: 'request',
  key: 66,
  versions: '0-2',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    stateFilters: array('string', '0+'),
    producerIdFilters: array('int64', '0+'),
    durationFilter: int64Exact('1+', { default: -1n }),
    transactionalIdPattern: string('2+', { nullable: '2+', default: null }),
  },
})
export type ListTransactionsRequest = Value<typeof ListTransactionsRequest>

const TransactionState = struct('TransactionState', {
  transactionalId: string('0+'),
  producerId: int64('0+'),
  transactionState: string('0+'),
})

export const ListTransactionsResponse = message({
  name: 'ListTransactionsResponse',
  kind: 'response',
  key: 66,
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    unknownStateFilters: array('string', '0+'),
    transactionStates: array(TransactionState, '0+'),
  },
})
export type ListTransactionsResponse = Value<typeof ListTransactionsResponse>

/** API key 66. Source: the specifications of ListTransactionsRequest and ListTransactionsResponse in Apache Kafka 4.3.1. */
export const ListTransactionsApi = api('ListTransactions', ListTransactionsRequest, ListTransactionsResponse)
