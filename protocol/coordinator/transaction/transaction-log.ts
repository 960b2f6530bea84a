import { array, int8, int16, int32, int64, message, string, struct, type Value } from '../../schema/notation.ts'

/** TransactionLogKey and TransactionLogValue (record type 0). Source: their specification in Apache Kafka 4.3.1. */
export const TransactionLogKey = message({
  name: 'TransactionLogKey',
  kind: 'coordinator-key',
  key: 0,
  versions: '0',
  flexible: 'none',
  fields: {
    transactionalId: string('0'),
  },
})
export type TransactionLogKey = Value<typeof TransactionLogKey>

const PartitionsSchema = struct('PartitionsSchema', {
  topic: string('0+'),
  partitionIds: array('int32', '0+'),
})

export const TransactionLogValue = message({
  name: 'TransactionLogValue',
  kind: 'coordinator-value',
  key: 0,
  versions: '0-1',
  flexible: '1+',
  fields: {
    producerId: int64('0+'),
    previousProducerId: int64('1+', { default: -1, tag: 0, tagged: '1+' }),
    nextProducerId: int64('1+', { default: -1, tag: 1, tagged: '1+' }),
    producerEpoch: int16('0+'),
    nextProducerEpoch: int16('1+', { default: -1, tag: 3, tagged: '1+' }),
    transactionTimeoutMs: int32('0+'),
    transactionStatus: int8('0+'),
    transactionPartitions: array(PartitionsSchema, '0+', { nullable: '0+' }),
    transactionLastUpdateTimestampMs: int64('0+'),
    transactionStartTimestampMs: int64('0+'),
    clientTransactionVersion: int16('1+', { default: 0, tag: 2, tagged: '1+' }),
  },
})
export type TransactionLogValue = Value<typeof TransactionLogValue>
