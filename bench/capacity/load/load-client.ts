/**
 * A client that costs little: one batch, made once, is sent again and again, and what is consumed is counted by its bytes.
 * So most of the machine is left to the brokers. Limits are those of Java's producer by default: five requests at a time on
 * a connection, 32 MB under way. It has no producer id, so brokers have no sequence to check.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { FetchApi } from '../../../protocol/messages/fetch.ts'
import { ProduceApi } from '../../../protocol/messages/produce.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { BrokerConnection } from '../../../src/client/broker-connection.ts'
import { NodeNetwork } from '../../../src/platform/network/node-network.ts'
import { NodeTimers } from '../../../src/platform/time/node-timers.ts'
import { openAll } from '../../measures/idle.ts'
import { type Driven, fullSpeed, paced } from './drive.ts'
import type { LoadPlan } from './load-plan.ts'

const PRODUCE_VERSION = 12
const FETCH_VERSION = 12
const TIMEOUT_MS = 60_000
const MAX_IN_FLIGHT_PER_CONNECTION = 5
const MAX_IN_FLIGHT = 30
const MAX_IN_FLIGHT_BYTES = 32 * 1024 * 1024
/** Fetches that are under way at each node. */
const FETCHES_PER_NODE = 2
const PARTITIONS_PER_FETCH = 50
const FETCH_BYTES = 4 * 1024 * 1024
const PARTITION_FETCH_BYTES = 1024 * 1024
/** A new leader is told to its clients a little later than to itself. */
const RETRY_MS = 20

interface Target {
  readonly topic: string
  readonly partition: number
  /** Of the next fetch. */
  offset: number
}

/** What a node leads; its connections take turns with the partitions. */
interface LedByNode {
  readonly port: number
  readonly targets: readonly Target[]
  turn: number
}

interface Lane {
  readonly connection: BrokerConnection
  readonly led: LedByNode
  inFlight: number
}

export interface Consumed extends Driven {
  readonly records: number
}

/** See the head of this file. */
export class LoadClient implements AsyncDisposable {
  readonly #lanes: readonly Lane[]
  readonly #batch: Buffer
  readonly #recordsPerBatch: number
  #turn = 0

  private constructor(lanes: readonly Lane[], batch: Buffer, recordsPerBatch: number) {
    this.#lanes = lanes
    this.#batch = batch
    this.#recordsPerBatch = recordsPerBatch
  }

  /** Connections are spread over the nodes that lead something. */
  static async open(plan: LoadPlan): Promise<LoadClient> {
    const leaders = ledByNodes(plan)
    const options = { network: new NodeNetwork(), timers: new NodeTimers(), clientId: 'capacity', timeoutMs: TIMEOUT_MS }
    let opened = 0
    const lanes = await openAll(plan.connections, async (): Promise<Lane> => {
      const led = leaders[opened++ % leaders.length] as LedByNode
      return { led, connection: await BrokerConnection.open({ host: '127.0.0.1', port: led.port }, options), inFlight: 0 }
    })
    const record = { timestamp: Date.now(), value: Buffer.alloc(plan.recordBytes, 'x') }
    const batch = buildBatch({}, Array<typeof record>(plan.recordsPerBatch).fill(record))
    return new LoadClient(lanes, batch, plan.recordsPerBatch)
  }

  /** @param ratePerSecond requests; without one as many as go */
  produce(durationMs: number, ratePerSecond?: number): Promise<Driven> {
    const maxInFlight = Math.max(
      1,
      Math.min(MAX_IN_FLIGHT, this.#lanes.length * MAX_IN_FLIGHT_PER_CONNECTION, Math.floor(MAX_IN_FLIGHT_BYTES / this.#batch.length)),
    )
    const send = () => this.#onFreeLane((lane) => this.#produceTo(lane))
    return ratePerSecond === undefined ? fullSpeed(send, { durationMs, maxInFlight }) : paced(send, { durationMs, maxInFlight, ratePerSecond })
  }

  /** Reads every partition from its beginning, again and again. */
  async consume(durationMs: number): Promise<Consumed> {
    let bytes = 0
    const send = () =>
      this.#onFreeLane(async (lane) => {
        const fetched = await this.#fetchFrom(lane)
        bytes += fetched
      })
    const nodes = new Set(this.#lanes.map(({ led }) => led)).size
    const driven = await fullSpeed(send, { durationMs, maxInFlight: Math.min(this.#lanes.length, nodes * FETCHES_PER_NODE) })
    return { ...driven, records: (bytes / this.#batch.length) * this.#recordsPerBatch }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { connection } of this.#lanes) await connection[Symbol.asyncDispose]()
  }

  /** There is one: as many are under way as have places. */
  async #onFreeLane(send: (lane: Lane) => Promise<void>): Promise<void> {
    let lane = this.#nextLane()
    while (lane.inFlight >= MAX_IN_FLIGHT_PER_CONNECTION) lane = this.#nextLane()
    lane.inFlight++
    try {
      await send(lane)
    } finally {
      lane.inFlight--
    }
  }

  #nextLane(): Lane {
    this.#turn = (this.#turn + 1) % this.#lanes.length
    return this.#lanes[this.#turn] as Lane
  }

  async #produceTo({ connection, led }: Lane): Promise<void> {
    const { topic: name, partition: index } = nextTarget(led)
    const topicData = [{ name, partitionData: [{ index, records: this.#batch }] }]
    const deadlineMs = performance.now() + TIMEOUT_MS
    for (;;) {
      const { responses } = await connection.send(ProduceApi, PRODUCE_VERSION, { transactionalId: null, acks: -1, timeoutMs: TIMEOUT_MS, topicData })
      const errorCode = responses[0]?.partitionResponses[0]?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR
      if (errorCode === ErrorCode.NONE) return
      if (!isNotYetLed(errorCode) || performance.now() > deadlineMs) throw new Error(`producing to ${name}-${index}: ${errorName(errorCode)}`)
      await sleep(RETRY_MS)
    }
  }

  /** The bytes of whole batches that came. */
  async #fetchFrom({ connection, led }: Lane): Promise<number> {
    const asked = nextTargets(led).map((target) => ({ target, fetchOffset: target.offset }))
    const topics = [...new Set(asked.map(({ target }) => target.topic))].map((topic) => ({
      topic,
      partitions: asked
        .filter(({ target }) => target.topic === topic)
        .map(({ target, fetchOffset }) => ({ partition: target.partition, fetchOffset, partitionMaxBytes: PARTITION_FETCH_BYTES })),
    }))
    const answer = await connection.send(FetchApi, FETCH_VERSION, { maxWaitMs: 100, minBytes: 0, maxBytes: FETCH_BYTES, topics, forgottenTopicsData: [] })
    let bytes = 0
    for (const { topic, partitions } of answer.responses) {
      for (const { partitionIndex, errorCode, highWatermark, records } of partitions) {
        if (errorCode !== ErrorCode.NONE) throw new Error(`fetching from ${topic}-${partitionIndex}: ${errorName(errorCode)}`)
        const batches = Math.floor((records?.length ?? 0) / this.#batch.length)
        const about = asked.find(({ target }) => target.topic === topic && target.partition === partitionIndex)
        // Another fetch of the partition may be under way: it only reads the same once more.
        if (about !== undefined) {
          const next = about.fetchOffset + batches * this.#recordsPerBatch
          about.target.offset = next < highWatermark ? next : 0
        }
        bytes += batches * this.#batch.length
      }
    }
    return bytes
  }
}

function ledByNodes({ ports, topics }: LoadPlan): readonly LedByNode[] {
  const leaders = ports.map((port, node) => {
    const targets = topics.flatMap(({ name: topic, partitions }) =>
      Array.from({ length: partitions }, (_, partition): Target => ({ topic, partition, offset: 0 })).filter(
        ({ partition }) => partition % ports.length === node,
      ),
    )
    return { port, targets, turn: 0 }
  })
  return leaders.filter(({ targets }) => targets.length > 0)
}

function nextTarget(led: LedByNode): Target {
  led.turn = (led.turn + 1) % led.targets.length
  return led.targets[led.turn] as Target
}

/** For a fetch: those that fill it come first, others follow the next time. */
function nextTargets(led: LedByNode): readonly Target[] {
  const count = led.targets.length
  const from = led.turn
  led.turn = (from + Math.min(count, FETCH_BYTES / PARTITION_FETCH_BYTES)) % count
  return Array.from({ length: Math.min(count, PARTITIONS_PER_FETCH) }, (_, index) => led.targets[(from + index) % count] as Target)
}

function isNotYetLed(errorCode: number): boolean {
  return errorCode === ErrorCode.NOT_LEADER_OR_FOLLOWER || errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
}
