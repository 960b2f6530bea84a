import { api, bool, bytes, int8, int16, int32, message, uuid, type Value } from '../schema/notation.ts'

/** API key 72. Source: the specifications of PushTelemetryRequest and PushTelemetryResponse in Apache Kafka 4.3.1. */
export const PushTelemetryRequest = message({
  name: 'PushTelemetryRequest',
  kind: 'request',
  key: 72,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    clientInstanceId: uuid('0+'),
    subscriptionId: int32('0+'),
    terminating: bool('0+'),
    compressionType: int8('0+'),
    metrics: bytes('0+'),
  },
})
export type PushTelemetryRequest = Value<typeof PushTelemetryRequest>

export const PushTelemetryResponse = message({
  name: 'PushTelemetryResponse',
  kind: 'response',
  key: 72,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
  },
})
export type PushTelemetryResponse = Value<typeof PushTelemetryResponse>

/** API key 72. Source: the specifications of PushTelemetryRequest and PushTelemetryResponse in Apache Kafka 4.3.1. */
export const PushTelemetryApi = api('PushTelemetry', PushTelemetryRequest, PushTelemetryResponse)
