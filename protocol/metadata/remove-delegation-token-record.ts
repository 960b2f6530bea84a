import { message, string, type Value } from '../schema/notation.ts'

/** RemoveDelegationTokenRecord (record type 26). Source: its specification in Apache Kafka 4.3.1. */
export const RemoveDelegationTokenRecord = message({
  name: 'RemoveDelegationTokenRecord',
  kind: 'metadata',
  key: 26,
  versions: '0',
  flexible: '0+',
  fields: {
    tokenId: string('0+'),
  },
})
export type RemoveDelegationTokenRecord = Value<typeof RemoveDelegationTokenRecord>
