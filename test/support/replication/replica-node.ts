import { batches, type RecordBatch } from '../../../protocol/records/batch.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { apiVersionsHandler } from '../../../src/handlers/api-versions.ts'
import { fetchHandler } from '../../../src/handlers/fetch.ts'
import { listOffsetsHandler } from '../../../src/handlers/list-offsets.ts'
import { produceHandler } from '../../../src/handlers/produce.ts'
import type { Services } from '../../../src/handlers/services.ts'
import type { MetadataDelta, TopicDelta } from '../../../src/metadata/delta.ts'
import { EMPTY_IMAGE, type MetadataImage, type TopicImage } from '../../../src/metadata/image.ts'
import { wholeDelta } from '../../../src/metadata/whole-delta.ts'
import { ClientTable } from '../../../src/observing/clients/client-table.ts'
import { FetchSessionCache } from '../../../src/replication/fetch/fetch-session-cache.ts'
import type { Partition } from '../../../src/replication/partition.ts'
import { readLogLater } from '../../../src/replication/partition-reads.ts'
import { type ProduceOutcome, produceRecords } from '../../../src/replication/produce/produce-records.ts'
import { ReplicaManager, type ReplicaManagerOptions, type ReplicationSettings } from '../../../src/replication/replica-manager.ts'
import { ApiTable } from '../../../src/server/api-table.ts'
import { Server } from '../../../src/server/server.ts'
import { DEFAULT_SERVER_SETTINGS } from '../../../src/server/settings.ts'
import { asRegistered } from '../../../src/server/told-addresses.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../../src/storage/log/log-config.ts'
import { LogManager } from '../../../src/storage/log-manager.ts'
import { type Logger, silentLogger } from '../../../src/telemetry/logger.ts'
import { noTraffic } from '../../../src/telemetry/traffic.ts'
import { LOG_MANAGER_SETTINGS } from '../log-manager-settings.ts'
import type { World } from '../world/world.ts'
import { NOTHING_THROTTLED, REPLICATION_SETTINGS } from './settings.ts'
import { CLIENT_PORT, logDirIdOf, type SmallController } from './small-controller.ts'

const LOG_DIR = '/data'

export interface ReplicaNodeOptions {
  readonly world: World
  readonly id: number
  readonly controller: SmallController
  readonly logConfig?: Partial<LogConfig>
  readonly settings?: Partial<ReplicationSettings>
  readonly minInsyncReplicas?: number
  readonly rack?: string
  /** Of replication; silent where not given. */
  readonly logger?: Logger
  readonly throttledReplicas?: ReplicaManagerOptions['throttledReplicas']
  /** Time that a change of the metadata takes to this node, and a request to the controller one way. */
  readonly controllerDelayMs?: () => number
}

/**
 * The data path of one broker of several in a simulated world: logs, partitions, fetchers and a server, which the others
 * reach; the metadata comes from a `SmallController`, change by change, and what leaders find goes there.
 */
export class ReplicaNode {
  readonly id: number
  readonly failures: unknown[] = []
  readonly #options: ReplicaNodeOptions
  #replicas: ReplicaManager | null = null
  #logs: LogManager | null = null
  /** As applied here. */
  #image: MetadataImage = EMPTY_IMAGE
  /** Which process of the machine: what belongs to one that ended does nothing any more. */
  #run = 0
  #publishing = false

  constructor(options: ReplicaNodeOptions) {
    this.id = options.id
    this.#options = options
  }

  get name(): string {
    return `n${this.id}`
  }

  get isRunning(): boolean {
    return this.#replicas !== null
  }

  get replicas(): ReplicaManager {
    if (this.#replicas === null) throw new Error(`${this.name} does not run`)
    return this.#replicas
  }

  partition(topic: string, index = 0): Partition {
    const partition = this.replicas.partition(topic, index)
    if (partition === undefined) throw new Error(`${this.name} has no ${topic}-${index}`)
    return partition
  }

  /** Resolves when it serves; leaders and controller know it then. */
  async start(): Promise<void> {
    const { world, controller, settings, minInsyncReplicas = 1, rack, logger = silentLogger, throttledReplicas } = this.#options
    const { ports } = world.node(this.name)
    const run = ++this.#run
    await ports.disk.makeDirectory(LOG_DIR)
    const logs = await this.#openLogs()
    const brokerEpoch = controller.register(this.id, this.name, rack)
    const replicas = new ReplicaManager({
      nodeId: this.id,
      ports,
      logger,
      logs,
      metadata: { image: () => this.#image },
      settings: { ...REPLICATION_SETTINGS, ...settings },
      traffic: noTraffic(),
      minInsyncReplicas: () => minInsyncReplicas,
      brokerEpoch: () => brokerEpoch,
      throttledReplicas: throttledReplicas ?? NOTHING_THROTTLED,
      interBrokerListenerName: 'PLAINTEXT',
      onFailure: (error) => this.failures.push(error),
    })
    this.#logs = logs
    this.#replicas = replicas
    this.#image = controller.image
    await replicas.onUpdate(wholeDelta(this.#image), this.#image)
    await this.#serve(replicas)
    replicas.start({ alterPartition: async (command) => this.#overTheWire(() => controller.alterPartition(command)) })
    if (run === this.#run) this.metadataChanged()
  }

  /** As an operator stops it. */
  async stop(): Promise<void> {
    const { replicas } = this
    this.#ended()
    await replicas.stop()
    await this.#logs?.shutdown(1)
  }

  crash(kind: 'process' | 'power'): void {
    this.#ended()
    this.#options.world.crash(this.name, kind)
  }

  async restart(): Promise<void> {
    this.#options.world.restart(this.name)
    await this.start()
  }

  /** Applies what has changed, one change after the other, each after a while. */
  metadataChanged(): void {
    if (this.#publishing || this.#replicas === null) return
    this.#publishing = true
    const run = this.#run
    this.#publishAll(run)
      .catch((error: unknown) => this.failures.push(error))
      .finally(() => {
        if (run === this.#run) this.#publishing = false
      })
  }

  /** Appends one batch with this value, or with these, as leader; resolves with the answer. */
  async produce(
    topic: string,
    value: string | readonly string[],
    options: { readonly acks?: number; readonly timeoutMs?: number; readonly index?: number } = {},
  ) {
    const { acks = -1, timeoutMs = 5_000, index = 0 } = options
    const timestamp = this.#options.world.node(this.name).ports.clock.nowMs()
    const batch = buildBatch(
      {},
      [value].flat().map((each) => ({ timestamp, key: null, value: Buffer.from(each) })),
    )
    const topicId = this.partition(topic, index).topicId
    const params = { acks, timeoutMs, allowsInternalTopics: true, closed: () => new AbortController().signal }
    const outcome: ProduceOutcome = await produceRecords(this.replicas, params, [{ topic, topicId, index, batch }])
    return outcome?.[0] as { readonly errorCode: number; readonly baseOffset: number }
  }

  /** The batches of the log from its start to `end`, copied. */
  async batches(topic: string, end: number, index = 0): Promise<RecordBatch[]> {
    const partition = this.partition(topic, index)
    const found: RecordBatch[] = []
    for (let offset = partition.logStartOffset; offset < end; ) {
      const read = await readLogLater(partition, offset, { maxBytes: 100_000, minOneBatch: true, upTo: 'log-end' })
      if (read.kind !== 'read') throw new Error(`${this.name}: offset ${offset} cannot be read: ${read.kind}`)
      for (const batch of batches(read.records)) {
        if (batch.nextOffset <= offset || batch.baseOffset >= end) continue
        found.push(batch)
        offset = batch.nextOffset
      }
    }
    return found
  }

  #ended(): void {
    this.#run++
    this.#publishing = false
    this.#replicas = null
  }

  async #publishAll(run: number): Promise<void> {
    const { world, controller, controllerDelayMs = () => 1 } = this.#options
    while (run === this.#run && this.#image !== controller.image) {
      await world.node(this.name).ports.timers.sleep(controllerDelayMs())
      const image = controller.image
      await this.#replicas?.onUpdate(deltaBetween(this.#image, image), image)
      if (run === this.#run) this.#image = image
    }
  }

  /** There and back. */
  async #overTheWire<T>(ask: () => T): Promise<T> {
    const { world, controllerDelayMs = () => 1 } = this.#options
    const { timers } = world.node(this.name).ports
    await timers.sleep(controllerDelayMs())
    const answer = ask()
    await timers.sleep(controllerDelayMs())
    return answer
  }

  #openLogs(): Promise<LogManager> {
    const { world, logConfig } = this.#options
    return LogManager.open({
      ports: world.node(this.name).ports,
      logger: silentLogger,
      settings: { ...LOG_MANAGER_SETTINGS, logDirs: [LOG_DIR] },
      directoryIds: new Map([[LOG_DIR, logDirIdOf(this.id)]]),
      configOf: () => ({ ...DEFAULT_LOG_CONFIG, ...logConfig }),
      onDirectoryOffline: (directory) => this.#replicas?.directoryWentOffline(directory),
    })
  }

  async #serve(replicas: ReplicaManager): Promise<void> {
    const { ports } = this.#options.world.node(this.name)
    const apis = new ApiTable<Services>([produceHandler, fetchHandler, listOffsetsHandler, apiVersionsHandler])
    const server = new Server<Services>({
      nodeId: this.id,
      listeners: [{ name: 'PLAINTEXT', kind: 'broker', securityProtocol: 'PLAINTEXT', at: { host: '0.0.0.0', port: CLIENT_PORT } }],
      apis,
      settings: DEFAULT_SERVER_SETTINGS,
      ...ports,
      logger: silentLogger,
      onBroken: (error) => this.failures.push(error),
    })
    const services: Partial<Services> = {
      replicas,
      clients: new ClientTable(() => 10),
      addresses: asRegistered,
      fetchSessions: new FetchSessionCache({ maxSessions: 100, ...ports }),
      apiVersions: {
        advertised: (kind) => apis.advertised(kind),
        supportedFeatures: [],
        finalizedFeatures: () => ({ epoch: 0, levels: new Map() }),
      },
    }
    await server.open(services as Services)
  }
}

function deltaBetween(before: MetadataImage, after: MetadataImage): MetadataDelta {
  const changed = new Map<TopicImage['id'], TopicDelta>()
  for (const [id, topic] of after.topics.byId) {
    const known = before.topics.byId.get(id) ?? null
    const partitions = topic.partitions.flatMap((partition, index) => (partition === known?.partitions[index] ? [] : [index]))
    if (partitions.length > 0) changed.set(id, { before: known, after: topic, partitions })
  }
  return { ...wholeDelta(after), before, topics: { changed, deleted: new Map() } }
}
