import { api, int16, int32, int64, message, type Value } from '../schema/notation.ts'

/** API key 67. Source: the specifications of AllocateProducerIdsRequest and AllocateProducerIdsResponse in Apache Kafka 4.3.1. */
export const AllocateProducerIdsRequest = message({
  name: 'AllocateProducerIdsRequest',
  kind: 'request',
  key: 67,
  versions: '0',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
  },
})
export type AllocateProducerIdsRequest = Value<typeof AllocateProducerIdsRequest>

export const AllocateProducerIdsResponse = message({
  name: 'AllocateProducerIdsResponse',
  kind: 'response',
  key: 67,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    producerIdStart: int64('0+'),
    producerIdLen: int32('0+'),
  },
})
export type AllocateProducerIdsResponse = Value<typeof AllocateProducerIdsResponse>

/** API key 67. Source: the specifications of AllocateProducerIdsRequest and AllocateProducerIdsResponse in Apache Kafka 4.3.1. */
export const AllocateProducerIdsApi = api('AllocateProducerIds', AllocateProducerIdsRequest, AllocateProducerIdsResponse)
