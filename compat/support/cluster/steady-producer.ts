import { setTimeout as sleep } from 'node:timers/promises'
import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { InitProducerIdApi, type InitProducerIdResponse } from '../../../protocol/messages/init-producer-id.ts'
import { MetadataApi, type MetadataResponse } from '../../../protocol/messages/metadata.ts'
import { ProduceApi, type ProduceResponse } from '../../../protocol/messages/produce.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import type { Api, Fields, Input, Message } from '../../../protocol/schema/notation.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import { until } from '../../kafkajs/support.ts'
import { RawClient } from '../../oracle/raw-client.ts'
import type { Brokers } from './administer.ts'

/** One value after another into partition 0 of a topic, each acknowledged by all in-sync replicas before the next, until it is ended. */
export interface SteadyProducer {
  /** Values 0, 1, 2, … as text: as many as this were acknowledged. */
  readonly acknowledged: number
  /** The longest time between two acknowledgements so far, in milliseconds. */
  readonly longestWaitMs: number
  /** Resolves when so many more were acknowledged. */
  more(count: number): Promise<void>
  /** Resolves when the last one is acknowledged; rejects when a record failed for good. */
  end(): Promise<void>
}

/** Much longer than any failover: what is not acknowledged then is a failure. */
const GIVE_UP_MS = 60_000
const REQUEST_TIMEOUT_MS = 2_000
const RETRY_MS = 20

/** Answers that a producer meets while leaders change, and asks again after. */
const PASSING: readonly number[] = [
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
]

/** An idempotent producer that asks whoever answers for the leader: clients' libraries keep to a broker that is stopped. */
export async function produceSteadily(brokers: Brokers, topic: string): Promise<SteadyProducer> {
  const lane = new Lane(brokers, topic)
  const producerId = await lane.newProducerId()
  const state = { acknowledged: 0, longestWaitMs: 0, isOver: false, failure: null as Error | null }
  const sending = sendAll(lane, producerId, state)
  return {
    get acknowledged() {
      return state.acknowledged
    },
    get longestWaitMs() {
      return state.longestWaitMs
    },
    async more(count) {
      const goal = state.acknowledged + count
      await until(`${goal} records are acknowledged`, () => state.acknowledged >= goal || state.failure !== null, GIVE_UP_MS)
      if (state.failure !== null) throw state.failure
    },
    async end() {
      state.isOver = true
      await sending
      if (state.failure !== null) throw state.failure
    },
  }
}

async function sendAll(lane: Lane, producerId: number, state: { acknowledged: number; longestWaitMs: number; isOver: boolean; failure: Error | null }) {
  try {
    for (let index = 0, lastMs = performance.now(); !state.isOver; index++) {
      const record = { timestamp: Date.now(), value: Buffer.from(String(index)) }
      await lane.deliver(buildBatch({ producerId, producerEpoch: 0, baseSequence: index }, [record]))
      state.acknowledged = index + 1
      const nowMs = performance.now()
      state.longestWaitMs = Math.max(state.longestWaitMs, nowMs - lastMs)
      lastMs = nowMs
    }
  } catch (error) {
    state.failure = error as Error
  } finally {
    await lane.close()
  }
}

/** The way to the leader of partition 0 of a topic, found anew after each failure. */
class Lane {
  readonly #brokers: Brokers
  readonly #topic: string
  #client: RawClient | null = null
  /** Which broker is asked next for the leader. */
  #next = 0
  #lastTrouble = 'nothing was tried'

  constructor(brokers: Brokers, topic: string) {
    this.#brokers = brokers
    this.#topic = topic
  }

  async newProducerId(): Promise<number> {
    return await this.#retry(async () => {
      const request = { transactionalId: null, transactionTimeoutMs: 0 }
      const answer = await this.#askAnyone<InitProducerIdResponse>(InitProducerIdApi, 4, request)
      return answer !== null && this.#isDone('InitProducerId', answer.errorCode) ? answer.producerId : null
    })
  }

  /** Resolves when the batch is acknowledged: a repetition says that it was already. */
  async deliver(records: Buffer): Promise<void> {
    await this.#retry(async () => {
      this.#client ??= await this.#toLeader()
      if (this.#client === null) return null
      const topicData = [{ name: this.#topic, partitionData: [{ index: 0, records }] }]
      const request = { transactionalId: null, acks: -1, timeoutMs: REQUEST_TIMEOUT_MS, topicData }
      const outcome = await this.#client.exchange(ProduceApi, 12, request, REQUEST_TIMEOUT_MS)
      const errorCode = outcome.kind === 'answer' ? (outcome.value as ProduceResponse).responses[0]?.partitionResponses[0]?.errorCode : undefined
      if (errorCode === ErrorCode.DUPLICATE_SEQUENCE_NUMBER || (errorCode !== undefined && this.#isDone('Produce', errorCode))) return true
      if (errorCode === undefined) this.#lastTrouble = `Produce: ${outcome.kind}`
      await this.close()
      return null
    })
  }

  async close(): Promise<void> {
    await this.#client?.[Symbol.asyncDispose]()
    this.#client = null
  }

  async #retry<T>(attempt: () => Promise<T | null>): Promise<T> {
    const deadlineMs = performance.now() + GIVE_UP_MS
    for (;;) {
      const result = await attempt()
      if (result !== null) return result
      if (performance.now() > deadlineMs) throw new Error(`given up after ${GIVE_UP_MS} ms; the last trouble was ${this.#lastTrouble}`)
      await sleep(RETRY_MS)
    }
  }

  /** Throws for an error that does not pass. */
  #isDone(what: string, errorCode: number): boolean {
    if (errorCode === ErrorCode.NONE) return true
    this.#lastTrouble = `${what}: ${errorName(errorCode)}`
    if (!PASSING.includes(errorCode)) throw new Error(this.#lastTrouble)
    return false
  }

  async #toLeader(): Promise<RawClient | null> {
    const request = { topics: [{ topicId: ZERO_UUID, name: this.#topic }], allowAutoTopicCreation: false, includeTopicAuthorizedOperations: false }
    const metadata = await this.#askAnyone<MetadataResponse>(MetadataApi, 12, request)
    const leader = metadata?.topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === 0)?.leaderId ?? -1
    if (leader < 0) return null
    return await this.#open(leader)
  }

  async #askAnyone<T>(api: Api<Fields, Fields>, version: number, request: Input<Message<Fields>>): Promise<T | null> {
    const id = this.#brokers.brokerIds[this.#next++ % this.#brokers.brokerIds.length] as number
    const client = await this.#open(id)
    if (client === null) return null
    const outcome = await client.exchange(api, version, request, REQUEST_TIMEOUT_MS)
    await client[Symbol.asyncDispose]()
    if (outcome.kind === 'answer') return outcome.value as T
    this.#lastTrouble = `${api.name} to broker ${id}: ${outcome.kind}`
    return null
  }

  async #open(id: number): Promise<RawClient | null> {
    return await RawClient.open(`127.0.0.1:${this.#brokers.clientPort(id)}`, 'steady').catch((error: Error) => {
      this.#lastTrouble = `broker ${id}: ${error.message}`
      return null
    })
  }
}
