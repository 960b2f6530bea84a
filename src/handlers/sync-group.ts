import { SyncGroupApi } from '../../protocol/messages/sync-group.ts'
import { defineHandler } from './define-handler.ts'

/**
 * SyncGroup (key 14), versions 0-5. The leader brings the assignment of its group, every member fetches its own.
 * Deviates: of two requests in which one member waits, the earlier is answered REBALANCE_IN_PROGRESS, and one of a member that is
 * removed UNKNOWN_MEMBER_ID; Kafka leaves both unanswered.  Source: Kafka protocol guide; KIP-559.
 */
export const syncGroupHandler = defineHandler({
  api: SyncGroupApi,
  listeners: ['broker'],
  handle: (context, request) => context.services.groups.syncGroup(context, request),
})
