import { JoinGroupApi } from '../../protocol/messages/join-group.ts'
import { defineHandler } from './define-handler.ts'

/**
 * JoinGroup (key 11), versions 0-9. Makes the client a member of a classic group; the answer waits for the rebalance.
 * Deviates: of two requests in which one member waits, the earlier is answered REBALANCE_IN_PROGRESS; Kafka leaves it unanswered.
 * Source: Kafka protocol guide; KIP-134, KIP-345, KIP-394, KIP-814.
 */
export const joinGroupHandler = defineHandler({
  api: JoinGroupApi,
  listeners: ['broker'],
  handle: (context, request) => context.services.groups.joinGroup(context, request),
})
