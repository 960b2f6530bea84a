import { ok } from 'node:assert/strict'
import type { TopicPartition } from '../../../../src/base/topic-partition.ts'

/**
 * What is known of one partition with one idempotent producer that waits for all replicas:
 * an acknowledged record stands at its offset for good, what was read there never changes, and the records stand there
 * once each, in the order in which they were sent.
 */
export class PartitionModel {
  readonly at: TopicPartition
  /** Values in the order in which they were sent. Without gaps or repetition they have their place here for an offset. */
  readonly sent: string[] = []
  /** Value by offset. */
  readonly acknowledged = new Map<number, string>()
  /** Values by offset, as a consumer found them. */
  readonly read: string[] = []

  constructor(at: TopicPartition) {
    this.at = at
  }

  /** How many records are acknowledged. */
  get acknowledgedCount(): number {
    return this.acknowledged.size
  }

  onAcknowledged(offset: number, value: string): void {
    const known = this.acknowledged.get(offset)
    ok(known === undefined, `${this.#name}: ${known} was acknowledged at ${offset}, and now ${value} is`)
    ok(this.sent[offset] === value, `${this.#name}: ${value} is acknowledged at ${offset}, where ${this.sent[offset]} belongs`)
    ok(this.read.length <= offset || this.read[offset] === value, `${this.#name}: ${value} is acknowledged at ${offset}, where ${this.read[offset]} was read`)
    this.acknowledged.set(offset, value)
  }

  /** A consumer found it at the next offset behind what it has. */
  onRead(offset: number, value: string): void {
    ok(offset === this.read.length, `${this.#name}: offset ${offset} follows ${this.read.length - 1}`)
    this.read.push(value)
    ok(this.sent[offset] === value, `${this.#name}: ${value} is read at ${offset}, where ${this.sent[offset]} belongs`)
  }

  /** All of a log up to its high watermark, at the end. */
  onWhole(values: readonly string[]): void {
    for (const [offset, value] of this.acknowledged)
      ok(values[offset] === value, `${this.#name}: ${value} was acknowledged at ${offset}, where ${values[offset]} is`)
    for (const [offset, value] of this.read.entries()) ok(values[offset] === value, `${this.#name}: ${value} was read at ${offset}, where ${values[offset]} is`)
    for (const [offset, value] of values.entries())
      ok(this.sent[offset] === value, `${this.#name}: ${value} is at ${offset}, where ${this.sent[offset]} belongs`)
  }

  get #name(): string {
    return `${this.at.topic}-${this.at.partition}`
  }
}
