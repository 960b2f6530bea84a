import { ok } from 'node:assert/strict'
import type { TopicPartition } from '../../../../src/base/topic-partition.ts'

/**
 * What is known of one partition with one idempotent producer that waits for all replicas:
 * an acknowledged record stands at its offset for good, what was read there never changes, and the records stand there
 * once each, in the order in which they were sent. Records at the beginning may be gone that somebody asked to delete, and no others;
 * they may come back, too, as a broker that crashes need not know where its log began (KIP-107).
 */
export class PartitionModel {
  readonly at: TopicPartition
  /** Values in the order in which they were sent. Without gaps or repetition they have their place here for an offset. */
  readonly sent: string[] = []
  /** Value by offset. */
  readonly acknowledged = new Map<number, string>()
  #readEnd = 0
  #deletableTo = 0

  constructor(at: TopicPartition) {
    this.at = at
  }

  /** How many records are acknowledged. */
  get acknowledgedCount(): number {
    return this.acknowledged.size
  }

  /** Up to here a consumer has read. */
  get readEnd(): number {
    return this.#readEnd
  }

  /** Up to here somebody asked for records to be deleted: before it there may be any, or none. */
  get deletableTo(): number {
    return this.#deletableTo
  }

  onDeletionAsked(offset: number): void {
    this.#deletableTo = Math.max(this.#deletableTo, offset)
  }

  /** A replica that leads says where its log begins. */
  onStart(offset: number): void {
    ok(offset <= this.#deletableTo, `${this.#name}: the log begins at ${offset}, and records before ${this.#deletableTo} were to be deleted`)
    this.#readEnd = Math.max(this.#readEnd, offset)
  }

  onAcknowledged(offset: number, value: string): void {
    const known = this.acknowledged.get(offset)
    ok(known === undefined, `${this.#name}: ${known} was acknowledged at ${offset}, and now ${value} is`)
    ok(this.sent[offset] === value, `${this.#name}: ${value} is acknowledged at ${offset}, where ${this.sent[offset]} belongs`)
    this.acknowledged.set(offset, value)
  }

  /** A consumer found it at the next offset behind what it has. */
  onRead(offset: number, value: string): void {
    ok(offset === this.#readEnd, `${this.#name}: offset ${offset} follows ${this.#readEnd - 1}`)
    this.#readEnd++
    ok(this.sent[offset] === value, `${this.#name}: ${value} is read at ${offset}, where ${this.sent[offset]} belongs`)
  }

  /** All of a log from its start up to its high watermark, at the end. */
  onWhole(start: number, values: readonly string[]): void {
    this.onStart(start)
    const end = start + values.length
    for (const [offset, value] of this.acknowledged) {
      if (offset >= start) ok(values[offset - start] === value, `${this.#name}: ${value} was acknowledged at ${offset}, where ${values[offset - start]} is`)
    }
    ok(end >= this.#readEnd, `${this.#name}: was read up to ${this.#readEnd}, and ends at ${end}`)
    for (const [index, value] of values.entries()) {
      const belongs = this.sent[start + index]
      ok(belongs === value, `${this.#name}: ${value} is at ${start + index}, where ${belongs} belongs`)
    }
  }

  get #name(): string {
    return `${this.at.topic}-${this.at.partition}`
  }
}
