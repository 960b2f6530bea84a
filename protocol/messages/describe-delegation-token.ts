import { api, array, bytes, int16, int32, int64, message, string, struct, type Value } from '../schema/notation.ts'

const DescribeDelegationTokenOwner = struct('DescribeDelegationTokenOwner', {
  principalType: string('0+'),
  principalName: string('0+'),
})

export const DescribeDelegationTokenRequest = message({
  name: 'DescribeDelegationTokenRequest',
  kind: 'request',
  key: 41,
  versions: '1-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    owners: array(DescribeDelegationTokenOwner, '0+', { nullable: '0+' }),
  },
})
export type DescribeDelegationTokenRequest = Value<typeof DescribeDelegationTokenRequest>

const DescribedDelegationTokenRenewer = struct('DescribedDelegationTokenRenewer', {
  principalType: string('0+'),
  principalName: string('0+'),
})

const DescribedDelegationToken = struct('DescribedDelegationToken', {
  principalType: string('0+'),
  principalName: string('0+'),
  tokenRequesterPrincipalType: string('3+'),
  tokenRequesterPrincipalName: string('3+'),
  issueTimestamp: int64('0+'),
  expiryTimestamp: int64('0+'),
  maxTimestamp: int64('0+'),
  tokenId: string('0+'),
  hmac: bytes('0+'),
  renewers: array(DescribedDelegationTokenRenewer, '0+'),
})

export const DescribeDelegationTokenResponse = message({
  name: 'DescribeDelegationTokenResponse',
  kind: 'response',
  key: 41,
  versions: '1-3',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    tokens: array(DescribedDelegationToken, '0+'),
    throttleTimeMs: int32('0+'),
  },
})
export type DescribeDelegationTokenResponse = Value<typeof DescribeDelegationTokenResponse>

/** API key 41. Source: the specifications of DescribeDelegationTokenRequest and DescribeDelegationTokenResponse in Apache Kafka 4.3.1. */
export const DescribeDelegationTokenApi = api('DescribeDelegationToken', DescribeDelegationTokenRequest, DescribeDelegationTokenResponse)
