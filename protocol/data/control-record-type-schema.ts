import { int16, message, type Value } from '../schema/notation.ts'

/** Source: the specification of ControlRecordTypeSchema in Apache Kafka 4.3.1. */
export const ControlRecordTypeSchema = message({
  name: 'ControlRecordTypeSchema',
  kind: 'data',
  versions: '0',
  flexible: 'none',
  fields: {
    type: int16('0+'),
  },
})
export type ControlRecordTypeSchema = Value<typeof ControlRecordTypeSchema>
