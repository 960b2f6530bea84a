import { message, string, type Value } from '../schema/notation.ts'

/** AbortTransactionRecord (record type 25). Source: its specification in Apache Kafka 4.3.1. */
export const AbortTransactionRecord = message({
  name: 'AbortTransactionRecord',
  kind: 'metadata',
  key: 25,
  versions: '0',
  flexible: '0+',
  fields: {
    reason: string('0+', { nullable: '0+', default: null, tag: 0, tagged: '0+' }),
  },
})
export type AbortTransactionRecord = Value<typeof AbortTransactionRecord>
