import { message, type Value } from '../schema/notation.ts'

/** NoOpRecord (record type 20). Source: its specification in Apache Kafka 4.3.1. */
export const NoOpRecord = message({ name: 'NoOpRecord', kind: 'metadata', key: 20, versions: '0', flexible: '0+', fields: {} })
export type NoOpRecord = Value<typeof NoOpRecord>
