import { api, bytes, int16, int32, int64, int64Exact, message, type Value } from '../schema/notation.ts'

/** API key 40. Source: the specifications of ExpireDelegationTokenRequest and ExpireDelegationTokenResponse in Apache Kafka 4.3.1. */
export const ExpireDelegationTokenRequest = message({
  name: 'ExpireDelegationTokenRequest',
  kind: 'request',
  key: 40,
  versions: '1-2',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    hmac: bytes('0+'),
    expiryTimePeriodMs: int64Exact('0+'),
  },
})
export type ExpireDelegationTokenRequest = Value<typeof ExpireDelegationTokenRequest>

export const ExpireDelegationTokenResponse = message({
  name: 'ExpireDelegationTokenResponse',
  kind: 'response',
  key: 40,
  versions: '1-2',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    expiryTimestampMs: int64('0+'),
    throttleTimeMs: int32('0+'),
  },
})
export type ExpireDelegationTokenResponse = Value<typeof ExpireDelegationTokenResponse>

/** API key 40. Source: the specifications of ExpireDelegationTokenRequest and ExpireDelegationTokenResponse in Apache Kafka 4.3.1. */
export const ExpireDelegationTokenApi = api('ExpireDelegationToken', ExpireDelegationTokenRequest, ExpireDelegationTokenResponse)
