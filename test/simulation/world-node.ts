import { CreateTopicsApi } from '../../protocol/messages/create-topics.ts'
import { FetchApi } from '../../protocol/messages/fetch.ts'
import { IncrementalAlterConfigsApi } from '../../protocol/messages/incremental-alter-configs.ts'
import { ListOffsetsApi } from '../../protocol/messages/list-offsets.ts'
import { ProduceApi } from '../../protocol/messages/produce.ts'
import { batches, type RecordBatch } from '../../protocol/records/batch.ts'
import { type BatchOptions, buildBatch } from '../../protocol/records/build-batch.ts'
import type { Api, Fields, Input, Message, Value } from '../../protocol/schema/notation.ts'
import type { Ports } from '../../src/base/ports.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { ConfigResourceType } from '../../src/metadata/image.ts'
import { startNode } from '../../src/node/start-node.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import type { CrashKind } from '../support/world/simulated-node.ts'
import { World } from '../support/world/world.ts'
import { KafkaClient } from './kafka-client.ts'

const BROKER = { host: 'broker', port: 9092 }
const DATA = '/data'
const EARLIEST = -2n

export interface Sent {
  /** The wall clock of the broker when left out. */
  readonly timestamp?: number
  readonly value?: Buffer
  readonly batch?: BatchOptions
}

type Settings = Readonly<Record<string, string | null>>

/** One node in a world of its own, to be asked while its time passes as the test wants. */
export class WorldNode {
  readonly world = new World({ seed: 1 })
  readonly #settings: Readonly<Record<string, string>>
  #client: KafkaClient

  private constructor(settings: Readonly<Record<string, string>>) {
    this.#settings = {
      'log.dirs': DATA,
      listeners: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093',
      'advertised.listeners': 'PLAINTEXT://broker:9092',
      ...settings,
    }
    this.#client = this.newClient()
  }

  /** @param prepare what is done on its machine before */
  static async start(settings: Readonly<Record<string, string>> = {}, prepare: (ports: Ports) => Promise<unknown> = async () => {}): Promise<WorldNode> {
    const node = new WorldNode(settings)
    await node.world.complete(prepare(node.world.node('broker').ports))
    await node.#start()
    return node
  }

  newClient(): KafkaClient {
    return new KafkaClient(this.world.node('client').ports, BROKER)
  }

  get nowMs(): number {
    return this.world.node('broker').ports.clock.nowMs()
  }

  /** Time passes. */
  run(durationMs: number): Promise<void> {
    return this.world.run(durationMs)
  }

  ask<Q extends Fields, A extends Fields>(api: Api<Q, A>, version: number, request: Input<Message<Q>>): Promise<Value<Message<A>>> {
    return this.world.complete(this.#client.ask(api, version, request))
  }

  async crashAndRestart(kind: CrashKind): Promise<void> {
    this.world.crash('broker', kind)
    this.world.restart('broker')
    this.#client = this.newClient()
    await this.#start()
  }

  /** Of one partition. */
  async createTopic(name: string): Promise<void> {
    const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
    const { topics } = await this.ask(CreateTopicsApi, 5, { topics: [topic] })
    if (topics[0]?.errorCode !== 0) throw new Error(`${name} is not made: ${topics[0]?.errorMessage}`)
  }

  /** Sets settings of a topic; null removes. */
  changeTopic(name: string, settings: Settings): Promise<void> {
    return this.#change(ConfigResourceType.TOPIC, name, settings)
  }

  /** Of all brokers, where no id is given. */
  changeBroker(settings: Settings, id = ''): Promise<void> {
    return this.#change(ConfigResourceType.BROKER, id, settings)
  }

  /** One batch of one record, to be acknowledged by all. */
  async produce(topic: string, { timestamp = this.nowMs, value = Buffer.from('value'), batch = {} }: Sent = {}) {
    const partitionData = [{ index: 0, records: buildBatch(batch, [{ timestamp, value }]) }]
    const { responses } = await this.ask(ProduceApi, 9, { acks: -1, timeoutMs: 1000, topicData: [{ name: topic, partitionData }] })
    const [answer] = responses[0]?.partitionResponses ?? []
    if (answer === undefined) throw new Error('no partition is answered')
    return answer
  }

  /** What is in the log from `offset` on, as it is stored. */
  async fetch(topic: string, offset = 0): Promise<RecordBatch[]> {
    const partitions = [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 10_000_000 }]
    const request = { maxWaitMs: 0, minBytes: 0, isolationLevel: 0, topics: [{ topic, partitions }], forgottenTopicsData: [] }
    const { responses } = await this.ask(FetchApi, 12, request)
    return [...batches(responses[0]?.partitions[0]?.records ?? Buffer.alloc(0))]
  }

  async earliestOffset(topic: string): Promise<number> {
    const partitions = [{ partitionIndex: 0, timestamp: EARLIEST }]
    const { topics } = await this.ask(ListOffsetsApi, 7, { replicaId: -1, isolationLevel: 0, topics: [{ name: topic, partitions }] })
    return topics[0]?.partitions[0]?.offset ?? -1
  }

  /** The files of its partition with this suffix, sorted. */
  async files(topic: string, suffix: string): Promise<string[]> {
    const entries = await this.world.complete(this.world.node('broker').ports.disk.list(`${DATA}/${topic}-0`))
    return entries
      .map(({ name }) => name)
      .filter((name) => name.endsWith(suffix))
      .sort()
  }

  async sizeOf(topic: string, file: string): Promise<number> {
    const info = await this.world.complete(this.world.node('broker').ports.disk.info(`${DATA}/${topic}-0/${file}`))
    return info?.sizeBytes ?? -1
  }

  async #change(resourceType: number, resourceName: string, settings: Settings): Promise<void> {
    const configs = Object.entries(settings).map(([name, value]) => ({ name, configOperation: value === null ? 1 : 0, value }))
    const { responses } = await this.ask(IncrementalAlterConfigsApi, 1, { resources: [{ resourceType, resourceName, configs }], validateOnly: false })
    if (responses[0]?.errorCode !== 0) throw new Error(`${JSON.stringify(settings)} cannot be set: ${responses[0]?.errorMessage}`)
  }

  async #start(): Promise<void> {
    const loaded = loadConfig({ profile: 'dev', assignments: Object.entries(this.#settings).map(([name, value]) => `${name}=${value}`) })
    const { ports } = this.world.node('broker')
    await this.world.complete(startNode({ ...loaded, ports, logger: silentLogger, hostname: 'broker' }))
  }
}
