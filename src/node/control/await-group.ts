import type { GroupService } from '../../group/group-service.ts'
import type { GroupStatus } from '../../group/group-status.ts'
import type { Partition } from '../../replication/partition.ts'
import type { ReplicaManager } from '../../replication/replica-manager.ts'
import { PartitionFollower } from './partition-follower.ts'
import type { GroupExpectation } from './wait-options.ts'
import type { Awaited } from './waits.ts'

/** Of one partition that a group is to read. */
interface PartitionLag {
  readonly partition: Partition
  readonly lag: number
}

/** A group as it was found. */
export interface FoundGroup {
  readonly state: string
  readonly members: number
  /** Records that the group has not committed yet, in all partitions that it reads; null where nobody knows which these are. */
  readonly lag: number | null
}

export interface AwaitGroupOptions {
  readonly groups: Pick<GroupService, 'status' | 'onChange'>
  readonly replicas: ReplicaManager
  /** Calls back when topics or partitions come and go. */
  readonly onMetadata: (changed: () => void) => () => void
}

/** In a description, at most. */
const SHOWN_PARTITIONS = 5

/** A group that is as `expected`, told by what happens to it and to the partitions that it reads. */
export function awaitGroup({ groups, replicas, onMetadata }: AwaitGroupOptions, expected: GroupExpectation): Awaited<FoundGroup> {
  const { groupId } = expected
  let follower: PartitionFollower | null = null
  return {
    what: `group ${groupId} to be ${wordsOf(expected)}`,
    check() {
      const status = groups.status(groupId)
      const lags = status === null ? null : lagsOf(replicas, status)
      if (lags !== null && expected.lag !== undefined) follower?.follow(lags.map(({ partition }) => partition))
      return status !== null && isAsExpected(expected, status, totalOf(lags)) ? found(status, lags) : null
    },
    describe() {
      const status = groups.status(groupId)
      return status === null ? 'there is no such group.' : description(status, lagsOf(replicas, status))
    },
    follow(changed) {
      const partitions = new PartitionFollower(changed)
      follower = partitions
      const ends = [groups.onChange(changed), onMetadata(changed), () => partitions.close()]
      // The first look was before there was anyone to follow partitions.
      changed()
      return () => {
        for (const end of ends) end()
      }
    },
  }
}

function isAsExpected({ stable, lag, members }: GroupExpectation, status: GroupStatus, total: number | null): boolean {
  if (stable === true && status.state !== 'Stable') return false
  if (members !== undefined && status.memberCount !== members) return false
  return lag === undefined || (total !== null && total <= lag)
}

/**
 * The partitions of the topics to which its members subscribe; those for which it committed offsets where it has no
 * members, or nobody knows what they subscribe to. What was never committed counts from the start of the log. null: there are none.
 */
function lagsOf(replicas: ReplicaManager, { memberCount, subscribedTopics, committed }: GroupStatus): readonly PartitionLag[] | null {
  const offsets = new Map(committed.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]))
  const subscribed = memberCount > 0 && subscribedTopics !== null ? partitionsOf(replicas, subscribedTopics) : null
  const partitions = subscribed ?? committed.flatMap(({ topic, partition }) => replicas.partition(topic, partition) ?? [])
  if (partitions.length === 0) return null
  return partitions.map((partition) => {
    const offset = offsets.get(`${partition.topic}-${partition.index}`) ?? partition.logStartOffset
    return { partition, lag: Math.max(0, partition.highWatermark - offset) }
  })
}

function partitionsOf(replicas: ReplicaManager, topics: Iterable<string>): readonly Partition[] {
  const { image } = replicas
  return [...topics].flatMap((topic) => (image.topics.byName.get(topic)?.partitions ?? []).flatMap((_, index) => replicas.partition(topic, index) ?? []))
}

function totalOf(lags: readonly PartitionLag[] | null): number | null {
  return lags === null ? null : lags.reduce((sum, { lag }) => sum + lag, 0)
}

function found({ state, memberCount }: GroupStatus, lags: readonly PartitionLag[] | null): FoundGroup {
  return { state, members: memberCount, lag: totalOf(lags) }
}

function wordsOf({ stable, lag, members }: GroupExpectation): string {
  const words = [
    ...(stable === true ? ['stable'] : []),
    ...(members === undefined ? [] : [`of ${members} members`]),
    ...(lag === undefined ? [] : [lag === 0 ? 'without lag' : `with a lag of at most ${lag}`]),
  ]
  return words.join(', ')
}

function description(status: GroupStatus, lags: readonly PartitionLag[] | null): string {
  const { state, memberCount } = status
  const behind = (lags ?? []).filter(({ lag }) => lag > 0).map(({ partition, lag }) => `${partition.topic}-${partition.index}: ${lag}`)
  const shown = behind.length > SHOWN_PARTITIONS ? [...behind.slice(0, SHOWN_PARTITIONS), `and ${behind.length - SHOWN_PARTITIONS} more`] : behind
  const total = totalOf(lags)
  const lag = total === null ? 'and reads no partition that is known' : `its lag is ${total}${shown.length === 0 ? '' : ` (${shown.join(', ')})`}`
  return `it is ${state} with ${memberCount} members, ${lag}.`
}
