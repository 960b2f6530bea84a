/**
 * The committed offsets of one partition of `__consumer_offsets`: those in force, and those committed in transactions
 * that have not ended. All of it is durable state, made by replay and readable at any snapshot.
 *
 * Source: org.apache.kafka.coordinator.group.OffsetMetadataManager (Offsets, OpenTransactions, replay).
 */
import type { OffsetCommitValue } from '../../../protocol/coordinator/group/offset-commit.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { SnapshotRegistry } from '../../base/timeline/snapshot-registry.ts'
import { TimelineMap } from '../../base/timeline/timeline-map.ts'
import { TimelineSet } from '../../base/timeline/timeline-set.ts'
import type { ReplayPosition } from '../../coordinator/shard-machine.ts'
import type { OffsetRecord } from '../group-records.ts'
import { PartitionTree } from './partition-tree.ts'

export interface CommittedOffset {
  readonly offset: number
  /** -1: not known. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestampMs: number
  /** When the offset goes, as the client that committed it chose; -1: as the settings say. */
  readonly expireTimestampMs: number
  /** The zero id: not known. */
  readonly topicId: Uuid
  /** Where its record stands in the log: of two, the later counts. */
  readonly recordOffset: number
}

export class OffsetStore {
  readonly #snapshots: SnapshotRegistry
  readonly #committed: PartitionTree<CommittedOffset>
  /** By producer id. */
  readonly #pending: TimelineMap<number, PartitionTree<CommittedOffset>>
  /** The producers whose open transactions commit an offset of the partition. */
  readonly #openTransactions: PartitionTree<TimelineSet<number>>

  constructor(snapshots: SnapshotRegistry) {
    this.#snapshots = snapshots
    this.#committed = new PartitionTree(snapshots)
    this.#pending = new TimelineMap(snapshots)
    this.#openTransactions = new PartitionTree(snapshots)
  }

  committed(groupId: string, topic: string, partition: number, atOffset?: number): CommittedOffset | undefined {
    return this.#committed.get(groupId, topic, partition, atOffset)
  }

  /** Topics in the order in which they were first committed. */
  committedOf(groupId: string, atOffset?: number): Iterable<[topic: string, offsets: Iterable<[partition: number, committed: CommittedOffset]>]> {
    return this.#committed.topicsOf(groupId, atOffset)
  }

  hasCommitted(groupId: string): boolean {
    return this.#committed.hasGroup(groupId)
  }

  /** Whether a transaction that has not ended commits an offset of the partition. */
  hasPending(groupId: string, topic: string, partition: number): boolean {
    return this.#openTransactions.get(groupId, topic, partition) !== undefined
  }

  hasPendingOf(groupId: string): boolean {
    return this.#openTransactions.hasGroup(groupId)
  }

  *pendingOf(groupId: string): Iterable<[topic: string, partition: number]> {
    for (const [topic, partitions] of this.#openTransactions.topicsOf(groupId)) for (const [partition] of partitions) yield [topic, partition]
  }

  /** Every offset of `topic`, in force or pending. One partition of a group may come several times. */
  *ofTopic(topic: string): Iterable<[groupId: string, partition: number, committed: CommittedOffset]> {
    yield* this.#committed.ofTopic(topic)
    for (const tree of this.#pending.values()) yield* tree.ofTopic(topic)
  }

  replay(record: OffsetRecord, at: ReplayPosition): void {
    const { groupId, topic, partition, value } = record
    if (value === null) {
      this.#remove(groupId, topic, partition)
    } else if (at.producerId === -1) {
      this.#committed.set(groupId, topic, partition, fromRecord(value, at.offset))
    } else {
      this.#pendingOf(at.producerId).set(groupId, topic, partition, fromRecord(value, at.offset))
      this.#openTransactionsOf(groupId, topic, partition).add(at.producerId)
    }
  }

  replayTransactionEnd(producerId: number, committed: boolean): void {
    const pending = this.#pending.get(producerId)
    if (pending === undefined) return
    this.#pending.delete(producerId)
    for (const [groupId, topic, partition, offset] of pending.all()) {
      this.#closeTransaction(groupId, topic, partition, producerId)
      const inForce = this.#committed.get(groupId, topic, partition)
      if (committed && (inForce === undefined || offset.recordOffset > inForce.recordOffset)) this.#committed.set(groupId, topic, partition, offset)
    }
  }

  /** A tombstone ends what is in force and what is pending alike. */
  #remove(groupId: string, topic: string, partition: number): void {
    this.#committed.delete(groupId, topic, partition)
    for (const producerId of this.#openTransactions.get(groupId, topic, partition)?.values() ?? []) {
      this.#pending.get(producerId)?.delete(groupId, topic, partition)
    }
    this.#openTransactions.delete(groupId, topic, partition)
  }

  #closeTransaction(groupId: string, topic: string, partition: number, producerId: number): void {
    const producers = this.#openTransactions.get(groupId, topic, partition)
    producers?.delete(producerId)
    if (producers?.size() === 0) this.#openTransactions.delete(groupId, topic, partition)
  }

  #pendingOf(producerId: number): PartitionTree<CommittedOffset> {
    const known = this.#pending.get(producerId)
    if (known !== undefined) return known
    const tree = new PartitionTree<CommittedOffset>(this.#snapshots)
    this.#pending.set(producerId, tree)
    return tree
  }

  #openTransactionsOf(groupId: string, topic: string, partition: number): TimelineSet<number> {
    const known = this.#openTransactions.get(groupId, topic, partition)
    if (known !== undefined) return known
    const producers = new TimelineSet<number>(this.#snapshots)
    this.#openTransactions.set(groupId, topic, partition, producers)
    return producers
  }
}

function fromRecord(value: OffsetCommitValue, recordOffset: number): CommittedOffset {
  const { offset, leaderEpoch, metadata, topicId } = value
  return { offset, leaderEpoch, metadata, topicId, commitTimestampMs: value.commitTimestamp, expireTimestampMs: value.expireTimestamp, recordOffset }
}
