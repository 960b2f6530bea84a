import { HeartbeatApi } from '../../protocol/messages/heartbeat.ts'
import { defineHandler } from './define-handler.ts'

/**
 * Heartbeat (key 12), versions 0-4. Keeps a member of a classic group alive.
 * Deviates: nowhere.  Source: Kafka protocol guide; KIP-345.
 */
export const heartbeatHandler = defineHandler({
  api: HeartbeatApi,
  listeners: ['broker'],
  handle: (context, request) => context.services.groups.heartbeat(context, request),
})
