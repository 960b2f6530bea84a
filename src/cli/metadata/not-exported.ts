import { ErrorCode } from '../../../protocol/error-codes.ts'
import { DescribeAclsApi } from '../../../protocol/messages/describe-acls.ts'
import { DescribeClientQuotasApi } from '../../../protocol/messages/describe-client-quotas.ts'
import { DescribeUserScramCredentialsApi } from '../../../protocol/messages/describe-user-scram-credentials.ts'
import type { AnyApi } from '../../../protocol/schema/notation.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { check, isTransient, KafkaError } from '../operations/kafka-error.ts'

/** In the filters of DescribeAcls. Source: ResourceType, PatternType, AclOperation and AclPermissionType of Kafka. */
const ANY = 1

/** What a cluster may hold that an export has no place for. */
const HOLDINGS: readonly { readonly what: string; readonly api: AnyApi; readonly count: (client: ClusterClient) => Promise<number> }[] = [
  { what: 'ACLs', api: DescribeAclsApi, count: countAcls },
  { what: 'client quotas', api: DescribeClientQuotasApi, count: countQuotas },
  { what: 'users with SCRAM credentials', api: DescribeUserScramCredentialsApi, count: countUsers },
]

/**
 * What the cluster has besides what is exported, in words: `3 ACLs`; with the reason where it does not tell.
 * Errors: those of connections.
 */
export async function findNotExported(client: ClusterClient): Promise<readonly string[]> {
  const found: string[] = []
  for (const { what, api, count } of HOLDINGS) {
    try {
      const held = await client.retry(api.name, async () => ((await client.versionOf(api)) === null ? 0 : await count(client)))
      if (held > 0) found.push(`${held} ${what}`)
    } catch (error) {
      if (!(error instanceof KafkaError) || isTransient(error)) throw error
      found.push(`${what}, if there are any (${error.message})`)
    }
  }
  return found
}

async function countAcls(client: ClusterClient): Promise<number> {
  const request = { resourceTypeFilter: ANY, resourceNameFilter: null, patternTypeFilter: ANY, principalFilter: null, hostFilter: null }
  const { errorCode, errorMessage, resources } = await client.ask(DescribeAclsApi, { ...request, operation: ANY, permissionType: ANY })
  // Without an authorizer there are none.
  if (errorCode === ErrorCode.SECURITY_DISABLED) return 0
  check(errorCode, errorMessage)
  return resources.reduce((sum, { acls }) => sum + acls.length, 0)
}

async function countQuotas(client: ClusterClient): Promise<number> {
  const { errorCode, errorMessage, entries } = await client.ask(DescribeClientQuotasApi, { components: [], strict: false })
  check(errorCode, errorMessage)
  return entries?.length ?? 0
}

async function countUsers(client: ClusterClient): Promise<number> {
  const { errorCode, errorMessage, results } = await client.ask(DescribeUserScramCredentialsApi, { users: null })
  check(errorCode, errorMessage)
  return results.length
}
