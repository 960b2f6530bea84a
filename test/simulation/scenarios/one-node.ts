import { deepStrictEqual, ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { FetchApi } from '../../../protocol/messages/fetch.ts'
import { FindCoordinatorApi } from '../../../protocol/messages/find-coordinator.ts'
import { InitProducerIdApi } from '../../../protocol/messages/init-producer-id.ts'
import { OffsetCommitApi } from '../../../protocol/messages/offset-commit.ts'
import { OffsetFetchApi } from '../../../protocol/messages/offset-fetch.ts'
import { ProduceApi } from '../../../protocol/messages/produce.ts'
import { batches } from '../../../protocol/records/batch.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { records } from '../../../protocol/records/record.ts'
import type { Ports } from '../../../src/base/ports.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { startNode } from '../../../src/node/start-node.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import type { SeededRandom } from '../../support/world/seeded-random.ts'
import type { CrashKind, SimulatedNode } from '../../support/world/simulated-node.ts'
import type { World } from '../../support/world/world.ts'
import { KafkaClient, Unanswered } from '../kafka-client.ts'
import type { Scenario } from '../scenario.ts'

/**
 * A whole node serves two idempotent producers and two consumers that commit their offsets, each pair on a partition of
 * its own, while the node crashes in the middle of disk operations (during its start too) and connections break.
 *
 * Flushed per write, the node may lose power; otherwise it is killed and the system goes on. Either way:
 * - an acknowledged record stands at its offset, for good, and what a consumer once read never changes;
 * - each record stands there once, in the order in which its producer sent it, and nothing else does;
 * - an acknowledged commit of offsets is not forgotten.
 */
export const oneNode: Scenario = {
  name: 'one-node',
  promise: 'what was acknowledged or read stays, once and in order, and so do committed offsets',
  async play(world) {
    const story = new Story(world)
    await story.begin()
    for (let life = 0; life < LIVES; life++) await story.crashAndRestart()
    await story.end()
  },
}

const LIVES = 3
const TOPIC = 't'
const PARTITIONS = [0, 1]
const BROKER = { host: 'broker', port: 9092 }

class Story {
  readonly #world: World
  readonly #broker: SimulatedNode
  readonly #random: SeededRandom
  readonly #isFlushed: boolean
  readonly #settings: Readonly<Record<string, string>>
  #pairs: Pair[] = []

  constructor(world: World) {
    this.#world = world
    this.#broker = world.node('broker')
    this.#random = world.random.fork('story')
    this.#isFlushed = this.#random.chance(0.5)
    this.#settings = settingsOf(this.#isFlushed)
    world.network.resetProbability = this.#random.pick([0, 0, 0.002])
  }

  async begin(): Promise<void> {
    await this.#world.complete(mountVolume(this.#broker.ports))
    await this.#start()
    const admin = new KafkaClient(this.#world.node('admin').ports, BROKER)
    const topic = { name: TOPIC, numPartitions: PARTITIONS.length, replicationFactor: 1, assignments: [], configs: [] }
    const isMade = (code: number | undefined) => code === ErrorCode.NONE || code === ErrorCode.TOPIC_ALREADY_EXISTS
    await this.#world.complete(admin.askUntil(CreateTopicsApi, 5, { topics: [topic] }, (answer) => isMade(answer.topics[0]?.errorCode)))
    this.#pairs = PARTITIONS.map((partition) => new Pair(this.#world.node(`client-${partition}`).ports, partition, this.#random.fork(`pair ${partition}`)))
    for (const pair of this.#pairs) pair.begin()
  }

  async crashAndRestart(): Promise<void> {
    this.#crashWithin(300)
    await this.#whileItServes(this.#random.below(3000))
    this.#broker.crash(this.#crashKind())
    await this.#world.run(this.#random.below(2000))
    do {
      this.#broker.faults.clear()
      if (!this.#broker.isRunning) this.#world.restart('broker')
      // Now and then it does not even get up.
      if (this.#random.chance(0.3)) this.#crashWithin(30)
      await this.#start()
    } while (!this.#broker.isRunning)
    this.#check()
  }

  async end(): Promise<void> {
    this.#broker.faults.clear()
    this.#world.network.resetProbability = 0
    await this.#world.runUntil(() => this.#pairs.every((pair) => pair.hasProgressed || pair.failure !== null), { withinMs: 60_000 })
    this.#check()
    for (const pair of this.#pairs) pair.stop()
    await this.#world.runUntil(() => this.#pairs.every((pair) => pair.hasStopped), { withinMs: 60_000 })
    const reader = new KafkaClient(this.#world.node('admin').ports, BROKER)
    for (const pair of this.#pairs) await this.#world.complete(pair.verify(reader))
    this.#check()
  }

  #crashWithin(changes: number): void {
    this.#broker.faults.crashAtChange(1 + this.#random.below(changes), this.#crashKind())
  }

  /** Power is lost only where records are flushed: nothing else was promised to survive it. */
  #crashKind(): CrashKind {
    return this.#isFlushed && this.#random.chance(0.6) ? 'power' : 'process'
  }

  /** Resolves when the node serves, or has crashed on the way. */
  async #start(): Promise<void> {
    const loaded = loadConfig({ profile: 'dev', assignments: Object.entries(this.#settings).map(([name, value]) => `${name}=${value}`) })
    let outcome: 'starting' | 'serves' | Error = 'starting'
    startNode({ ...loaded, ports: this.#broker.ports, logger: silentLogger, hostname: 'broker' }).then(
      () => {
        outcome = 'serves'
      },
      (error: Error) => {
        outcome = error
      },
    )
    await this.#world.runUntil(() => outcome !== 'starting' || !this.#broker.isRunning, { withinMs: 60_000 })
    if ((outcome as unknown) instanceof Error && this.#broker.isRunning) throw outcome
  }

  async #whileItServes(durationMs: number): Promise<void> {
    const endMs = this.#world.nowMs + durationMs
    await this.#world.runUntil(() => this.#world.nowMs >= endMs || !this.#broker.isRunning)
  }

  #check(): void {
    for (const pair of this.#pairs) if (pair.failure !== null) throw pair.failure
  }
}

async function mountVolume({ disk }: Ports): Promise<void> {
  await disk.makeDirectory('/data')
  await disk.flushDirectory('/')
}

function settingsOf(isFlushed: boolean): Readonly<Record<string, string>> {
  return {
    'log.dirs': '/data',
    listeners: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093',
    'advertised.listeners': 'PLAINTEXT://broker:9092',
    'offsets.topic.num.partitions': '1',
    ...(isFlushed ? { 'log.flush.interval.messages': '1' } : {}),
  }
}

/** What can be asked of a broker that is coming up or goes away: asked again. */
const PASSING: ReadonlySet<number> = new Set([
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.KAFKA_STORAGE_ERROR,
])

/** A producer and a consumer of one partition, and what they know must be true. */
class Pair {
  readonly #ports: Ports
  readonly #partition: number
  readonly #random: SeededRandom
  readonly #sent: string[] = []
  /** Value by offset. */
  readonly #acknowledged = new Map<number, string>()
  readonly #read: string[] = []
  #committed = 0
  #isStopping = false
  #running = 0
  failure: Error | null = null

  constructor(ports: Ports, partition: number, random: SeededRandom) {
    this.#ports = ports
    this.#partition = partition
    this.#random = random
  }

  begin(): void {
    this.#watch(this.#produce(new KafkaClient(this.#ports, BROKER)))
    this.#watch(this.#consume(new KafkaClient(this.#ports, BROKER)))
  }

  stop(): void {
    this.#isStopping = true
  }

  get #group(): string {
    return `group-${this.#partition}`
  }

  /** Something was produced, read and committed. */
  get hasProgressed(): boolean {
    return this.#acknowledged.size > 0 && this.#read.length > 0 && this.#committed > 0
  }

  get hasStopped(): boolean {
    return this.#running === 0
  }

  /** Reads all that is there and holds it against what is known. */
  async verify(reader: KafkaClient): Promise<void> {
    const found: string[] = []
    while (await this.#fetchInto(reader, found, 0));
    for (const [offset, value] of this.#acknowledged) ok(found[offset] === value, `${value} was acknowledged at ${offset}, where ${found[offset]} is`)
    deepStrictEqual(found.slice(0, this.#read.length), this.#read, 'what was read stays')
    deepStrictEqual(found, this.#sent.slice(0, found.length), 'all that was sent is there once, in order')
    const committed = await this.#committedOffset(reader)
    ok(committed >= this.#committed, `the committed offset is ${committed}, and ${this.#committed} was acknowledged`)
  }

  #watch(work: Promise<void>): void {
    this.#running++
    work
      .catch((error: Error) => {
        this.failure ??= error
      })
      .finally(() => {
        this.#running--
      })
  }

  async #produce(client: KafkaClient): Promise<void> {
    const request = { transactionalId: null, transactionTimeoutMs: 60_000 }
    const { producerId, producerEpoch } = await client.askUntil(InitProducerIdApi, 4, request, ({ errorCode }) => errorCode === ErrorCode.NONE)
    while (!this.#isStopping) {
      const baseSequence = this.#sent.length
      const values = Array.from({ length: 1 + this.#random.below(3) }, (_, index) => `p${this.#partition}-${baseSequence + index}`)
      this.#sent.push(...values)
      const batch = { producerId, producerEpoch, baseSequence, compression: this.#random.pick(['none', 'gzip', 'zstd'] as const) }
      await this.#sendUntilAcknowledged(client, batch, values)
      await this.#ports.timers.sleep(this.#random.below(40))
    }
  }

  async #sendUntilAcknowledged(client: KafkaClient, batch: Parameters<typeof buildBatch>[0], values: readonly string[]): Promise<void> {
    const newRecords = values.map((value) => ({ timestamp: this.#ports.clock.nowMs(), value: Buffer.from(value) }))
    const answer = await client.askUntil(
      ProduceApi,
      9,
      { acks: -1, timeoutMs: 3000, topicData: [{ name: TOPIC, partitionData: [{ index: this.#partition, records: buildBatch(batch, newRecords) }] }] },
      (candidate) => !PASSING.has(candidate.responses[0]?.partitionResponses[0]?.errorCode ?? ErrorCode.NONE),
    )
    const { errorCode, baseOffset } = onlyOne(answer.responses[0]?.partitionResponses)
    ok(errorCode === ErrorCode.NONE, `producing ${values[0]} fails with ${errorName(errorCode)}`)
    for (const [index, value] of values.entries()) this.#noteAcknowledged(baseOffset + index, value)
  }

  #noteAcknowledged(offset: number, value: string): void {
    const known = this.#acknowledged.get(offset) ?? value
    ok(known === value, `${known} was acknowledged at ${offset}, and now ${value} is`)
    this.#acknowledged.set(offset, value)
  }

  async #consume(client: KafkaClient): Promise<void> {
    // Makes the topic of offsets, too.
    await client.askUntil(FindCoordinatorApi, 3, { key: this.#group, keyType: 0 }, ({ errorCode }) => errorCode === ErrorCode.NONE)
    while (!this.#isStopping) {
      try {
        await this.#fetchInto(client, this.#read, 200)
        if (this.#random.chance(0.3)) await this.#commit(client, this.#read.length)
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        await this.#ports.timers.sleep(50)
      }
    }
  }

  /** Fetches behind what is in `values`; false when nothing came. */
  async #fetchInto(client: KafkaClient, values: string[], maxWaitMs: number): Promise<boolean> {
    const partition = { partition: this.#partition, fetchOffset: values.length, partitionMaxBytes: 2000 }
    const request = { maxWaitMs, minBytes: 1, isolationLevel: 0, topics: [{ topic: TOPIC, partitions: [partition] }], forgottenTopicsData: [] }
    const answer = await client.ask(FetchApi, 12, request)
    const { errorCode, records: bytes } = onlyOne(answer.responses[0]?.partitions)
    if (PASSING.has(errorCode)) throw new Unanswered(errorName(errorCode))
    ok(errorCode === ErrorCode.NONE, `fetching at ${values.length} fails with ${errorName(errorCode)}`)
    const before = values.length
    for (const batch of batches(bytes ?? Buffer.alloc(0))) {
      for (const record of records(batch)) {
        if (record.offset < values.length) continue
        ok(record.offset === values.length, `offset ${record.offset} follows ${values.length - 1}`)
        values.push(String(record.value))
      }
    }
    return values.length > before
  }

  async #commit(client: KafkaClient, offset: number): Promise<void> {
    const partition = { partitionIndex: this.#partition, committedOffset: offset, committedMetadata: null }
    const request = { groupId: this.#group, memberId: '', topics: [{ name: TOPIC, partitions: [partition] }] }
    const answer = await client.ask(OffsetCommitApi, 8, request)
    const { errorCode } = onlyOne(answer.topics[0]?.partitions)
    ok(errorCode === ErrorCode.NONE || PASSING.has(errorCode), `committing ${offset} fails with ${errorName(errorCode)}`)
    if (errorCode === ErrorCode.NONE) this.#committed = offset
  }

  async #committedOffset(client: KafkaClient): Promise<number> {
    const group = { groupId: this.#group, topics: [{ name: TOPIC, partitionIndexes: [this.#partition] }] }
    const isLoaded = (code: number | undefined) => code === ErrorCode.NONE
    const answer = await client.askUntil(OffsetFetchApi, 8, { groups: [group] }, ({ groups }) => isLoaded(groups[0]?.errorCode))
    return onlyOne(answer.groups[0]?.topics[0]?.partitions).committedOffset
  }
}

function onlyOne<T>(list: readonly T[] | undefined): T {
  ok(list !== undefined && list.length === 1, 'the answer is about the one partition asked for')
  return list[0] as T
}
