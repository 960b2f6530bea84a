import { ListGroupsApi } from '../../protocol/messages/list-groups.ts'
import { defineHandler } from './define-handler.ts'

/**
 * ListGroups (key 16), versions 0-5. The groups that this node coordinates.
 * Deviates: groups of other kinds than classic are not served yet; those with members have the state Unknown.
 * Source: Kafka protocol guide; KIP-518, KIP-848.
 */
export const listGroupsHandler = defineHandler({
  api: ListGroupsApi,
  listeners: ['broker'],
  handle: (context, request) => context.services.groups.listGroups(context, request),
})
