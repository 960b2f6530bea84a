import { deepStrictEqual, ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { DeleteRecordsApi } from '../../../../protocol/messages/delete-records.ts'
import { FindCoordinatorApi } from '../../../../protocol/messages/find-coordinator.ts'
import { InitProducerIdApi } from '../../../../protocol/messages/init-producer-id.ts'
import { OffsetCommitApi } from '../../../../protocol/messages/offset-commit.ts'
import { OffsetFetchApi } from '../../../../protocol/messages/offset-fetch.ts'
import type { Ports } from '../../../../src/base/ports.ts'
import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import { type End, onlyOne } from '../../actor.ts'
import { Unanswered } from '../../asker.ts'
import { KafkaClient } from '../../kafka-client.ts'
import { fetchInto, send } from './records.ts'
import { BROKER, isPassing, type OneNodeRole, TOPIC } from './role.ts'

/**
 * An idempotent producer and a consumer of one partition, which commits its offsets and now and then has records deleted
 * that it has read. What they know:
 * - an acknowledged record stands at its offset, for good, and what the consumer once read never changes;
 * - each record stands there once, in the order in which its producer sent it, and nothing else does;
 * - an acknowledged commit of offsets is not forgotten.
 */
export class Pair implements OneNodeRole {
  readonly #ports: Ports
  readonly #partition: number
  readonly #random: SeededRandom
  readonly #sent: string[] = []
  /** Value by offset. */
  readonly #acknowledged = new Map<number, string>()
  readonly #read: string[] = []
  #committed = 0
  /** Records below may be gone. */
  #deletedTo = 0

  constructor(ports: Ports, partition: number, random: SeededRandom) {
    this.#ports = ports
    this.#partition = partition
    this.#random = random
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#produce(new KafkaClient(this.#ports, BROKER), end), this.#consume(new KafkaClient(this.#ports, BROKER), end)]
  }

  /** Something was produced, read and committed. */
  get progress(): number {
    return Math.min(this.#acknowledged.size, this.#read.length, this.#committed)
  }

  async verify(client: KafkaClient): Promise<void> {
    const found = this.#read.slice(0, this.#deletedTo)
    while (await fetchInto(client, this.#at, found, 0));
    for (const [offset, value] of this.#acknowledged) ok(found[offset] === value, `${value} was acknowledged at ${offset}, where ${found[offset]} is`)
    deepStrictEqual(found.slice(0, this.#read.length), this.#read, 'what was read stays')
    deepStrictEqual(found, this.#sent.slice(0, found.length), 'all that was sent is there once, in order')
    const committed = await this.#committedOffset(client)
    ok(committed >= this.#committed, `the committed offset is ${committed}, and ${this.#committed} was acknowledged`)
  }

  get #group(): string {
    return `group-${this.#partition}`
  }

  get #at() {
    return { topic: TOPIC, partition: this.#partition }
  }

  async #produce(client: KafkaClient, end: End): Promise<void> {
    const request = { transactionalId: null, transactionTimeoutMs: 60_000 }
    const { producerId, producerEpoch } = await client.askUntil(InitProducerIdApi, 4, request, ({ errorCode }) => errorCode === ErrorCode.NONE)
    while (!end.isStopping) {
      const baseSequence = this.#sent.length
      const values = Array.from({ length: 1 + this.#random.below(3) }, (_, index) => `p${this.#partition}-${baseSequence + index}`)
      this.#sent.push(...values)
      const batch = { producerId, producerEpoch, baseSequence, compression: this.#random.pick(['none', 'gzip', 'zstd'] as const) }
      const baseOffset = await send(client, { at: this.#at, batch, values, nowMs: this.#ports.clock.nowMs() })
      for (const [index, value] of values.entries()) this.#noteAcknowledged(baseOffset + index, value)
      await this.#ports.timers.sleep(this.#random.below(40))
    }
  }

  #noteAcknowledged(offset: number, value: string): void {
    const known = this.#acknowledged.get(offset) ?? value
    ok(known === value, `${known} was acknowledged at ${offset}, and now ${value} is`)
    this.#acknowledged.set(offset, value)
  }

  async #consume(client: KafkaClient, end: End): Promise<void> {
    // Makes the topic of offsets, too.
    await client.askUntil(FindCoordinatorApi, 3, { key: this.#group, keyType: 0 }, ({ errorCode }) => errorCode === ErrorCode.NONE)
    while (!end.isStopping) {
      try {
        await fetchInto(client, this.#at, this.#read, 200)
        if (this.#random.chance(0.3)) await this.#commit(client, this.#read.length)
        if (this.#random.chance(0.05)) await this.#deleteRecords(client)
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        await this.#ports.timers.sleep(50)
      }
    }
  }

  async #commit(client: KafkaClient, offset: number): Promise<void> {
    const partition = { partitionIndex: this.#partition, committedOffset: offset, committedMetadata: null }
    const request = { groupId: this.#group, memberId: '', topics: [{ name: TOPIC, partitions: [partition] }] }
    const answer = await client.ask(OffsetCommitApi, 8, request)
    const { errorCode } = onlyOne(answer.topics[0]?.partitions)
    ok(errorCode === ErrorCode.NONE || isPassing(errorCode), `committing ${offset} fails with ${errorName(errorCode)}`)
    if (errorCode === ErrorCode.NONE) this.#committed = offset
  }

  async #deleteRecords(client: KafkaClient): Promise<void> {
    this.#deletedTo += this.#random.below(1 + this.#read.length - this.#deletedTo)
    const partitions = [{ partitionIndex: this.#partition, offset: this.#deletedTo }]
    const answer = await client.ask(DeleteRecordsApi, 2, { topics: [{ name: TOPIC, partitions }], timeoutMs: 3000 })
    const { errorCode } = onlyOne(answer.topics[0]?.partitions)
    ok(errorCode === ErrorCode.NONE || isPassing(errorCode), `deleting records before ${this.#deletedTo} fails with ${errorName(errorCode)}`)
  }

  async #committedOffset(client: KafkaClient): Promise<number> {
    const group = { groupId: this.#group, topics: [{ name: TOPIC, partitionIndexes: [this.#partition] }] }
    const answer = await client.askUntil(OffsetFetchApi, 8, { groups: [group] }, ({ groups }) => groups[0]?.errorCode === ErrorCode.NONE)
    return onlyOne(answer.groups[0]?.topics[0]?.partitions).committedOffset
  }
}
