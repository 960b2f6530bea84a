import { int8, message, type Value } from '../schema/notation.ts'

/** ZkMigrationStateRecord (record type 21). Source: its specification in Apache Kafka 4.3.1. */
export const ZkMigrationStateRecord = message({
  name: 'ZkMigrationStateRecord',
  kind: 'metadata',
  key: 21,
  versions: '0',
  flexible: '0+',
  fields: {
    zkMigrationState: int8('0+'),
  },
})
export type ZkMigrationStateRecord = Value<typeof ZkMigrationStateRecord>
