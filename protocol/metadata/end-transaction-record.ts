import { message, type Value } from '../schema/notation.ts'

/** EndTransactionRecord (record type 24). Source: its specification in Apache Kafka 4.3.1. */
export const EndTransactionRecord = message({ name: 'EndTransactionRecord', kind: 'metadata', key: 24, versions: '0', flexible: '0+', fields: {} })
export type EndTransactionRecord = Value<typeof EndTransactionRecord>
