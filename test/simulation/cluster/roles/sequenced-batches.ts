import type { Stamp } from './partition-model.ts'

/** A batch from when it has its sequence number until there is an answer for good, or its time is over. */
export interface SequencedBatch {
  readonly values: readonly string[]
  readonly createdMs: number
  /** What it is sent with the next time. */
  stamp: Stamp
  /** A request with it waits for its answer. */
  isUnderway: boolean
  /** How often it was sent. */
  attempts: number
  /** Before, it is not sent again. */
  dueMs: number
  /** Its first stamp was another one. */
  isRestamped: boolean
  /** It is no longer one of those that wait: acknowledged, or given up. */
  isDone: boolean
}

const NONE_ACKNOWLEDGED = -1

/**
 * The batches of an idempotent producer that are under way to one partition, as Java's producer goes about them: several at
 * a time at first; what has to be sent again goes alone, from the first one on, until all of them are behind. A sequence number that
 * is refused shows a gap only where it is the next one behind those that are acknowledged; for a gap the epoch rises, and what is
 * left begins anew at 0.
 * Source: KIP-98, KIP-360; org.apache.kafka.clients.producer.internals.TransactionManager, RecordAccumulator.
 */
export class SequencedBatches {
  /** Rising by sequence number. */
  #waiting: SequencedBatch[] = []
  #producerEpoch = 0
  #nextSequence = 0
  #lastAcknowledged = NONE_ACKNOWLEDGED
  /** Behind batches of which nobody knows whether they are there; null while there are none. */
  #unresolvedSequence: number | null = null

  get count(): number {
    return this.#waiting.length
  }

  /** Whether one more may follow on those that wait, were there room for it. */
  mayAdd(producerEpoch: number): boolean {
    const isBehindOthers = this.#waiting.some(({ isUnderway }) => !isUnderway)
    const isStale = this.#waiting.length > 0 && producerEpoch !== this.#producerEpoch
    return !isBehindOthers && !isStale && this.#unresolvedSequence === null
  }

  add(values: readonly string[], producerEpoch: number, nowMs: number): SequencedBatch {
    if (producerEpoch !== this.#producerEpoch) this.#beginEpoch(producerEpoch)
    const stamp = { producerEpoch, sequence: this.#nextSequence }
    const batch = { values, stamp, createdMs: nowMs, isUnderway: false, attempts: 0, dueMs: nowMs, isRestamped: false, isDone: false }
    this.#nextSequence += values.length
    this.#waiting.push(batch)
    return batch
  }

  /** The one that has to be sent again before all others; null while none has, or the first one is under way. */
  get nextRetry(): SequencedBatch | null {
    const [first] = this.#waiting
    return first === undefined || first.isUnderway ? null : first
  }

  onAcknowledged(batch: SequencedBatch): void {
    this.#lastAcknowledged = Math.max(this.#lastAcknowledged, lastSequenceOf(batch))
    this.#remove(batch)
  }

  /** All before it is acknowledged: who leads has to take it, unless it knows nothing of the producer any more. */
  isExpected({ stamp, isRestamped }: SequencedBatch): boolean {
    return this.#unresolvedSequence === null && !isRestamped && stamp.sequence === this.#lastAcknowledged + 1
  }

  /** Whether its refusal for its sequence number says that what belongs before it will never be there, so that the epoch has to rise. */
  showsGap(batch: SequencedBatch): boolean {
    return this.#unresolvedSequence === null ? this.isExpected(batch) : batch.stamp.sequence === this.#unresolvedSequence
  }

  /** It was refused for good. */
  fail(batch: SequencedBatch): void {
    this.#remove(batch)
  }

  /** Gives up those that were made before `createdMs`, though they may be there. */
  expire(createdMs: number): void {
    for (const batch of this.#waiting.filter((each) => each.createdMs <= createdMs)) {
      this.#remove(batch)
      if (batch.attempts > 1 || !batch.isUnderway) this.#unresolvedSequence = Math.max(this.#unresolvedSequence ?? 0, lastSequenceOf(batch) + 1)
    }
  }

  /** Nothing waits, and of what was given up something is missing, as far as anybody knows: the epoch has to rise. Asked once. */
  endsInGap(): boolean {
    if (this.#unresolvedSequence === null || this.#waiting.length > 0) return false
    this.#unresolvedSequence = null
    return this.#nextSequence !== this.#lastAcknowledged + 1
  }

  /** All that wait are sent anew, in the order in which they are. @returns those that have another stamp now */
  restamp(producerEpoch: number): readonly SequencedBatch[] {
    this.#beginEpoch(producerEpoch)
    for (const batch of this.#waiting) {
      batch.stamp = { producerEpoch, sequence: this.#nextSequence }
      batch.isRestamped = true
      this.#nextSequence += batch.values.length
    }
    return this.#waiting
  }

  #beginEpoch(producerEpoch: number): void {
    this.#producerEpoch = producerEpoch
    this.#nextSequence = 0
    this.#lastAcknowledged = NONE_ACKNOWLEDGED
    this.#unresolvedSequence = null
  }

  #remove(batch: SequencedBatch): void {
    batch.isDone = true
    this.#waiting = this.#waiting.filter((other) => other !== batch)
  }
}

function lastSequenceOf({ stamp, values }: SequencedBatch): number {
  return stamp.sequence + values.length - 1
}
