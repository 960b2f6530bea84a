import { int8, message, string, uuid, type Value } from '../schema/notation.ts'

/** AccessControlEntryRecord (record type 18). Source: its specification in Apache Kafka 4.3.1. */
export const AccessControlEntryRecord = message({
  name: 'AccessControlEntryRecord',
  kind: 'metadata',
  key: 18,
  versions: '0',
  flexible: '0+',
  fields: {
    id: uuid('0+'),
    resourceType: int8('0+'),
    resourceName: string('0+'),
    patternType: int8('0+'),
    principal: string('0+'),
    host: string('0+'),
    operation: int8('0+'),
    permissionType: int8('0+'),
  },
})
export type AccessControlEntryRecord = Value<typeof AccessControlEntryRecord>
