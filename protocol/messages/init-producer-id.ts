import { api, bool, int16, int32, int64, message, string, type Value } from '../schema/notation.ts'

/** API key 22. Source: the specifications of InitProducerIdRequest and InitProducerIdResponse in Apache Kafka 4.3.1. */
export const InitProducerIdRequest = message({
  name: 'InitProducerIdRequest',
  kind: 'request',
  key: 22,
  versions: '0-6',
  flexible: '2+',
  listeners: ['broker'],
  latestVersionUnstable: true,
  fields: {
    transactionalId: string('0+', { nullable: '0+' }),
    transactionTimeoutMs: int32('0+'),
    producerId: int64('3+', { default: -1 }),
    producerEpoch: int16('3+', { default: -1 }),
    enable2Pc: bool('6+', { default: false }),
    keepPreparedTxn: bool('6+', { default: false }),
  },
})
export type InitProducerIdRequest = Value<typeof InitProducerIdRequest>

export const InitProducerIdResponse = message({
  name: 'InitProducerIdResponse',
  kind: 'response',
  key: 22,
  versions: '0-6',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+', { ignorable: true }),
    errorCode: int16('0+'),
    producerId: int64('0+', { default: -1 }),
    producerEpoch: int16('0+'),
    ongoingTxnProducerId: int64('6+', { default: -1 }),
    ongoingTxnProducerEpoch: int16('6+', { default: -1 }),
  },
})
export type InitProducerIdResponse = Value<typeof InitProducerIdResponse>

/** API key 22. Source: the specifications of InitProducerIdRequest and InitProducerIdResponse in Apache Kafka 4.3.1. */
export const InitProducerIdApi = api('InitProducerId', InitProducerIdRequest, InitProducerIdResponse)
