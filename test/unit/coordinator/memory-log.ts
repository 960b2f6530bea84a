import { batches, setBaseOffset, setLeaderEpoch } from '../../../protocol/records/batch.ts'
import type { CoordinatorLog, LogAppendOutcome } from '../../../src/coordinator/coordinator-log.ts'

/** A partition's log in memory, which outlives leaderships. By default what is appended is committed in the same turn. */
export class MemoryLog {
  readonly batches: Buffer[] = []
  readonly #listeners = new Set<(highWatermark: number) => void>()
  #endOffset = 0
  #highWatermark = 0
  #epoch = -1
  #isHeld = false
  readonly #failures: number[] = []
  maxBatchBytes = 1_048_588
  readCount = 0

  get endOffset(): number {
    return this.#endOffset
  }

  get highWatermark(): number {
    return this.#highWatermark
  }

  /** From now on nothing is committed until `release`. */
  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    this.advance(this.#endOffset)
  }

  advance(highWatermark: number): void {
    this.#highWatermark = highWatermark
    for (const listener of [...this.#listeners]) listener(highWatermark)
  }

  /** The next append that is not yet doomed fails with this code. */
  failNext(errorCode: number): void {
    this.#failures.push(errorCode)
  }

  /** A writer other than the coordinator. */
  appendForeign(batch: Buffer): void {
    this.#place(batch, this.#epoch)
    this.advance(this.#endOffset)
  }

  open(leaderEpoch: number): CoordinatorLog {
    this.#epoch = leaderEpoch
    const log = this
    return {
      leaderEpoch,
      logStartOffset: 0,
      get logEndOffset() {
        return log.#endOffset
      },
      get highWatermark() {
        return log.#highWatermark
      },
      get maxBatchBytes() {
        return log.maxBatchBytes
      },
      append: (batch) => log.#append(batch, leaderEpoch),
      read: async (startOffset, maxBytes) => log.#read(startOffset, maxBytes),
      onHighWatermark: (listener) => {
        const current = (highWatermark: number) => {
          if (log.#epoch === leaderEpoch) listener(highWatermark)
        }
        log.#listeners.add(current)
        return () => log.#listeners.delete(current)
      },
    }
  }

  #append(batch: Buffer, leaderEpoch: number): LogAppendOutcome {
    const failure = leaderEpoch === this.#epoch ? this.#failures.shift() : 6
    if (failure !== undefined) return { ok: false, errorCode: failure }
    if (batch.length > this.maxBatchBytes) return { ok: false, errorCode: 10 }
    const baseOffset = this.#place(batch, leaderEpoch)
    if (!this.#isHeld) queueMicrotask(() => this.advance(this.#isHeld ? this.#highWatermark : this.#endOffset))
    return { ok: true, baseOffset, nextOffset: this.#endOffset }
  }

  #place(batch: Buffer, leaderEpoch: number): number {
    const baseOffset = this.#endOffset
    for (const view of batches(batch)) {
      setBaseOffset(view, baseOffset)
      setLeaderEpoch(view, leaderEpoch)
      this.#endOffset = view.nextOffset
    }
    this.batches.push(batch)
    return baseOffset
  }

  #read(startOffset: number, maxBytes: number): Buffer {
    this.readCount += 1
    const chunks: Buffer[] = []
    let sizeBytes = 0
    for (const bytes of this.batches) {
      const [batch] = batches(bytes)
      if (batch === undefined || batch.lastOffset < startOffset) continue
      if (chunks.length > 0 && sizeBytes + bytes.length > maxBytes) break
      chunks.push(bytes)
      sizeBytes += bytes.length
    }
    return Buffer.concat(chunks)
  }
}
