import { api, array, int16, message, string, type Value } from '../schema/notation.ts'

/** API key 17. Source: the specifications of SaslHandshakeRequest and SaslHandshakeResponse in Apache Kafka 4.3.1. */
export const SaslHandshakeRequest = message({
  name: 'SaslHandshakeRequest',
  kind: 'request',
  key: 17,
  versions: '0-1',
  flexible: 'none',
  listeners: ['broker', 'controller'],
  fields: {
    mechanism: string('0+'),
  },
})
export type SaslHandshakeRequest = Value<typeof SaslHandshakeRequest>

export const SaslHandshakeResponse = message({
  name: 'SaslHandshakeResponse',
  kind: 'response',
  key: 17,
  versions: '0-1',
  flexible: 'none',
  fields: {
    errorCode: int16('0+'),
    mechanisms: array('string', '0+'),
  },
})
export type SaslHandshakeResponse = Value<typeof SaslHandshakeResponse>

/** API key 17. Source: the specifications of SaslHandshakeRequest and SaslHandshakeResponse in Apache Kafka 4.3.1. */
export const SaslHandshakeApi = api('SaslHandshake', SaslHandshakeRequest, SaslHandshakeResponse)
