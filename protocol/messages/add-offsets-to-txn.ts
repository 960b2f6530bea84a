import { api, int16, int32, int64, message, string, type Value } from '../schema/notation.ts'

/** API key 25. Source: the specifications of AddOffsetsToTxnRequest and AddOffsetsToTxnResponse in Apache Kafka 4.3.1. */
export const AddOffsetsToTxnRequest = message({
  name: 'AddOffsetsToTxnRequest',
  kind: 'request',
  key: 25,
  versions: '0-4',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    transactionalId: string('0+'),
    producerId: int64('0+'),
    producerEpoch: int16('0+'),
    groupId: string('0+'),
  },
})
export type AddOffsetsToTxnRequest = Value<typeof AddOffsetsToTxnRequest>

export const AddOffsetsToTxnResponse = message({
  name: 'AddOffsetsToTxnResponse',
  kind: 'response',
  key: 25,
  versions: '0-4',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
  },
})
export type AddOffsetsToTxnResponse = Value<typeof AddOffsetsToTxnResponse>

/** API key 25. Source: the specifications of AddOffsetsToTxnRequest and AddOffsetsToTxnResponse in Apache Kafka 4.3.1. */
export const AddOffsetsToTxnApi = api('AddOffsetsToTxn', AddOffsetsToTxnRequest, AddOffsetsToTxnResponse)
