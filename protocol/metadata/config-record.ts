import { int8, message, string, type Value } from '../schema/notation.ts'

/** ConfigRecord (record type 4). Source: its specification in Apache Kafka 4.3.1. */
export const ConfigRecord = message({
  name: 'ConfigRecord',
  kind: 'metadata',
  key: 4,
  versions: '0',
  flexible: '0+',
  fields: {
    resourceType: int8('0+'),
    resourceName: string('0+'),
    name: string('0+'),
    value: string('0+', { nullable: '0+' }),
  },
})
export type ConfigRecord = Value<typeof ConfigRecord>
