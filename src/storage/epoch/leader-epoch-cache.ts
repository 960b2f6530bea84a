import type { EpochEndOffset } from '../log/results.ts'

export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

/** Source: RecordBatch.NO_PARTITION_LEADER_EPOCH, OffsetsForLeaderEpochResponse.UNDEFINED_EPOCH. */
const UNDEFINED_EPOCH = -1

/**
 * Where each leader epoch of a log begins: what followers ask to find where they diverge. Both numbers rise from entry to
 * entry. Pure state; the owner writes it to `leader-epoch-checkpoint` when `isDirty`. An epoch
 * assigned does not set that: until it has records nobody misses it, and the owner sets it with the first one.
 * Source: KIP-101, KIP-279; `LeaderEpochFileCache` of Kafka.
 */
export class LeaderEpochCache {
  #entries: EpochEntry[]
  isDirty = false
  /** The latest epoch in the file. */
  savedEpoch: number | null = null

  constructor(entries: readonly EpochEntry[] = []) {
    this.#entries = [...entries]
  }

  /** The same entries, all yet to be written. */
  copy(): LeaderEpochCache {
    const copy = new LeaderEpochCache(this.#entries)
    copy.isDirty = true
    return copy
  }

  get entries(): readonly EpochEntry[] {
    return this.#entries
  }

  get latestEpoch(): number | null {
    return this.#entries.at(-1)?.epoch ?? null
  }

  get earliest(): EpochEntry | null {
    return this.#entries[0] ?? null
  }

  /** An epoch that begins at `startOffset`; entries that contradict it go. An epoch known already keeps its earlier start. */
  assign(epoch: number, startOffset: number): void {
    const last = this.#entries.at(-1)
    if (last !== undefined && last.epoch === epoch && startOffset >= last.startOffset) return
    if (epoch < 0 || startOffset < 0) return
    this.#entries = this.#entries.filter((entry) => entry.epoch < epoch && entry.startOffset < startOffset)
    this.#entries.push({ epoch, startOffset })
  }

  /** null when the epoch is above all known ones or -1, or none is known. Any other negative one is below all, as for Kafka. */
  endOffsetFor(epoch: number, logEndOffset: number): EpochEndOffset | null {
    if (epoch === UNDEFINED_EPOCH) return null
    if (this.latestEpoch === epoch) return { leaderEpoch: epoch, endOffset: logEndOffset }
    const higher = this.#entries.findIndex((entry) => entry.epoch > epoch)
    if (higher < 0) return null
    const floor = this.#entries[higher - 1]
    return { leaderEpoch: floor?.epoch ?? epoch, endOffset: (this.#entries[higher] as EpochEntry).startOffset }
  }

  epochForOffset(offset: number): number | null {
    return this.#entries.findLast((entry) => entry.startOffset <= offset)?.epoch ?? null
  }

  /** The log now ends at `endOffset`. */
  truncateFromEnd(endOffset: number): void {
    this.#replace(this.#entries.filter((entry) => entry.startOffset < endOffset))
  }

  /** The log now begins at `startOffset`: the epoch in force there begins there. */
  truncateFromStart(startOffset: number): void {
    const inForce = this.#entries.findLast((entry) => entry.startOffset <= startOffset)
    if (inForce === undefined || inForce.startOffset === startOffset) {
      this.#replace(this.#entries.filter((entry) => entry.startOffset >= startOffset))
      return
    }
    const later = this.#entries.filter((entry) => entry.startOffset > startOffset)
    this.#entries = [{ epoch: inForce.epoch, startOffset }, ...later]
    this.isDirty = true
  }

  clear(): void {
    this.#replace([])
  }

  #replace(entries: EpochEntry[]): void {
    if (entries.length === this.#entries.length) return
    this.#entries = entries
    this.isDirty = true
  }
}
