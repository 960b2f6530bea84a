import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { createAclsHandler } from '../../../src/handlers/create-acls.ts'
import { createDelegationTokenHandler } from '../../../src/handlers/create-delegation-token.ts'
import { deleteAclsHandler } from '../../../src/handlers/delete-acls.ts'
import { describeAclsHandler } from '../../../src/handlers/describe-acls.ts'
import { describeDelegationTokenHandler } from '../../../src/handlers/describe-delegation-token.ts'
import { expireDelegationTokenHandler } from '../../../src/handlers/expire-delegation-token.ts'
import { renewDelegationTokenHandler } from '../../../src/handlers/renew-delegation-token.ts'
import { TopicNode, versions } from './topic-requests.ts'

const node = new TopicNode([])
const FILTER = {
  resourceTypeFilter: 1,
  resourceNameFilter: null,
  patternTypeFilter: 1,
  principalFilter: null,
  hostFilter: null,
  operation: 1,
  permissionType: 1,
}
const ACL = { resourceType: 2, resourceName: 'orders', resourcePatternType: 3, principal: 'User:alice', host: '*', operation: 3, permissionType: 3 }

describe('without an authorizer', () => {
  it.each(versions(1, 3))('requests for access rules are SECURITY_DISABLED in version %i, each by itself', async (version) => {
    expect(await node.ask(describeAclsHandler, version, FILTER)).toMatchObject({ errorCode: ErrorCode.SECURITY_DISABLED, resources: [] })
    const created = await node.ask(createAclsHandler, version, { creations: [ACL, ACL] })
    expect(created.results.map(({ errorCode }) => errorCode)).toEqual([ErrorCode.SECURITY_DISABLED, ErrorCode.SECURITY_DISABLED])
    const deleted = await node.ask(deleteAclsHandler, version, { filters: [FILTER] })
    expect(deleted.filterResults).toMatchObject([{ errorCode: ErrorCode.SECURITY_DISABLED, matchingAcls: [] }])
  })

  it('a rule with an unknown element closes the connection', async () => {
    const closes = 'an access rule with an unknown element'
    await expect(node.ask(describeAclsHandler, 3, { ...FILTER, operation: 0 })).rejects.toThrow(closes)
    await expect(node.ask(createAclsHandler, 3, { creations: [ACL, { ...ACL, permissionType: 0 }] })).rejects.toThrow(closes)
    await expect(node.ask(deleteAclsHandler, 3, { filters: [{ ...FILTER, patternTypeFilter: 0 }] })).rejects.toThrow(closes)
  })
})

describe('on a plain listener', () => {
  const { DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, UNKNOWN_SERVER_ERROR } = ErrorCode

  it('no token is made; the answer names the owner', async () => {
    const request = { renewers: [], maxLifetimeMs: -1n, ownerPrincipalType: 'User', ownerPrincipalName: 'alice' }
    expect(await node.ask(createDelegationTokenHandler, 3, request)).toMatchObject({
      errorCode: DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
      principalType: 'User',
      principalName: 'alice',
      tokenRequesterPrincipalName: 'ANONYMOUS',
      issueTimestampMs: -1,
    })
    expect(await node.ask(createDelegationTokenHandler, 1, { renewers: [], maxLifetimeMs: -1n })).toMatchObject({ principalName: 'ANONYMOUS' })
  })

  it('no token is made for an owner with a name and no type', async () => {
    const request = { renewers: [], maxLifetimeMs: -1n, ownerPrincipalType: null, ownerPrincipalName: 'alice' }
    expect(await node.ask(createDelegationTokenHandler, 3, request)).toMatchObject({ errorCode: DELEGATION_TOKEN_REQUEST_NOT_ALLOWED, principalName: 'alice' })
  })

  it('no token is renewed, expired or told of', async () => {
    const hmac = Buffer.from('none')
    const answers = [
      await node.ask(renewDelegationTokenHandler, 2, { hmac, renewPeriodMs: 1n }),
      await node.ask(expireDelegationTokenHandler, 2, { hmac, expiryTimePeriodMs: 1n }),
      await node.ask(describeDelegationTokenHandler, 3, { owners: null }),
    ]
    expect(answers.map(({ errorCode }) => errorCode)).toEqual(answers.map(() => DELEGATION_TOKEN_REQUEST_NOT_ALLOWED))
  })

  it('the controller knows nothing of telling tokens, as in Kafka', async () => {
    const { errorCode } = await node.ask(describeDelegationTokenHandler, 3, { owners: null }, { listenerKind: 'controller' })
    expect(errorCode).toBe(UNKNOWN_SERVER_ERROR)
  })
})
