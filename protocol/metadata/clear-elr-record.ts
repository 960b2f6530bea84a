import { message, string, type Value } from '../schema/notation.ts'

/** ClearElrRecord (record type 28). Source: its specification in Apache Kafka 4.3.1. */
export const ClearElrRecord = message({
  name: 'ClearElrRecord',
  kind: 'metadata',
  key: 28,
  versions: '0',
  flexible: '0+',
  fields: {
    topicName: string('0+'),
  },
})
export type ClearElrRecord = Value<typeof ClearElrRecord>
