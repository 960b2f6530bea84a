import { ErrorCode } from '../../protocol/error-codes.ts'
import { DescribeAclsApi } from '../../protocol/messages/describe-acls.ts'
import { refusesUnknown } from './acl-refusal.ts'
import { defineHandler } from './define-handler.ts'

/**
 * DescribeAcls (key 29), versions 1-3. This node has no authorizer, and says so.
 * Deviates: nowhere.  Source: KIP-140, KIP-290.
 */
export const describeAclsHandler = defineHandler({
  api: DescribeAclsApi,
  listeners: ['broker', 'controller'],
  handle(context, { resourceTypeFilter, patternTypeFilter, operation, permissionType }) {
    if (refusesUnknown(context, [resourceTypeFilter, patternTypeFilter, operation, permissionType])) return null
    return { throttleTimeMs: 0, errorCode: ErrorCode.SECURITY_DISABLED, errorMessage: 'No Authorizer is configured on the broker', resources: [] }
  },
})
