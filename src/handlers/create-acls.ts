import { CreateAclsApi } from '../../protocol/messages/create-acls.ts'
import { NO_AUTHORIZER, refusesUnknown } from './acl-refusal.ts'
import { defineHandler } from './define-handler.ts'

/**
 * CreateAcls (key 30), versions 1-3. This node has no authorizer, and says so for each rule.
 * Deviates: nowhere.  Source: KIP-140, KIP-290.
 */
export const createAclsHandler = defineHandler({
  api: CreateAclsApi,
  listeners: ['broker', 'controller'],
  handle(context, { creations }) {
    const codes = creations.flatMap(({ resourceType, resourcePatternType, operation, permissionType }) => [
      resourceType,
      resourcePatternType,
      operation,
      permissionType,
    ])
    if (refusesUnknown(context, codes)) return null
    return { throttleTimeMs: 0, results: creations.map(() => NO_AUTHORIZER) }
  },
})
