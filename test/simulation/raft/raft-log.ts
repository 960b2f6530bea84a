import type { VoterEntry } from '../../../src/raft/core/effects.ts'
import type { LogView } from '../../../src/raft/core/log-view.ts'
import type { SnapshotId } from '../../../src/raft/snapshot-name.ts'
import type { VoterSet } from '../../../src/raft/voter-set.ts'
import type { EpochEndOffset } from '../../../src/storage/log/results.ts'

/** One record, which is a batch of its own. */
export interface Entry {
  readonly epoch: number
  readonly value: string
  /** Of a record that names them. */
  readonly voters?: VoterSet
}

export interface Snapshot {
  readonly id: SnapshotId
  readonly sizeBytes: number
  readonly entries: readonly Entry[]
}

/** A log in memory: what the core sees, and what the simulated disk keeps. */
export class SimulatedLog implements LogView {
  logStartOffset: number
  entries: Entry[]
  snapshots: readonly Snapshot[]

  constructor(from: { readonly logStartOffset: number; readonly entries: readonly Entry[]; readonly snapshots: readonly Snapshot[] }) {
    this.logStartOffset = from.logStartOffset
    this.entries = [...from.entries]
    this.snapshots = from.snapshots
  }

  get logEndOffset(): number {
    return this.logStartOffset + this.entries.length
  }

  get latestEpoch(): number | null {
    return this.entries.at(-1)?.epoch ?? null
  }

  /** As the log on disk answers it: null for an epoch above all of its own; one below all of them ended where the log begins. */
  endOffsetForEpoch(epoch: number): EpochEndOffset | null {
    if (epoch === this.latestEpoch) return { leaderEpoch: epoch, endOffset: this.logEndOffset }
    const higher = this.entries.findIndex((entry) => entry.epoch > epoch)
    if (higher < 0) return null
    return { leaderEpoch: this.entries[higher - 1]?.epoch ?? epoch, endOffset: this.logStartOffset + higher }
  }

  at(offset: number): Entry | undefined {
    return this.entries[offset - this.logStartOffset]
  }

  append(...entries: readonly Entry[]): void {
    this.entries.push(...entries)
  }

  truncateTo(endOffset: number): void {
    this.entries.length = Math.max(0, endOffset - this.logStartOffset)
  }

  /** Everything up to the end of the log, from wherever it is kept. */
  history(endOffset: number): readonly Entry[] {
    const before = this.snapshots.find(({ id }) => id.offset >= this.logStartOffset)?.entries.slice(0, this.logStartOffset) ?? []
    return [...before, ...this.entries].slice(0, endOffset)
  }

  /** A snapshot of what is committed; the log before the oldest that is kept goes. */
  snapshotAt(offset: number): void {
    const epoch = this.at(offset - 1)?.epoch
    if (epoch === undefined || this.snapshots.some(({ id }) => id.offset >= offset)) return
    const entries = this.history(offset)
    const added = { id: { offset, epoch }, entries, sizeBytes: bytesOf(entries).length }
    this.snapshots = [...this.snapshots, added].slice(-2)
    this.#dropBelow((this.snapshots[0] as Snapshot).id.offset)
  }

  /** What was committed by others may be in a snapshot and not in the log, which was not flushed here: as when a node loads. */
  skipBelowSnapshot(): void {
    const latest = this.snapshots.at(-1)
    if (latest !== undefined && latest.id.offset > this.logEndOffset) this.install(latest.id, bytesOf(latest.entries))
  }

  /** Begins behind a snapshot that a leader sent. */
  install(id: SnapshotId, bytes: Buffer): void {
    this.snapshots = [{ id, sizeBytes: bytes.length, entries: entriesOf(bytes) }]
    this.logStartOffset = id.offset
    this.entries = []
  }

  voterEntries(): VoterEntry[] {
    return this.history(this.logEndOffset).flatMap((entry, offset) => (entry.voters === undefined ? [] : [{ offset, voters: entry.voters, kraftVersion: 1 }]))
  }

  copy(): SimulatedLog {
    return new SimulatedLog(this)
  }

  #dropBelow(offset: number): void {
    this.entries.splice(0, offset - this.logStartOffset)
    this.logStartOffset = offset
  }
}

export const bytesOf = (entries: readonly Entry[]) => Buffer.from(JSON.stringify(entries))

export const entriesOf = (bytes: Buffer) => JSON.parse(bytes.toString()) as Entry[]
