import { ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { ProduceApi, type ProduceRequest } from '../../../../protocol/messages/produce.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import type { Input } from '../../../../protocol/schema/notation.ts'
import type { Ports } from '../../../../src/base/ports.ts'
import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import { type End, onlyOne } from '../../actor.ts'
import { Unanswered } from '../../asker.ts'
import type { ClusterClient } from '../client/cluster-client.ts'
import type { PartitionModel, Stamp } from './partition-model.ts'
import { isPassing } from './passing.ts'
import { type SequencedBatch, SequencedBatches } from './sequenced-batches.ts'
import { WakeUp } from './wake-up.ts'

const PRODUCE_VERSION = 9
const ACKS_ALL = -1
/** Of the broker, for its replicas. */
const TIMEOUT_MS = 4000
const MOST_RECORDS = 6
const BACKOFF_MS = 100
const MAX_BACKOFF_MS = 1000
/** Between batches of a row, at most. */
const SHORT_PAUSE_MS = 5

export interface LaneOptions {
  readonly client: ClusterClient
  readonly clock: Ports['clock']
  readonly random: SeededRandom
  readonly model: PartitionModel
  /** Batches under way at a time: up to 5, as brokers remember the last five. */
  readonly maxInFlight: number
  /** After which a batch is given up. */
  readonly deliveryTimeoutMs: number
  /** Between rows of batches, at most. */
  readonly maxPauseMs: number
}

/** What the lanes of a producer have in common. */
export interface ProducerIdentity {
  readonly producerId: number
  producerEpoch: number
}

/**
 * What an idempotent producer does for one partition, acks=all, with several batches under way as Java's producer has them; see
 * `SequencedBatches`. What is not answered for good is sent again until its time is over.
 *
 * That a batch is refused for its sequence number though all before it is acknowledged, and some of that is still there, is a broken
 * promise: the leader has forgotten one of the last five batches. (With Apache Kafka it happens behind a restart, as snapshots
 * have one; Java's producer then begins another epoch, and what was appended already is there twice.)
 */
export class ProducerLane {
  readonly #options: LaneOptions
  readonly #identity: ProducerIdentity
  readonly #batches = new SequencedBatches()
  readonly #wakeUp: WakeUp
  /** Values that were made. */
  #count = 0
  /** Before, no new batch is made. */
  #nextBatchMs = 0
  /** Something is missing in the log: what waits has to be sent anew, in another epoch. */
  #needsEpoch = false
  #failure: Error | null = null

  constructor(options: LaneOptions, identity: ProducerIdentity) {
    this.#options = options
    this.#identity = identity
    this.#wakeUp = new WakeUp(options.client.timers)
  }

  /** Batches leave one after another, whenever one is due. Rejects with what broke a promise. */
  async write(end: End): Promise<void> {
    const { client, model } = this.#options
    while (this.#failure === null && !(end.isStopping && this.#batches.count === 0)) {
      this.#giveUpOldOnes()
      const delayMs = this.#dueMs(end) - this.#nowMs
      try {
        if (delayMs > 0) await this.#wakeUp.within(Math.min(delayMs, MAX_BACKOFF_MS))
        else await client.leadership(model.at).then(() => this.#sendNext(end))
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        await client.timers.sleep(BACKOFF_MS)
      }
    }
    if (this.#failure !== null) throw this.#failure
  }

  #giveUpOldOnes(): void {
    this.#batches.expire(this.#nowMs - this.#options.deliveryTimeoutMs)
    if (!this.#batches.endsInGap() && !this.#needsEpoch) return
    this.#needsEpoch = false
    this.#identity.producerEpoch++
    for (const { stamp, values } of this.#batches.restamp(this.#identity.producerEpoch)) this.#options.model.onSent(stamp, values)
  }

  /** When something is to be sent, as far as it is known. */
  #dueMs(end: End): number {
    const { nextRetry, count } = this.#batches
    if (nextRetry !== null) return nextRetry.dueMs
    const mayAdd = !end.isStopping && count < this.#options.maxInFlight && this.#batches.mayAdd(this.#identity.producerEpoch)
    return mayAdd ? this.#nextBatchMs : Number.POSITIVE_INFINITY
  }

  /** Nothing, where that has changed while a leader was looked for. */
  #sendNext(end: End): void {
    if (this.#dueMs(end) > this.#nowMs) return
    const batch = this.#batches.nextRetry ?? this.#newBatch()
    this.#send(batch).catch((error: Error) => {
      this.#failure ??= error
      this.#wakeUp.now()
    })
  }

  #newBatch(): SequencedBatch {
    const { model, random, maxInFlight, maxPauseMs } = this.#options
    const { topic, partition } = model.at
    const values = Array.from({ length: 1 + random.below(MOST_RECORDS) }, (_, index) => `${topic}-${partition}:${this.#count + index}`)
    this.#count += values.length
    this.#nextBatchMs = this.#nowMs + random.below(random.chance(1 / maxInFlight) ? maxPauseMs : SHORT_PAUSE_MS)
    const batch = this.#batches.add(values, this.#identity.producerEpoch, this.#nowMs)
    model.onSent(batch.stamp, values)
    return batch
  }

  async #send(batch: SequencedBatch): Promise<void> {
    const { client, model } = this.#options
    const { stamp } = batch
    batch.isUnderway = true
    batch.attempts++
    try {
      const { responses } = await client.leader(model.at).ask(ProduceApi, PRODUCE_VERSION, this.#request(batch))
      const { errorCode, baseOffset } = onlyOne(responses[0]?.partitionResponses)
      if (errorCode === ErrorCode.NONE) this.#onAcknowledged(batch, stamp, baseOffset)
      else this.#onRefused(batch, stamp, errorCode)
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
      this.#retry(batch)
    }
    this.#wakeUp.now()
  }

  #request({ stamp: { producerEpoch, sequence: baseSequence }, values, createdMs: timestamp }: SequencedBatch): Input<typeof ProduceRequest> {
    const { topic, partition } = this.#options.model.at
    const identity = { producerId: this.#identity.producerId, producerEpoch, baseSequence }
    const records = buildBatch(
      identity,
      values.map((value) => ({ timestamp, value: Buffer.from(value) })),
    )
    return { acks: ACKS_ALL, timeoutMs: TIMEOUT_MS, topicData: [{ name: topic, partitionData: [{ index: partition, records }] }] }
  }

  /** @param stamp with which it was sent. What was given up meanwhile is there for good all the same. */
  #onAcknowledged(batch: SequencedBatch, stamp: Stamp, baseOffset: number): void {
    this.#options.model.onAcknowledged(baseOffset, stamp, batch.values)
    if (batch.isDone) return
    this.#batches.onAcknowledged(batch)
    // It is there in the former epoch, and where it was to stand in this one is a gap.
    if (stamp !== batch.stamp) this.#needsEpoch = true
  }

  #onRefused(batch: SequencedBatch, stamp: Stamp, errorCode: number): void {
    const { client, model } = this.#options
    const refusal = `${batch.values[0]} as number ${stamp.sequence} of epoch ${stamp.producerEpoch} is refused with ${errorName(errorCode)}`
    if (errorCode === ErrorCode.INVALID_PRODUCER_EPOCH) {
      // One that was given up may have come too late: behind what was sent in the next epoch since.
      if (batch.isDone) return
      ok(stamp !== batch.stamp, `${refusal}, and that is its epoch`)
      this.#batches.fail(batch)
      this.#needsEpoch = true
    } else if (errorCode === ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER) {
      ok(batch.isDone || !this.#batches.isExpected(batch) || model.mayHaveForgottenProducer, `${refusal}, and all before it is acknowledged`)
      if (!batch.isDone && this.#batches.showsGap(batch)) this.#needsEpoch = true
      this.#retry(batch)
    } else {
      ok(isPassing(errorCode), refusal)
      client.leader(model.at).lookAgain()
      this.#retry(batch)
    }
  }

  #retry(batch: SequencedBatch): void {
    batch.isUnderway = false
    batch.dueMs = this.#nowMs + Math.min(BACKOFF_MS * 2 ** (batch.attempts - 1), MAX_BACKOFF_MS)
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs()
  }
}
