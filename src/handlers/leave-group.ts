import { LeaveGroupApi } from '../../protocol/messages/leave-group.ts'
import { defineHandler } from './define-handler.ts'

/**
 * LeaveGroup (key 13), versions 0-5. Takes members out of a classic group, several at once from version 3 on.
 * Deviates: nowhere.  Source: Kafka protocol guide; KIP-345, KIP-800.
 */
export const leaveGroupHandler = defineHandler({
  api: LeaveGroupApi,
  listeners: ['broker'],
  handle: (context, request) => context.services.groups.leaveGroup(context, request),
})
