import { CreateAclsApi } from '../../../protocol/messages/create-acls.ts'
import { CreateDelegationTokenApi } from '../../../protocol/messages/create-delegation-token.ts'
import { DeleteAclsApi } from '../../../protocol/messages/delete-acls.ts'
import { DescribeAclsApi } from '../../../protocol/messages/describe-acls.ts'
import { DescribeDelegationTokenApi } from '../../../protocol/messages/describe-delegation-token.ts'
import { ExpireDelegationTokenApi } from '../../../protocol/messages/expire-delegation-token.ts'
import { RenewDelegationTokenApi } from '../../../protocol/messages/renew-delegation-token.ts'
import type { RawClient } from '../raw-client.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'

type Ask = (client: RawClient, version: number) => Promise<unknown>

const ANY = { resourceTypeFilter: 1, resourceNameFilter: null, principalFilter: null, hostFilter: null, operation: 1, permissionType: 1, patternTypeFilter: 1 }
const OF_TOPIC = { ...ANY, resourceTypeFilter: 2, resourceNameFilter: 'orders', patternTypeFilter: 3, principalFilter: 'User:alice', hostFilter: '*' }
const ACL = { resourceType: 2, resourceName: 'orders', resourcePatternType: 3, principal: 'User:alice', host: '*', operation: 3, permissionType: 3 }
const RENEWER = { principalType: 'User', principalName: 'bob' }

/** On both listeners; a listener that does not serve the API closes the connection, or says so. */
function onBoth(name: string, served: readonly number[], ask: Ask): readonly Scenario[] {
  return (['broker', 'controller'] as const).map((listener) => ({
    name: `${name}, on the listener of the ${listener}`,
    versions: served,
    run: async (stage: Stage, version: number) => ask(listener === 'broker' ? stage.client : await stage.openController(), version),
  }))
}

export const securityScenarios: readonly Scenario[] = [
  ...onBoth('DescribeAcls', versions(1, 3), async (client, version) => [
    await client.exchange(DescribeAclsApi, version, ANY),
    await client.exchange(DescribeAclsApi, version, OF_TOPIC),
    await client.exchange(DescribeAclsApi, version, { ...OF_TOPIC, resourceNameFilter: '' }),
  ]),
  ...onBoth('DescribeAcls with values that are none', versions(1, 3), (client, version) =>
    client.exchange(DescribeAclsApi, version, { ...ANY, resourceTypeFilter: 0, operation: 0 }),
  ),
  ...onBoth('DescribeAcls with negative values', versions(1, 3), (client, version) =>
    client.exchange(DescribeAclsApi, version, { ...ANY, permissionType: -1, patternTypeFilter: 9 }),
  ),
  ...onBoth('CreateAcls', versions(1, 3), async (client, version) => [
    await client.exchange(CreateAclsApi, version, { creations: [] }),
    await client.exchange(CreateAclsApi, version, { creations: [ACL] }),
    await client.exchange(CreateAclsApi, version, { creations: [ACL, ACL, { ...ACL, resourceName: '' }] }),
  ]),
  ...onBoth('CreateAcls with values that are none', versions(1, 3), (client, version) =>
    client.exchange(CreateAclsApi, version, { creations: [{ ...ACL, operation: 0 }] }),
  ),
  ...onBoth('CreateAcls with filters for values', versions(1, 3), (client, version) =>
    client.exchange(CreateAclsApi, version, { creations: [{ ...ACL, resourceType: 1, operation: 1, permissionType: 1, principal: 'nobody' }] }),
  ),
  ...onBoth('CreateAcls with a pattern that matches', versions(1, 3), (client, version) =>
    client.exchange(CreateAclsApi, version, { creations: [{ ...ACL, resourcePatternType: 2 }] }),
  ),
  ...onBoth('DeleteAcls', versions(1, 3), async (client, version) => [
    await client.exchange(DeleteAclsApi, version, { filters: [] }),
    await client.exchange(DeleteAclsApi, version, { filters: [ANY] }),
    await client.exchange(DeleteAclsApi, version, { filters: [OF_TOPIC, OF_TOPIC, ANY] }),
  ]),
  ...onBoth('DeleteAcls with values that are none', versions(1, 3), (client, version) =>
    client.exchange(DeleteAclsApi, version, { filters: [{ ...ANY, operation: 0 }] }),
  ),
  ...onBoth('CreateDelegationToken', versions(1, 3), async (client, version) => [
    await client.exchange(CreateDelegationTokenApi, version, { renewers: [], maxLifetimeMs: -1n }),
    await client.exchange(CreateDelegationTokenApi, version, { renewers: [RENEWER, RENEWER], maxLifetimeMs: 1n }),
    await client.exchange(CreateDelegationTokenApi, version, { renewers: [{ principalType: 'Group', principalName: '' }], maxLifetimeMs: 0n }),
  ]),
  ...onBoth('CreateDelegationToken for another owner', [3], async (client, version) => [
    await client.exchange(CreateDelegationTokenApi, version, { ownerPrincipalType: 'User', ownerPrincipalName: 'alice', renewers: [], maxLifetimeMs: -1n }),
    await client.exchange(CreateDelegationTokenApi, version, { ownerPrincipalType: 'Group', ownerPrincipalName: '', renewers: [], maxLifetimeMs: -1n }),
  ]),
  ...onBoth('RenewDelegationToken', versions(1, 2), async (client, version) => [
    await client.exchange(RenewDelegationTokenApi, version, { hmac: Buffer.from('none'), renewPeriodMs: -1n }),
    await client.exchange(RenewDelegationTokenApi, version, { hmac: Buffer.alloc(0), renewPeriodMs: 1n }),
  ]),
  ...onBoth('ExpireDelegationToken', versions(1, 2), async (client, version) => [
    await client.exchange(ExpireDelegationTokenApi, version, { hmac: Buffer.from('none'), expiryTimePeriodMs: -1n }),
    await client.exchange(ExpireDelegationTokenApi, version, { hmac: Buffer.alloc(0), expiryTimePeriodMs: 1n }),
  ]),
  ...onBoth('DescribeDelegationToken', versions(1, 3), async (client, version) => [
    await client.exchange(DescribeDelegationTokenApi, version, { owners: null }),
    await client.exchange(DescribeDelegationTokenApi, version, { owners: [] }),
    await client.exchange(DescribeDelegationTokenApi, version, { owners: [RENEWER] }),
  ]),
]
