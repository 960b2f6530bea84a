import { api, bool, int16, int32, int64, message, string, type Value } from '../schema/notation.ts'

/** API key 26. Source: the specifications of EndTxnRequest and EndTxnResponse in Apache Kafka 4.3.1. */
export const EndTxnRequest = message({
  name: 'EndTxnRequest',
  kind: 'request',
  key: 26,
  versions: '0-5',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    transactionalId: string('0+'),
    producerId: int64('0+'),
    producerEpoch: int16('0+'),
    committed: bool('0+'),
  },
})
export type EndTxnRequest = Value<typeof EndTxnRequest>

export const EndTxnResponse = message({
  name: 'EndTxnResponse',
  kind: 'response',
  key: 26,
  versions: '0-5',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    producerId: int64('5+', { default: -1, ignorable: true }),
    producerEpoch: int16('5+', { default: -1, ignorable: true }),
  },
})
export type EndTxnResponse = Value<typeof EndTxnResponse>

/** API key 26. Source: the specifications of EndTxnRequest and EndTxnResponse in Apache Kafka 4.3.1. */
export const EndTxnApi = api('EndTxn', EndTxnRequest, EndTxnResponse)
