import { api, array, bytes, int16, int32, int64, int64Exact, message, string, struct, type Value } from '../schema/notation.ts'

const CreatableRenewers = struct('CreatableRenewers', {
  principalType: string('0+'),
  principalName: string('0+'),
})

export const CreateDelegationTokenRequest = message({
  name: 'CreateDelegationTokenRequest',
  kind: 'request',
  key: 38,
  versions: '1-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    ownerPrincipalType: string('3+', { nullable: '3+' }),
    ownerPrincipalName: string('3+', { nullable: '3+' }),
    renewers: array(CreatableRenewers, '0+'),
    maxLifetimeMs: int64Exact('0+'),
  },
})
export type CreateDelegationTokenRequest = Value<typeof CreateDelegationTokenRequest>

export const CreateDelegationTokenResponse = message({
  name: 'CreateDelegationTokenResponse',
  kind: 'response',
  key: 38,
  versions: '1-3',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    principalType: string('0+'),
    principalName: string('0+'),
    tokenRequesterPrincipalType: string('3+'),
    tokenRequesterPrincipalName: string('3+'),
    issueTimestampMs: int64('0+'),
    expiryTimestampMs: int64('0+'),
    maxTimestampMs: int64('0+'),
    tokenId: string('0+'),
    hmac: bytes('0+'),
    throttleTimeMs: int32('0+'),
  },
})
export type CreateDelegationTokenResponse = Value<typeof CreateDelegationTokenResponse>

/** API key 38. Source: the specifications of CreateDelegationTokenRequest and CreateDelegationTokenResponse in Apache Kafka 4.3.1. */
export const CreateDelegationTokenApi = api('CreateDelegationToken', CreateDelegationTokenRequest, CreateDelegationTokenResponse)
