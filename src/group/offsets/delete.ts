import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { OffsetDeleteRequest } from '../../../protocol/messages/offset-delete.ts'
import type { Decision } from '../../coordinator/decision.ts'
import { type GroupRecord, groupTombstone, offsetTombstone } from '../group-records.ts'
import type { Group } from '../group-table.ts'
import type { OffsetContext } from './context.ts'

export interface DeleteOffsetsReply {
  readonly errorCode: number
  readonly throttleTimeMs: number
  readonly topics: readonly DeletedOffsetsTopic[]
}

export interface DeletedOffsetsTopic {
  readonly name: string
  readonly partitions: readonly { readonly partitionIndex: number; readonly errorCode: number }[]
}

/**
 * OffsetDelete: of topics to which the group does not subscribe.
 * Source: org.apache.kafka.coordinator.group.OffsetMetadataManager.deleteOffsets; KIP-496.
 */
export function deleteOffsets(context: OffsetContext, groupId: string, topics: OffsetDeleteRequest['topics']): Decision<DeleteOffsetsReply, GroupRecord> {
  const group = context.groups.get(groupId)
  const refused = offsetDeleteRefusal(group)
  if (group === undefined || refused !== ErrorCode.NONE) return { reply: deleteOffsetsError(refused), records: [] }
  const records: GroupRecord[] = []
  const results = topics.map(({ name, partitions }) => {
    const errorCode = isSubscribedTo(group, name) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE
    for (const { partitionIndex } of partitions) {
      if (errorCode === ErrorCode.NONE && hasOffset(context, groupId, name, partitionIndex)) records.push(offsetTombstone(groupId, name, partitionIndex))
    }
    return { name, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })) }
  })
  return { reply: { errorCode: ErrorCode.NONE, throttleTimeMs: 0, topics: results }, records }
}

export function deleteOffsetsError(errorCode: number): DeleteOffsetsReply {
  return { errorCode, throttleTimeMs: 0, topics: [] }
}

function offsetDeleteRefusal(group: Group | undefined): number {
  if (group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND
  if (group.kind !== 'classic') return ErrorCode.NONE
  switch (group.state) {
    case 'Dead':
      return ErrorCode.GROUP_ID_NOT_FOUND
    case 'Empty':
      return ErrorCode.NONE
    case 'Stable':
    case 'PreparingRebalance':
    case 'CompletingRebalance':
      return group.usesConsumerProtocol ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP
  }
}

/** What the members of a group that is not served here subscribe to is not known: it may be anything. */
function isSubscribedTo(group: Group, topic: string): boolean {
  return group.kind === 'classic' ? group.isSubscribedTo(topic) : group.memberIds.size > 0
}

function hasOffset({ offsets }: OffsetContext, groupId: string, topic: string, partition: number): boolean {
  return offsets.committed(groupId, topic, partition) !== undefined || offsets.hasPending(groupId, topic, partition)
}

export interface DeletedGroup {
  readonly groupId: string
  readonly errorCode: number
}

/**
 * DeleteGroups: groups without members, with their offsets. Groups that are not served here stay as they are.
 * Source: org.apache.kafka.coordinator.group.GroupCoordinatorShard.deleteGroups; KIP-229.
 */
export function deleteGroups(context: OffsetContext, groupIds: readonly string[]): Decision<DeletedGroup[], GroupRecord> {
  const records: GroupRecord[] = []
  const results = groupIds.map((groupId) => {
    const errorCode = groupDeleteRefusal(context.groups.get(groupId))
    if (errorCode === ErrorCode.NONE) records.push(...tombstonesOf(context, groupId))
    return { groupId, errorCode }
  })
  return { reply: results, records }
}

function groupDeleteRefusal(group: Group | undefined): number {
  if (group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND
  if (group.kind !== 'classic') return group.memberIds.size > 0 ? ErrorCode.NON_EMPTY_GROUP : ErrorCode.GROUP_ID_NOT_FOUND
  if (group.state === 'Dead') return ErrorCode.GROUP_ID_NOT_FOUND
  return group.isEmpty ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP
}

function* tombstonesOf({ offsets }: OffsetContext, groupId: string): Iterable<GroupRecord> {
  for (const [topic, partitions] of offsets.committedOf(groupId)) for (const [partition] of partitions) yield offsetTombstone(groupId, topic, partition)
  for (const [topic, partition] of offsets.pendingOf(groupId)) {
    if (offsets.committed(groupId, topic, partition) === undefined) yield offsetTombstone(groupId, topic, partition)
  }
  yield groupTombstone(groupId)
}

/**
 * The offsets of topics that are gone. An offset that names another topic id than the one deleted stays.
 * Source: org.apache.kafka.coordinator.group.OffsetMetadataManager.onTopicsDeleted.
 */
export function offsetsOfDeletedTopics(
  { offsets }: OffsetContext,
  topics: readonly { readonly id: string; readonly name: string }[],
  zeroId: string,
): GroupRecord[] {
  const records: GroupRecord[] = []
  for (const { id, name } of topics) {
    for (const [groupId, partition, { topicId }] of offsets.ofTopic(name)) {
      if (topicId === zeroId || topicId === id) records.push(offsetTombstone(groupId, name, partition))
    }
  }
  return records
}
