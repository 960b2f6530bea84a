import { api, int16, int32, message, string, type Value } from '../schema/notation.ts'

/** API key 64. Source: the specifications of UnregisterBrokerRequest and UnregisterBrokerResponse in Apache Kafka 4.3.1. */
export const UnregisterBrokerRequest = message({
  name: 'UnregisterBrokerRequest',
  kind: 'request',
  key: 64,
  versions: '0',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    brokerId: int32('0+'),
  },
})
export type UnregisterBrokerRequest = Value<typeof UnregisterBrokerRequest>

export const UnregisterBrokerResponse = message({
  name: 'UnregisterBrokerResponse',
  kind: 'response',
  key: 64,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
  },
})
export type UnregisterBrokerResponse = Value<typeof UnregisterBrokerResponse>

/** API key 64. Source: the specifications of UnregisterBrokerRequest and UnregisterBrokerResponse in Apache Kafka 4.3.1. */
export const UnregisterBrokerApi = api('UnregisterBroker', UnregisterBrokerRequest, UnregisterBrokerResponse)
