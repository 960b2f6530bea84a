import { array, int64, message, string, type Value } from '../schema/notation.ts'

/** DelegationTokenRecord (record type 10). Source: its specification in Apache Kafka 4.3.1. */
export const DelegationTokenRecord = message({
  name: 'DelegationTokenRecord',
  kind: 'metadata',
  key: 10,
  versions: '0',
  flexible: '0+',
  fields: {
    owner: string('0+'),
    requester: string('0+'),
    renewers: array('string', '0+'),
    issueTimestamp: int64('0+'),
    maxTimestamp: int64('0+'),
    expirationTimestamp: int64('0+'),
    tokenId: string('0+'),
  },
})
export type DelegationTokenRecord = Value<typeof DelegationTokenRecord>
