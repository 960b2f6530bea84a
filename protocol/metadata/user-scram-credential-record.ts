import { bytes, int8, int32, message, string, type Value } from '../schema/notation.ts'

/** UserScramCredentialRecord (record type 11). Source: its specification in Apache Kafka 4.3.1. */
export const UserScramCredentialRecord = message({
  name: 'UserScramCredentialRecord',
  kind: 'metadata',
  key: 11,
  versions: '0',
  flexible: '0+',
  fields: {
    name: string('0+'),
    mechanism: int8('0+'),
    salt: bytes('0+'),
    storedKey: bytes('0+'),
    serverKey: bytes('0+'),
    iterations: int32('0+'),
  },
})
export type UserScramCredentialRecord = Value<typeof UserScramCredentialRecord>
