import type { OffsetContext } from './offsets/context.ts'

/** Where a group stands, for those who wait for it. */
export interface GroupStatus {
  /** As DescribeGroups tells it; of a kind of group that is not served here, its kind. */
  readonly state: string
  readonly memberCount: number
  /** null: nobody can tell. Empty without members. */
  readonly subscribedTopics: ReadonlySet<string> | null
  readonly committed: readonly CommittedPosition[]
}

export interface CommittedPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** @returns null where there is no such group */
export function groupStatus({ groups, offsets }: OffsetContext, groupId: string, atOffset: number): GroupStatus | null {
  const group = groups.get(groupId, atOffset)
  if (group === undefined) return null
  const committed = [...offsets.committedOf(groupId, atOffset)].flatMap(([topic, partitions]) =>
    [...partitions].map(([partition, { offset }]) => ({ topic, partition, offset })),
  )
  if (group.kind !== 'classic') return { state: group.kind, memberCount: group.memberIds.size, subscribedTopics: null, committed }
  return { state: group.state, memberCount: group.memberCount, subscribedTopics: group.subscribedTopics, committed }
}
