import { api, bytes, int16, int32, int64, int64Exact, message, type Value } from '../schema/notation.ts'

/** API key 39. Source: the specifications of RenewDelegationTokenRequest and RenewDelegationTokenResponse in Apache Kafka 4.3.1. */
export const RenewDelegationTokenRequest = message({
  name: 'RenewDelegationTokenRequest',
  kind: 'request',
  key: 39,
  versions: '1-2',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    hmac: bytes('0+'),
    renewPeriodMs: int64Exact('0+'),
  },
})
export type RenewDelegationTokenRequest = Value<typeof RenewDelegationTokenRequest>

export const RenewDelegationTokenResponse = message({
  name: 'RenewDelegationTokenResponse',
  kind: 'response',
  key: 39,
  versions: '1-2',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    expiryTimestampMs: int64('0+'),
    throttleTimeMs: int32('0+'),
  },
})
export type RenewDelegationTokenResponse = Value<typeof RenewDelegationTokenResponse>

/** API key 39. Source: the specifications of RenewDelegationTokenRequest and RenewDelegationTokenResponse in Apache Kafka 4.3.1. */
export const RenewDelegationTokenApi = api('RenewDelegationToken', RenewDelegationTokenRequest, RenewDelegationTokenResponse)
