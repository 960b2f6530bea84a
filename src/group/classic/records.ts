import type { GroupMetadataValue } from '../../../protocol/coordinator/group/group-metadata.ts'
import type { Clock } from '../../base/ports.ts'
import type { GroupMetadataRecord } from '../group-records.ts'
import { ClassicGroup } from './group.ts'
import { ClassicMember } from './member.ts'
import { NO_ASSIGNMENT } from './replies.ts'

/** What a group is when its members have (or keep) `assignmentOf` their member ids. */
export function groupMetadataRecord(group: ClassicGroup, assignmentOf: (memberId: string) => Buffer): GroupMetadataRecord {
  const { protocolName } = group
  const value: GroupMetadataValue = {
    protocolType: group.protocolType ?? '',
    generation: group.generationId,
    protocol: protocolName,
    leader: group.leaderId,
    currentStateTimestamp: group.stateSinceMs ?? -1,
    members: group.members().map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeout: member.rebalanceTimeoutMs,
      sessionTimeout: member.sessionTimeoutMs,
      subscription: member.metadataFor(protocolName),
      assignment: assignmentOf(member.memberId),
    })),
  }
  return { type: 'group-metadata', groupId: group.groupId, value }
}

/** That a group exists, though it never had a generation. */
export function newGroupRecord(group: ClassicGroup): GroupMetadataRecord {
  const value = { protocolType: '', generation: 0, protocol: null, leader: null, currentStateTimestamp: group.stateSinceMs ?? -1, members: [] }
  return { type: 'group-metadata', groupId: group.groupId, value }
}

/** The group that a record describes: Stable with its members, or Empty. */
export function groupFromRecord(groupId: string, value: GroupMetadataValue, clock: Clock): ClassicGroup {
  const group = new ClassicGroup(groupId, clock, {
    state: value.members.length === 0 ? 'Empty' : 'Stable',
    generationId: value.generation,
    protocolType: value.protocolType === '' ? null : value.protocolType,
    protocolName: value.protocol,
    leaderId: value.leader,
    stateSinceMs: value.currentStateTimestamp === -1 ? null : value.currentStateTimestamp,
  })
  for (const member of value.members) group.add(memberFromRecord(value, member), null)
  group.refreshSubscribedTopics()
  return group
}

function memberFromRecord(value: GroupMetadataValue, member: GroupMetadataValue['members'][number]): ClassicMember {
  const { memberId, groupInstanceId, clientId, clientHost, sessionTimeout } = member
  const terms = {
    protocolType: value.protocolType,
    rebalanceTimeoutMs: member.rebalanceTimeout === -1 ? sessionTimeout : member.rebalanceTimeout,
    sessionTimeoutMs: sessionTimeout,
    protocols: [{ name: value.protocol ?? '', metadata: asBuffer(member.subscription) }],
  }
  return new ClassicMember({ memberId, groupInstanceId, clientId, clientHost }, terms, asBuffer(member.assignment))
}

/** Decoded bytes are views, of a copy that the codec made. */
function asBuffer(bytes: Uint8Array): Buffer {
  return bytes.length === 0 ? NO_ASSIGNMENT : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
