import { ErrorCode } from '../../protocol/error-codes.ts'
import type { DescribeGroupsResponse } from '../../protocol/messages/describe-groups.ts'
import type { ListGroupsResponse } from '../../protocol/messages/list-groups.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import type { ClassicGroup } from './classic/group.ts'
import type { ClassicMember } from './classic/member.ts'
import type { Group, GroupTable } from './group-table.ts'

export type DescribedGroup = Input<typeof DescribeGroupsResponse>['groups'][number]
export type ListedGroup = Input<typeof ListGroupsResponse>['groups'][number]

export interface GroupFilter {
  /** In any case, with or without blanks around; none: all. */
  readonly states: readonly string[]
  /** In any case; none: all. */
  readonly types: readonly string[]
}

/** Source: org.apache.kafka.coordinator.group.GroupMetadataManager.listGroups; KIP-518, KIP-848. */
export function listGroups(groups: GroupTable, filter: GroupFilter, atOffset: number): ListedGroup[] {
  const states = new Set(filter.states.map((state) => state.toLowerCase().trim()))
  const types = new Set(filter.types.map((type) => type.toLowerCase()))
  const listed: ListedGroup[] = []
  for (const group of groups.all(atOffset)) {
    const groupState = stateOf(group)
    if (states.size > 0 && !states.has(groupState.toLowerCase())) continue
    if (types.size > 0 && !types.has(group.kind)) continue
    listed.push({ groupId: group.groupId, protocolType: protocolTypeOf(group), groupState, groupType: group.kind })
  }
  return listed
}

/** Of groups that are not served here only emptiness is known. */
function stateOf(group: Group): string {
  if (group.kind === 'classic') return group.state
  return group.memberIds.size === 0 ? 'Empty' : 'Unknown'
}

/** Groups of the newer kinds have their kind as protocol type. */
function protocolTypeOf(group: Group): string {
  return group.kind === 'classic' ? (group.protocolType ?? '') : group.kind
}

/** Source: org.apache.kafka.coordinator.group.GroupMetadataManager.describeGroups; KIP-1043. */
export function describeGroup(groups: GroupTable, groupId: string, apiVersion: number, atOffset: number): DescribedGroup {
  const group = groups.get(groupId, atOffset)
  if (group?.kind === 'classic') return describeClassic(group)
  if (apiVersion < 6) return { ...describeError(groupId, ErrorCode.NONE), groupState: 'Dead' }
  const errorMessage = group === undefined ? `Group ${groupId} not found.` : `Group ${groupId} is not a classic group.`
  return { ...describeError(groupId, ErrorCode.GROUP_ID_NOT_FOUND), groupState: 'Dead', errorMessage }
}

export function describeError(groupId: string, errorCode: number): DescribedGroup {
  return { errorCode, groupId, groupState: '', protocolType: '', protocolData: '', members: [] }
}

/** What members subscribe to and which protocol they follow is settled only while the group is stable. */
function describeClassic(group: ClassicGroup): DescribedGroup {
  const protocolName = group.state === 'Stable' ? group.protocolName : null
  return {
    errorCode: ErrorCode.NONE,
    groupId: group.groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: protocolName ?? '',
    members: group.members().map((member) => describeMember(member, protocolName)),
  }
}

function describeMember(member: ClassicMember, protocolName: string | null): DescribedGroup['members'][number] {
  const { memberId, groupInstanceId, clientId, clientHost, assignment } = member
  const memberMetadata = protocolName === null ? Buffer.alloc(0) : member.metadataFor(protocolName)
  return { memberId, groupInstanceId, clientId, clientHost, memberMetadata, memberAssignment: assignment }
}
