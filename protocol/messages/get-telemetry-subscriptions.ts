import { api, array, bool, int16, int32, message, uuid, type Value } from '../schema/notation.ts'

/** API key 71. Source: the specifications of GetTelemetrySubscriptionsRequest and GetTelemetrySubscriptionsResponse in Apache Kafka 4.3.1. */
export const GetTelemetrySubscriptionsRequest = message({
  name: 'GetTelemetrySubscriptionsRequest',
  kind: 'request',
  key: 71,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    clientInstanceId: uuid('0+'),
  },
})
export type GetTelemetrySubscriptionsRequest = Value<typeof GetTelemetrySubscriptionsRequest>

export const GetTelemetrySubscriptionsResponse = message({
  name: 'GetTelemetrySubscriptionsResponse',
  kind: 'response',
  key: 71,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    clientInstanceId: uuid('0+'),
    subscriptionId: int32('0+'),
    acceptedCompressionTypes: array('int8', '0+'),
    pushIntervalMs: int32('0+'),
    telemetryMaxBytes: int32('0+'),
    deltaTemporality: bool('0+'),
    requestedMetrics: array('string', '0+'),
  },
})
export type GetTelemetrySubscriptionsResponse = Value<typeof GetTelemetrySubscriptionsResponse>

/** API key 71. Source: the specifications of GetTelemetrySubscriptionsRequest and GetTelemetrySubscriptionsResponse in Apache Kafka 4.3.1. */
export const GetTelemetrySubscriptionsApi = api('GetTelemetrySubscriptions', GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse)
