import { message, uuid, type Value } from '../schema/notation.ts'

/** RemoveAccessControlEntryRecord (record type 19). Source: its specification in Apache Kafka 4.3.1. */
export const RemoveAccessControlEntryRecord = message({
  name: 'RemoveAccessControlEntryRecord',
  kind: 'metadata',
  key: 19,
  versions: '0',
  flexible: '0+',
  fields: {
    id: uuid('0+'),
  },
})
export type RemoveAccessControlEntryRecord = Value<typeof RemoveAccessControlEntryRecord>
