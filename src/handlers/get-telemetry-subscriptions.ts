import { ErrorCode } from '../../protocol/error-codes.ts'
import { GetTelemetrySubscriptionsApi } from '../../protocol/messages/get-telemetry-subscriptions.ts'
import { ZERO_UUID } from '../../protocol/uuid.ts'
import { ACCEPTED_COMPRESSIONS } from '../observing/pushed/client-instances.ts'
import { clientFactsOf } from './client-facts.ts'
import { defineHandler } from './define-handler.ts'

const NOTHING_TOLD = {
  throttleTimeMs: 0,
  clientInstanceId: ZERO_UUID,
  subscriptionId: 0,
  acceptedCompressionTypes: [],
  pushIntervalMs: 0,
  telemetryMaxBytes: 0,
  deltaTemporality: false,
  requestedMetrics: [],
}

/**
 * GetTelemetrySubscriptions (key 71), version 0. What metrics of its own the client is to push, and how often; none where no
 * subscription matches it.
 * Deviates: Apache Kafka serves it only where a plugin receives metrics; here they are shown at `/metrics`.  Source: KIP-714.
 */
export const getTelemetrySubscriptionsHandler = defineHandler({
  api: GetTelemetrySubscriptionsApi,
  listeners: ['broker'],
  handle(context, { clientInstanceId }) {
    const { telemetry } = context.services
    const told = telemetry.subscriptionsOf(clientFactsOf(context), clientInstanceId)
    if (told.errorCode !== ErrorCode.NONE) return { ...NOTHING_TOLD, errorCode: told.errorCode }
    return {
      ...told,
      throttleTimeMs: 0,
      acceptedCompressionTypes: ACCEPTED_COMPRESSIONS,
      telemetryMaxBytes: telemetry.maxBytes(),
      deltaTemporality: true,
    }
  },
})
