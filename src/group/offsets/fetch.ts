import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import type { OffsetContext } from './context.ts'
import type { CommittedOffset } from './offset-store.ts'

/** One group of an OffsetFetch request, in the form of version 8 and later. */
export interface FetchInput {
  readonly groupId: string
  /** null: the one who asks is not a member. */
  readonly memberId: string | null
  readonly memberEpoch: number
  /** null: all that the group has. */
  readonly topics: readonly TopicToFetch[] | null
}

export interface TopicToFetch {
  readonly name: string
  /** The zero id: any topic of that name will do. */
  readonly topicId: Uuid
  readonly partitionIndexes: readonly number[]
}

export interface FetchReply {
  readonly groupId: string
  readonly topics: readonly FetchedTopic[]
  readonly errorCode: number
}

export interface FetchedTopic {
  readonly name: string
  readonly topicId: Uuid
  readonly partitions: readonly FetchedPartition[]
}

export interface FetchedPartition {
  readonly partitionIndex: number
  readonly committedOffset: number
  readonly committedLeaderEpoch: number
  readonly metadata: string
  readonly errorCode: number
}

/**
 * The offsets that a group has committed; -1 where there is none. A group that does not exist has none.
 *
 * @param atOffset reads what was committed there; left out, reads the newest state and answers UNSTABLE_OFFSET_COMMIT
 *                 where a transaction may still change it (requireStable)
 * Source: org.apache.kafka.coordinator.group.OffsetMetadataManager.fetchOffsets, fetchAllOffsets; KIP-447.
 */
export function fetchOffsets(context: OffsetContext, input: FetchInput, atOffset?: number): FetchReply {
  const { groupId } = input
  const refused = refusal(context, input, atOffset)
  if (refused !== ErrorCode.NONE) return { groupId, topics: [], errorCode: refused }
  const exists = context.groups.get(groupId, atOffset) !== undefined
  if (input.topics === null) return { groupId, topics: exists ? allTopics(context, groupId, atOffset) : [], errorCode: ErrorCode.NONE }
  return { groupId, topics: input.topics.map((topic) => askedTopic(context, groupId, topic, exists, atOffset)), errorCode: ErrorCode.NONE }
}

/** Members of groups that are not served here cannot be known. Source: ConsumerGroup.validateOffsetFetch. */
function refusal(context: OffsetContext, { groupId, memberId, memberEpoch }: FetchInput, atOffset?: number): number {
  const group = context.groups.get(groupId, atOffset)
  const isClassicOrNone = group === undefined || group.kind === 'classic'
  return isClassicOrNone || (memberId === null && memberEpoch < 0) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID
}

function askedTopic({ offsets }: OffsetContext, groupId: string, topic: TopicToFetch, exists: boolean, atOffset?: number): FetchedTopic {
  const { name, topicId, partitionIndexes } = topic
  const partitions = partitionIndexes.map((partition) => {
    if (atOffset === undefined && offsets.hasPending(groupId, name, partition)) return noOffset(partition, ErrorCode.UNSTABLE_OFFSET_COMMIT)
    const committed = exists ? offsets.committed(groupId, name, partition, atOffset) : undefined
    return committed === undefined || isOfAnotherTopic(committed.topicId, topicId) ? noOffset(partition) : fetched(partition, committed)
  })
  return { name, topicId, partitions }
}

/** The topic was deleted and made again since. */
function isOfAnotherTopic(committed: Uuid, asked: Uuid): boolean {
  return committed !== ZERO_UUID && asked !== ZERO_UUID && committed !== asked
}

function allTopics({ offsets }: OffsetContext, groupId: string, atOffset?: number): FetchedTopic[] {
  return [...offsets.committedOf(groupId, atOffset)].map(([name, committed]) => ({
    name,
    topicId: ZERO_UUID,
    partitions: Array.from(committed, ([partition, offset]) =>
      atOffset === undefined && offsets.hasPending(groupId, name, partition)
        ? noOffset(partition, ErrorCode.UNSTABLE_OFFSET_COMMIT)
        : fetched(partition, offset),
    ),
  }))
}

function fetched(partitionIndex: number, { offset, leaderEpoch, metadata }: CommittedOffset): FetchedPartition {
  return { partitionIndex, committedOffset: offset, committedLeaderEpoch: leaderEpoch, metadata, errorCode: ErrorCode.NONE }
}

/** What is answered for a partition without an offset, or with an error. */
export function noOffset(partitionIndex: number, errorCode: number = ErrorCode.NONE): FetchedPartition {
  return { partitionIndex, committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode }
}
