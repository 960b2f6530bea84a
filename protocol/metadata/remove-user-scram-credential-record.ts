import { int8, message, string, type Value } from '../schema/notation.ts'

/** RemoveUserScramCredentialRecord (record type 22). Source: its specification in Apache Kafka 4.3.1. */
export const RemoveUserScramCredentialRecord = message({
  name: 'RemoveUserScramCredentialRecord',
  kind: 'metadata',
  key: 22,
  versions: '0',
  flexible: '0+',
  fields: {
    name: string('0+'),
    mechanism: int8('0+'),
  },
})
export type RemoveUserScramCredentialRecord = Value<typeof RemoveUserScramCredentialRecord>
