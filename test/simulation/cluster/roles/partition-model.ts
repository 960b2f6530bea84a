import { ok } from 'node:assert/strict'
import type { TopicPartition } from '../../../../src/base/topic-partition.ts'

/** What the one producer of a partition has written on a record: its own order is that of epochs, and in an epoch that of sequence numbers. */
export interface Stamp {
  readonly producerEpoch: number
  readonly sequence: number
}

/** A record as a consumer finds it. */
export interface FoundRecord extends Stamp {
  readonly offset: number
  readonly value: string
}

interface Placed extends Stamp {
  readonly offset: number
}

/**
 * What is known of one partition with one idempotent producer that waits for all replicas:
 * an acknowledged record stands at its offset for good, what was read there never changes, and the records stand there
 * once each for the stamp that they were sent with, in the order of the stamps and without a gap. A record that is sent anew under another
 * epoch may be there under the former one, too, if nobody acknowledged it (KIP-360). Records at the beginning may be gone that somebody asked to delete, and no others;
 * they may come back, too, as a broker that crashes need not know where its log began (KIP-107).
 */
export class PartitionModel {
  readonly at: TopicPartition
  /** Value by offset. */
  readonly acknowledged = new Map<number, string>()
  /** What was sent, by epoch and sequence number. */
  readonly #sent = new Map<number, string[]>()
  /** Of the acknowledged record with the greatest offset. */
  #lastAcknowledged: Placed | null = null
  /** Of the record that a consumer read last. */
  #lastRead: Placed | null = null
  #readEnd = 0
  /** Before these somebody asked for records to be deleted. */
  readonly #deletionsAsked = new Set<number>()
  #deletableTo = 0
  /** The latest of the stamps that are acknowledged, wherever their records stand. */
  #latestStamp: Stamp | null = null

  constructor(at: TopicPartition) {
    this.at = at
  }

  /** How many records are acknowledged. */
  get acknowledgedCount(): number {
    return this.acknowledged.size
  }

  /** Behind the last acknowledged record. */
  get acknowledgedEnd(): number {
    return this.#lastAcknowledged === null ? 0 : this.#lastAcknowledged.offset + 1
  }

  /** Up to here a consumer has read. */
  get readEnd(): number {
    return this.#readEnd
  }

  /** Up to here somebody asked for records to be deleted: before it there may be any, or none. */
  get deletableTo(): number {
    return this.#deletableTo
  }

  /**
   * Of the producer there may be nothing left in the log, and who does not know a producer takes any sequence number for its first: also
   * an earlier one, of a batch whose answer was lost, on which what comes next does not follow.
   * Source: ProducerAppendInfo.checkSequence.
   */
  get mayHaveForgottenProducer(): boolean {
    const last = this.#lastAcknowledged
    return this.acknowledgedEnd <= this.#deletableTo || (last !== null && this.#latestStamp !== null && isBefore(last, this.#latestStamp))
  }

  /** Before they are sent, and again when they get another stamp. */
  onSent({ producerEpoch, sequence }: Stamp, values: readonly string[]): void {
    const sent = this.#sent.get(producerEpoch) ?? []
    for (const [index, value] of values.entries()) sent[sequence + index] = value
    this.#sent.set(producerEpoch, sent)
  }

  onDeletionAsked(offset: number): void {
    this.#deletionsAsked.add(offset)
    this.#deletableTo = Math.max(this.#deletableTo, offset)
  }

  /** A replica that leads says where its log begins. */
  onStart(offset: number): void {
    ok(offset <= this.#deletableTo, `${this.#name}: the log begins at ${offset}, and records before ${this.#deletableTo} were to be deleted`)
    if (offset > this.#readEnd) this.#lastRead = null
    this.#readEnd = Math.max(this.#readEnd, offset)
  }

  /** The answer to those that were sent with this stamp. */
  onAcknowledged(baseOffset: number, stamp: Stamp, values: readonly string[]): void {
    for (const [index, value] of values.entries()) {
      const offset = baseOffset + index
      const known = this.acknowledged.get(offset)
      ok(known === undefined, `${this.#name}: ${known} was acknowledged at ${offset}, and now ${value} is`)
      this.acknowledged.set(offset, value)
      const placed = { producerEpoch: stamp.producerEpoch, sequence: stamp.sequence + index, offset }
      const last = this.#lastAcknowledged
      if (last !== null) ok(this.#areInOrder(last, placed), `${this.#name}: ${told(placed)} is acknowledged, and ${told(last)} was`)
      if (last === null || offset > last.offset) this.#lastAcknowledged = placed
      if (this.#latestStamp === null || isBefore(this.#latestStamp, placed)) this.#latestStamp = placed
    }
  }

  /** A consumer found it at the next offset behind what it has. */
  onRead(record: FoundRecord): void {
    const { offset } = record
    ok(offset === this.#readEnd, `${this.#name}: offset ${offset} follows ${this.#readEnd - 1}`)
    this.#checkPlace(record, this.#lastRead)
    this.#lastRead = record
    this.#readEnd++
  }

  /** All of a log from its start up to its high watermark, at the end. */
  onWhole(start: number, records: readonly FoundRecord[]): void {
    this.onStart(start)
    const end = start + records.length
    for (const [offset, value] of this.acknowledged) {
      const there = records[offset - start]?.value
      if (offset >= start) ok(there === value, `${this.#name}: ${value} was acknowledged at ${offset}, where ${there} is`)
    }
    ok(end >= this.#readEnd, `${this.#name}: was read up to ${this.#readEnd}, and ends at ${end}`)
    for (const [index, record] of records.entries()) {
      ok(record.offset === start + index, `${this.#name}: offset ${record.offset} stands where ${start + index} belongs`)
      this.#checkPlace(record, records[index - 1] ?? null)
    }
  }

  /** @param before the record in front of it, where that is known */
  #checkPlace(record: FoundRecord, before: Placed | null): void {
    const { offset, value, producerEpoch, sequence } = record
    const sent = this.#sent.get(producerEpoch)?.[sequence]
    ok(sent === value, `${this.#name}: ${told(record)} is ${value}, and ${sent} was sent so`)
    const acknowledged = this.acknowledged.get(offset) ?? value
    ok(acknowledged === value, `${this.#name}: ${acknowledged} was acknowledged at ${offset}, where ${value} is`)
    ok(this.#mayFollow(record, before), `${this.#name}: ${told(record)} follows ${before === null ? 'nothing' : told(before)}`)
  }

  #areInOrder(one: Placed, other: Placed): boolean {
    const [first, second] = one.offset < other.offset ? [one, other] : [other, one]
    return isBefore(first, second) || this.#mayHaveForgottenBetween(first, second)
  }

  /** All before the second one may be deleted by now, and the producer with it. */
  #mayHaveForgottenBetween(first: Placed, second: Placed): boolean {
    return [...this.#deletionsAsked].some((offset) => first.offset < offset && offset <= second.offset)
  }

  #mayFollow(record: Placed, before: Placed | null): boolean {
    if (before !== null && this.#mayHaveForgottenBetween(before, record)) return true
    // To a broker that does not know the producer any sequence number may be the first.
    if (record.offset <= this.#deletableTo) return before === null || isBefore(before, record)
    if (before === null) return false
    if (record.producerEpoch === before.producerEpoch) return record.sequence === before.sequence + 1
    return record.producerEpoch > before.producerEpoch && record.sequence === 0
  }

  get #name(): string {
    return `${this.at.topic}-${this.at.partition}`
  }
}

function isBefore(a: Stamp, b: Stamp): boolean {
  return a.producerEpoch === b.producerEpoch ? a.sequence < b.sequence : a.producerEpoch < b.producerEpoch
}

function told({ producerEpoch, sequence, offset }: Placed): string {
  return `number ${sequence} of epoch ${producerEpoch} at ${offset}`
}
