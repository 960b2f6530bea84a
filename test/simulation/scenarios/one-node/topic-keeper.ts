import { deepStrictEqual, ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { CreateTopicsApi } from '../../../../protocol/messages/create-topics.ts'
import { DeleteTopicsApi } from '../../../../protocol/messages/delete-topics.ts'
import { MetadataApi } from '../../../../protocol/messages/metadata.ts'
import type { Ports } from '../../../../src/base/ports.ts'
import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import { type End, onlyOne } from '../../actor.ts'
import { Unanswered } from '../../asker.ts'
import { KafkaClient } from '../../kafka-client.ts'
import { fetchInto, send } from './records.ts'
import { BROKER, isPassing, type OneNodeRole } from './role.ts'

/**
 * Makes a topic, writes to it, deletes it, and makes one of the same name again. What must hold: it exists from the answer
 * to its creation to that of its deletion and not a moment longer, whatever crashes; and it begins empty.
 */
export class TopicKeeper implements OneNodeRole {
  readonly #ports: Ports
  readonly #name: string
  readonly #random: SeededRandom
  #generation = 0
  #state: 'absent' | 'changing' | 'there' = 'absent'

  constructor(ports: Ports, name: string, random: SeededRandom) {
    this.#ports = ports
    this.#name = name
    this.#random = random
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#keep(new KafkaClient(this.#ports, BROKER), end)]
  }

  get progress(): number {
    return this.#generation
  }

  async verify(client: KafkaClient): Promise<void> {
    await this.#checkExistence(client)
    if (this.#state === 'there') await this.#checkContent(client)
  }

  async #keep(client: KafkaClient, end: End): Promise<void> {
    while (!end.isStopping) {
      await this.#create(client)
      const sending = { at: { topic: this.#name, partition: 0 }, batch: {}, values: [this.#value], nowMs: this.#ports.clock.nowMs() }
      ok((await send(client, sending)) >= 0, 'a record has an offset')
      await this.#rest(client)
      if (end.isStopping) return
      await this.#checkContent(client)
      await this.#delete(client)
      await this.#rest(client)
    }
  }

  get #value(): string {
    return `${this.#name} ${this.#generation}`
  }

  async #create(client: KafkaClient): Promise<void> {
    this.#generation++
    this.#state = 'changing'
    const topic = { name: this.#name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
    const isMade = (code: number | undefined) => code === ErrorCode.NONE || code === ErrorCode.TOPIC_ALREADY_EXISTS
    await client.askUntil(CreateTopicsApi, 5, { topics: [topic] }, ({ topics }) => isMade(topics[0]?.errorCode))
    this.#state = 'there'
  }

  async #delete(client: KafkaClient): Promise<void> {
    this.#state = 'changing'
    const isGone = (code: number | undefined) => code === ErrorCode.NONE || code === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    await client.askUntil(DeleteTopicsApi, 4, { topicNames: [this.#name], timeoutMs: 5000 }, ({ responses }) => isGone(responses[0]?.errorCode))
    this.#state = 'absent'
  }

  /** Looks a few times whether what was changed stays so. */
  async #rest(client: KafkaClient): Promise<void> {
    for (let look = this.#random.below(4); look > 0; look--) {
      await this.#ports.timers.sleep(this.#random.below(300))
      await this.#untilAnswered(() => this.#checkExistence(client))
    }
  }

  async #checkExistence(client: KafkaClient): Promise<void> {
    const answer = await client.askUntil(MetadataApi, 12, { topics: [{ name: this.#name }], allowAutoTopicCreation: false }, () => true)
    const { errorCode } = onlyOne(answer.topics)
    const expected = this.#state === 'there' ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    ok(errorCode === expected || isPassing(errorCode), `${this.#value} is ${this.#state}, and its metadata say ${errorName(errorCode)}`)
  }

  /** Its record is there, more than once when an answer to it was lost, and nothing else. */
  async #checkContent(client: KafkaClient): Promise<void> {
    const found: string[] = []
    await this.#untilAnswered(async () => {
      while (await fetchInto(client, { topic: this.#name, partition: 0 }, found, 0));
    })
    deepStrictEqual([...new Set(found)], [this.#value], 'a topic holds what was written to it')
  }

  async #untilAnswered(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        await this.#ports.timers.sleep(50)
      }
    }
  }
}
