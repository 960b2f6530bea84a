import type { TimestampMs } from '../../base/ports.ts'
import type { ClassicGroup } from '../classic/group.ts'
import { type GroupRecord, groupTombstone, offsetTombstone } from '../group-records.ts'
import type { OffsetContext } from './context.ts'
import type { CommittedOffset } from './offset-store.ts'

/**
 * Tombstones for offsets whose retention is over, and for empty groups that have none left. Offsets of groups that are
 * not served here stay.
 *
 * Source: org.apache.kafka.coordinator.group.GroupCoordinatorShard.cleanupGroupMetadata; KIP-211.
 */
export function expireOffsets(context: OffsetContext): GroupRecord[] {
  const records: GroupRecord[] = []
  for (const group of context.groups.all()) {
    if (group.kind !== 'classic') continue
    const isLast = expireOffsetsOf(context, group, records)
    if (isLast && group.isEmpty) records.push(groupTombstone(group.groupId))
  }
  return records
}

/** @returns whether no offset of the group is left, pending ones included */
function expireOffsetsOf(context: OffsetContext, group: ClassicGroup, records: GroupRecord[]): boolean {
  const { offsets, clock, settings } = context
  const { groupId } = group
  if (!offsets.hasCommitted(groupId)) return !offsets.hasPendingOf(groupId)
  const retainedFromMs = retentionStart(group)
  if (retainedFromMs === null) return false
  const nowMs = clock.nowMs()
  let areAllExpired = true
  for (const [topic, partitions] of offsets.committedOf(groupId)) {
    const isInUse = group.isSubscribedTo(topic)
    for (const [partition, committed] of partitions) {
      const isOver = !isInUse && isExpired(committed, retainedFromMs(committed), nowMs, settings.offsetsRetentionMs)
      if (isOver && !offsets.hasPending(groupId, topic, partition)) records.push(offsetTombstone(groupId, topic, partition))
      else areAllExpired = false
    }
  }
  return areAllExpired && !offsets.hasPendingOf(groupId)
}

/** From when on the retention of an offset counts; null: the group's offsets do not expire while it is as it is. */
function retentionStart(group: ClassicGroup): ((committed: CommittedOffset) => TimestampMs) | null {
  const sinceCommit = (committed: CommittedOffset) => committed.commitTimestampMs
  if (group.protocolType === null) return sinceCommit
  if (group.isEmpty) return (committed) => group.stateSinceMs ?? committed.commitTimestampMs
  const isSubscriptionKnown = group.usesConsumerProtocol && group.knowsSubscribedTopics && group.state === 'Stable'
  return isSubscriptionKnown ? sinceCommit : null
}

function isExpired(committed: CommittedOffset, retainedFromMs: TimestampMs, nowMs: TimestampMs, retentionMs: number): boolean {
  if (committed.expireTimestampMs !== -1) return nowMs >= committed.expireTimestampMs
  return nowMs - retainedFromMs >= retentionMs
}
