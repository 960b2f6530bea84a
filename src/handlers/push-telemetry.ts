import { PushTelemetryApi } from '../../protocol/messages/push-telemetry.ts'
import { clientFactsOf } from './client-facts.ts'
import { defineHandler } from './define-handler.ts'

/**
 * PushTelemetry (key 72), version 0. Takes what a client measured of itself, which is shown at `/metrics`.
 * Deviates: as GetTelemetrySubscriptions.  Source: KIP-714.
 */
export const pushTelemetryHandler = defineHandler({
  api: PushTelemetryApi,
  listeners: ['broker'],
  // They are read, and what is kept of them is copied, before the answer.
  borrowsBytes: true,
  handle: (context, request) => ({ throttleTimeMs: 0, errorCode: context.services.telemetry.push(clientFactsOf(context), request) }),
})
