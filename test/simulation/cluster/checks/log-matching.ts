import { fail } from 'node:assert/strict'
import type { RecordBatch } from '../../../../protocol/records/batch.ts'
import type { StoredLog } from './stored-logs.ts'

/**
 * Logs of one partition never tell two stories: where two of them have a batch of the same leader epoch at the same
 * offset, it is the same batch to the byte, and so is all before it. It holds at any time, whatever is committed; what
 * parts is what the replicas of earlier epochs have alone at their ends. What is to be deleted does not count: a leader whose log
 * begins behind the end of an earlier epoch does not know that end, and lets a follower keep below it what nobody reads any more.
 * Source: the log matching property of Raft, which leader epochs give Kafka's replicas (KIP-101, KIP-279).
 */
export function checkLogsMatch(logs: readonly StoredLog[], deletableTo: (log: StoredLog) => number = () => 0): void {
  const byPartition = new Map<string, StoredLog[]>()
  for (const log of logs) {
    const key = `${log.topicId} ${log.partition}`
    const others = byPartition.get(key) ?? []
    for (const other of others) checkPair(other, log, deletableTo(log))
    byPartition.set(key, [...others, log])
  }
}

/** Of a batch, those of other logs that it was compared with, and all that is before it. */
const matching = new WeakMap<RecordBatch, WeakSet<RecordBatch>>()

function checkPair(log: StoredLog, other: StoredLog, deletableTo: number): void {
  let at = log.batches.length - 1
  let otherAt = other.batches.length - 1
  let common: readonly [RecordBatch, RecordBatch] | null = null
  while (at >= 0 && otherAt >= 0) {
    const batch = log.batches[at] as RecordBatch
    const otherBatch = other.batches[otherAt] as RecordBatch
    if (Math.max(batch.nextOffset, otherBatch.nextOffset) <= deletableTo) break
    if (batch.baseOffset === otherBatch.baseOffset) {
      const isSameEpoch = batch.leaderEpoch === otherBatch.leaderEpoch
      if (isSameEpoch) common ??= [batch, otherBatch]
      // Batches are the same objects as long as they and what is before them are as they were.
      if (matching.get(batch)?.has(otherBatch)) break
      if (common !== null && !(isSameEpoch && batch.bytes.equals(otherBatch.bytes))) fail(described(log, other, batch, otherBatch))
      at--
      otherAt--
    } else {
      if (common !== null) fail(described(log, other, batch, otherBatch))
      if (batch.baseOffset > otherBatch.baseOffset) at--
      else otherAt--
    }
  }
  if (common !== null) noteMatching(...common)
}

function noteMatching(batch: RecordBatch, other: RecordBatch): void {
  const others = matching.get(batch) ?? new WeakSet()
  matching.set(batch, others.add(other))
}

function described(log: StoredLog, other: StoredLog, batch: RecordBatch, otherBatch: RecordBatch): string {
  const tell = ({ machine }: StoredLog, { baseOffset, lastOffset, leaderEpoch, crc }: RecordBatch) =>
    `${machine} has ${baseOffset} to ${lastOffset} of epoch ${leaderEpoch} (${crc.toString(16)})`
  return `the logs of ${log.name} part: ${tell(log, batch)}, ${tell(other, otherBatch)}`
}
