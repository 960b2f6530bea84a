import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { DeleteGroupsRequest, DeleteGroupsResponse } from '../../../protocol/messages/delete-groups.ts'
import type { DescribeGroupsRequest, DescribeGroupsResponse } from '../../../protocol/messages/describe-groups.ts'
import type { ListGroupsRequest, ListGroupsResponse } from '../../../protocol/messages/list-groups.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import { coordinatorError } from '../../coordinator/coordinator-errors.ts'
import { type DescribedGroup, describeError, type ListedGroup } from '../group-queries.ts'
import type { DeletedGroup } from '../offsets/delete.ts'
import type { GroupServices } from './group-runtime.ts'

/**
 * What anybody may do to a group while there is no authorizer: READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS and ALTER_CONFIGS, a bit each.
 * Source: org.apache.kafka.security.authorizer.AclEntry.supportedOperations.
 */
const GROUP_OPERATIONS = (1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11)

export function answerDescribeGroups(services: GroupServices, request: DescribeGroupsRequest, apiVersion: number): Input<typeof DescribeGroupsResponse> {
  const groups = request.groups.map((groupId) => describeOne(services, groupId, apiVersion))
  if (!request.includeAuthorizedOperations) return { groups }
  return { groups: groups.map((group) => (group.errorCode === ErrorCode.NONE ? { ...group, authorizedOperations: GROUP_OPERATIONS } : group)) }
}

function describeOne({ runtime, partitionFor }: GroupServices, groupId: string, apiVersion: number): DescribedGroup {
  const outcome = runtime.read(partitionFor(groupId), (machine, committedOffset) => machine.describe(groupId, apiVersion, committedOffset))
  return outcome.ok ? outcome.value : describeError(groupId, coordinatorError(outcome.errorCode))
}

/** The groups of all partitions that this node leads. One that is still loading fails the whole, so that nobody takes a part for all. */
export function answerListGroups({ runtime }: GroupServices, request: ListGroupsRequest): Input<typeof ListGroupsResponse> {
  const filter = { states: request.statesFilter, types: request.typesFilter }
  const groups: ListedGroup[] = []
  for (const partition of runtime.partitions()) {
    const outcome = runtime.read(partition, (machine, committedOffset) => machine.list(filter, committedOffset))
    if (outcome.ok) groups.push(...outcome.value)
    else if (outcome.errorCode !== ErrorCode.NOT_COORDINATOR) return { errorCode: coordinatorError(outcome.errorCode), groups: [] }
  }
  return { errorCode: ErrorCode.NONE, groups }
}

export async function answerDeleteGroups(services: GroupServices, request: DeleteGroupsRequest): Promise<Input<typeof DeleteGroupsResponse>> {
  const groupIds = new Set(request.groupsNames)
  const byPartition = new Map<number, string[]>()
  for (const groupId of groupIds) {
    const partition = services.partitionFor(groupId)
    byPartition.set(partition, [...(byPartition.get(partition) ?? []), groupId])
  }
  const results = await Promise.all([...byPartition].map(([partition, ids]) => deleteInPartition(services, partition, ids)))
  const codes = new Map(results.flat().map(({ groupId, errorCode }) => [groupId, errorCode]))
  return { throttleTimeMs: 0, results: Array.from(groupIds, (groupId) => ({ groupId, errorCode: codes.get(groupId) ?? ErrorCode.UNKNOWN_SERVER_ERROR })) }
}

async function deleteInPartition({ runtime }: GroupServices, partition: number, groupIds: readonly string[]): Promise<readonly DeletedGroup[]> {
  const outcome = await runtime.write(partition, (machine) => machine.deleteGroups(groupIds))
  return outcome.ok ? outcome.value : groupIds.map((groupId) => ({ groupId, errorCode: coordinatorError(outcome.errorCode) }))
}
