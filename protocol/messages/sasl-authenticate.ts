import { api, bytes, int16, int64, message, string, type Value } from '../schema/notation.ts'

/** API key 36. Source: the specifications of SaslAuthenticateRequest and SaslAuthenticateResponse in Apache Kafka 4.3.1. */
export const SaslAuthenticateRequest = message({
  name: 'SaslAuthenticateRequest',
  kind: 'request',
  key: 36,
  versions: '0-2',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    authBytes: bytes('0+'),
  },
})
export type SaslAuthenticateRequest = Value<typeof SaslAuthenticateRequest>

export const SaslAuthenticateResponse = message({
  name: 'SaslAuthenticateResponse',
  kind: 'response',
  key: 36,
  versions: '0-2',
  flexible: '2+',
  fields: {
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    authBytes: bytes('0+'),
    sessionLifetimeMs: int64('1+', { default: 0, ignorable: true }),
  },
})
export type SaslAuthenticateResponse = Value<typeof SaslAuthenticateResponse>

/** API key 36. Source: the specifications of SaslAuthenticateRequest and SaslAuthenticateResponse in Apache Kafka 4.3.1. */
export const SaslAuthenticateApi = api('SaslAuthenticate', SaslAuthenticateRequest, SaslAuthenticateResponse)
