import { message, string, type Value } from '../schema/notation.ts'

/** BeginTransactionRecord (record type 23). Source: its specification in Apache Kafka 4.3.1. */
export const BeginTransactionRecord = message({
  name: 'BeginTransactionRecord',
  kind: 'metadata',
  key: 23,
  versions: '0',
  flexible: '0+',
  fields: {
    name: string('0+', { nullable: '0+', default: null, tag: 0, tagged: '0+' }),
  },
})
export type BeginTransactionRecord = Value<typeof BeginTransactionRecord>
