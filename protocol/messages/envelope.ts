import { api, bytes, int16, message, type Value } from '../schema/notation.ts'

/** API key 58. Source: the specifications of EnvelopeRequest and EnvelopeResponse in Apache Kafka 4.3.1. */
export const EnvelopeRequest = message({
  name: 'EnvelopeRequest',
  kind: 'request',
  key: 58,
  versions: '0',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    requestData: bytes('0+'),
    requestPrincipal: bytes('0+', { nullable: '0+' }),
    clientHostAddress: bytes('0+'),
  },
})
export type EnvelopeRequest = Value<typeof EnvelopeRequest>

export const EnvelopeResponse = message({
  name: 'EnvelopeResponse',
  kind: 'response',
  key: 58,
  versions: '0',
  flexible: '0+',
  fields: {
    responseData: bytes('0+', { nullable: '0+', default: null }),
    errorCode: int16('0+'),
  },
})
export type EnvelopeResponse = Value<typeof EnvelopeResponse>

/** API key 58. Source: the specifications of EnvelopeRequest and EnvelopeResponse in Apache Kafka 4.3.1. */
export const EnvelopeApi = api('Envelope', EnvelopeRequest, EnvelopeResponse)
