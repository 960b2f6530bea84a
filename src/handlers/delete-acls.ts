import { DeleteAclsApi } from '../../protocol/messages/delete-acls.ts'
import { NO_AUTHORIZER, refusesUnknown } from './acl-refusal.ts'
import { defineHandler } from './define-handler.ts'

/**
 * DeleteAcls (key 31), versions 1-3. This node has no authorizer, and says so for each filter.
 * Deviates: nowhere.  Source: KIP-140, KIP-290.
 */
export const deleteAclsHandler = defineHandler({
  api: DeleteAclsApi,
  listeners: ['broker', 'controller'],
  handle(context, { filters }) {
    const codes = filters.flatMap(({ resourceTypeFilter, patternTypeFilter, operation, permissionType }) => [
      resourceTypeFilter,
      patternTypeFilter,
      operation,
      permissionType,
    ])
    if (refusesUnknown(context, codes)) return null
    return { throttleTimeMs: 0, filterResults: filters.map(() => ({ ...NO_AUTHORIZER, matchingAcls: [] })) }
  },
})
