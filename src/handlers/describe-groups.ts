import { DescribeGroupsApi } from '../../protocol/messages/describe-groups.ts'
import { defineHandler } from './define-handler.ts'

/**
 * DescribeGroups (key 15), versions 0-6. State and members of classic groups.
 * Deviates: nowhere.  Source: Kafka protocol guide; KIP-430, KIP-1043.
 */
export const describeGroupsHandler = defineHandler({
  api: DescribeGroupsApi,
  listeners: ['broker'],
  handle: (context, request) => context.services.groups.describeGroups(context, request),
})
