import { DeleteGroupsApi } from '../../protocol/messages/delete-groups.ts'
import { defineHandler } from './define-handler.ts'

/**
 * DeleteGroups (key 42), versions 0-2. Removes groups without members, and their offsets.
 * Deviates: groups of other kinds than classic are not served yet and stay (GROUP_ID_NOT_FOUND).
 * Source: Kafka protocol guide; KIP-229.
 */
export const deleteGroupsHandler = defineHandler({
  api: DeleteGroupsApi,
  listeners: ['broker'],
  handle: (context, request) => context.services.groups.deleteGroups(context, request),
})
