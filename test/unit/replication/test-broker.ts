import { decodeFrom, encodeToBuffer } from '../../../protocol/schema/codec.ts'
import type { Fields, Input, Message, Value } from '../../../protocol/schema/notation.ts'
import { type Uuid, uuidFromBytes, ZERO_UUID } from '../../../protocol/uuid.ts'
import { type Deferred, deferred } from '../../../src/base/deferred.ts'
import type { Handler } from '../../../src/handlers/define-handler.ts'
import type { RequestContext } from '../../../src/handlers/request-context.ts'
import type { BrokerRegistration, MetadataImage, PartitionImage, TopicImage } from '../../../src/metadata/image.ts'
import { DirectoryId, EMPTY_IMAGE } from '../../../src/metadata/image.ts'
import { wholeDelta } from '../../../src/metadata/whole-delta.ts'
import { ClientTable } from '../../../src/observing/clients/client-table.ts'
import { FetchSessionCache } from '../../../src/replication/fetch/fetch-session-cache.ts'
import type { IsrAnswer, IsrChanger, IsrCommand, IsrReply, ProposedIsr } from '../../../src/replication/isr/isr-changer.ts'
import { ProducerIds } from '../../../src/replication/producer-ids.ts'
import { ReplicaManager, type ReplicationSettings } from '../../../src/replication/replica-manager.ts'
import { asRegistered } from '../../../src/server/told-addresses.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../../src/storage/log/log-config.ts'
import { LogManager } from '../../../src/storage/log-manager.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { noTraffic } from '../../../src/telemetry/traffic.ts'
import { LOG_MANAGER_SETTINGS } from '../../support/log-manager-settings.ts'
import { NOTHING_THROTTLED, REPLICATION_SETTINGS } from '../../support/replication/settings.ts'
import { World } from '../../support/world/world.ts'
import { type Line, recordingLogger } from '../server/harness.ts'

export const NODE_ID = 1
const DIRECTORIES = ['/data/a', '/data/b']

export interface TopicOptions {
  readonly partitionCount?: number
  /** Of all partitions; this node alone when left out. */
  readonly replicas?: readonly number[]
  readonly isr?: readonly number[]
  readonly leader?: number
  readonly leaderEpoch?: number
  /** The log directory of this node's replicas: an index of the broker's directories, or left for the broker to choose. */
  readonly directory?: number | 'unassigned'
  readonly config?: Partial<LogConfig>
  readonly minInsyncReplicas?: number
}

/** The data path of one node over real logs, in a simulated world: the metadata is written by the test, requests go to handlers. */
export class TestBroker {
  readonly world = new World({ seed: 1 })
  readonly node = this.world.node('broker')
  readonly failures: unknown[] = []
  /** What was logged, but for what the storage says. */
  readonly lines: Line[] = []
  readonly traffic = noTraffic()
  readonly clients = new ClientTable(() => 10)
  readonly controller = new AskedController()
  readonly settings: { -readonly [Name in keyof ReplicationSettings]: ReplicationSettings[Name] } = { ...REPLICATION_SETTINGS }
  readonly #configs = new Map<string, Partial<LogConfig>>()
  readonly #minInsyncReplicas = new Map<string, number>()
  #image: MetadataImage = withBroker(EMPTY_IMAGE)
  #logs: LogManager | undefined
  #replicas: ReplicaManager | undefined
  #fetchSessions: FetchSessionCache | undefined
  #nextTopic = 1

  /** Opens the logs; to be called again after `world.crash` and `world.restart`. */
  async start(): Promise<void> {
    const { ports } = this.node
    for (const directory of DIRECTORIES) await this.world.complete(ports.disk.makeDirectory(directory))
    this.#logs = await this.world.complete(
      LogManager.open({
        ports,
        logger: silentLogger,
        settings: {
          ...LOG_MANAGER_SETTINGS,
          logDirs: DIRECTORIES,
          flushCheckIntervalMs: 3_600_000,
          maxOpenFiles: 100,
        },
        directoryIds: new Map(DIRECTORIES.map((path, index) => [path, directoryId(index)])),
        configOf: (topic) => this.#configOf(topic),
        onDirectoryOffline: (directory) => this.replicas.directoryWentOffline(directory),
      }),
    )
    this.#replicas = new ReplicaManager({
      nodeId: NODE_ID,
      ports,
      logger: recordingLogger(this.lines),
      logs: this.#logs,
      metadata: { image: () => this.#image },
      settings: this.settings,
      traffic: this.traffic,
      minInsyncReplicas: (topic) => this.#minInsyncReplicas.get(topic) ?? 1,
      brokerEpoch: () => 1,
      throttledReplicas: NOTHING_THROTTLED,
      interBrokerListenerName: 'PLAINTEXT',
      onFailure: (error) => this.failures.push(error),
    })
    this.#replicas.start(this.controller)
    this.#fetchSessions = new FetchSessionCache({ maxSessions: 10, clock: ports.clock, random: ports.random })
    await this.world.complete(this.replicas.onUpdate(wholeDelta(this.#image), this.#image))
  }

  get replicas(): ReplicaManager {
    if (this.#replicas === undefined) throw new Error('start the broker first')
    return this.#replicas
  }

  get logs(): LogManager {
    if (this.#logs === undefined) throw new Error('start the broker first')
    return this.#logs
  }

  get nowMs(): number {
    return this.node.ports.clock.nowMs()
  }

  topicId(name: string): Uuid {
    return this.#image.topics.byName.get(name)?.id ?? ZERO_UUID
  }

  async createTopic(name: string, options: TopicOptions = {}): Promise<Uuid> {
    const id = uuidFromBytes(Buffer.alloc(16, this.#nextTopic++))
    this.#configs.set(name, options.config ?? {})
    if (options.minInsyncReplicas !== undefined) this.#minInsyncReplicas.set(name, options.minInsyncReplicas)
    const partitions = Array.from({ length: options.partitionCount ?? 1 }, () => partitionImage(options))
    await this.#apply({ name, id, partitions })
    return id
  }

  /** The metadata changes as another election or change of in-sync replicas would change it. */
  async changePartition(topic: string, index: number, change: Partial<PartitionImage>): Promise<void> {
    await this.#apply(this.#changed(topic, index, change))
  }

  /** What the cluster knows of another broker changes; node 2 is known from the start. */
  async changeBroker(id: number, change: Partial<BrokerRegistration>): Promise<void> {
    const image = this.#withBroker(id, change)
    await this.world.complete(this.replicas.onUpdate({ ...wholeDelta(image), topics: { changed: new Map(), deleted: new Map() } }, image))
    this.#image = image
  }

  /** A broker is fenced, and leaves the in-sync replicas of a partition with it: one change of the metadata. */
  async fence(id: number, topic: string, index: number, change: Partial<PartitionImage>): Promise<void> {
    await this.#apply(this.#changed(topic, index, change), this.#withBroker(id, { fenced: true }))
  }

  async deleteTopic(name: string): Promise<void> {
    const topic = this.#image.topics.byName.get(name) as TopicImage
    const topics = { byName: this.#image.topics.byName.without(name), byId: this.#image.topics.byId.without(topic.id) }
    this.#image = { ...this.#image, topics }
    const delta = { ...wholeDelta(this.#image), topics: { changed: new Map(), deleted: new Map([[topic.id, topic]]) } }
    await this.world.complete(this.replicas.onUpdate(delta, this.#image))
  }

  /** A topic that another node made and this one has no replica of, or has heard nothing of yet. */
  hearOfTopic(name: string, options: TopicOptions = {}): Uuid {
    const id = uuidFromBytes(Buffer.alloc(16, this.#nextTopic++))
    this.#image = withTopic(this.#image, { name, id, partitions: [partitionImage({ replicas: [2], leader: 2, ...options })] })
    return id
  }

  /** A connection over which requests are made one after another. */
  connect(options: { readonly clientId?: string } = {}): TestConnection {
    return new TestConnection(
      {
        replicas: this.replicas,
        addresses: asRegistered,
        fetchSessions: this.#fetchSessions,
        clients: this.clients,
        producerIds: new ProducerIds(() => Promise.resolve({ errorCode: 0, block: { firstProducerId: 1000, count: 1000 } })),
      },
      options.clientId ?? 'test',
    )
  }

  #configOf(topic: string): LogConfig {
    return { ...DEFAULT_LOG_CONFIG, ...this.#configs.get(topic) }
  }

  #changed(topic: string, index: number, change: Partial<PartitionImage>): TopicImage {
    const before = this.#image.topics.byName.get(topic) as TopicImage
    return { ...before, partitions: before.partitions.with(index, { ...(before.partitions[index] as PartitionImage), ...change }) }
  }

  #withBroker(id: number, change: Partial<BrokerRegistration>): MetadataImage {
    const { cluster } = this.#image
    const before = cluster.brokers.get(id) ?? { ...(cluster.brokers.get(2) as BrokerRegistration), id }
    return { ...this.#image, cluster: { ...cluster, brokers: cluster.brokers.with(id, { ...before, ...change }) } }
  }

  async #apply(topic: TopicImage, from = this.#image): Promise<void> {
    const before = this.#image.topics.byId.get(topic.id) ?? null
    const image = withTopic(from, topic)
    const change = { before, after: topic, partitions: topic.partitions.map((_, index) => index) }
    const delta = { ...wholeDelta(image), topics: { changed: new Map([[topic.id, change]]), deleted: new Map() } }
    await this.world.complete(this.replicas.onUpdate(delta, image))
    this.#image = image
  }
}

/** A controller that the test answers for: what leaders ask of it waits until then. */
export class AskedController implements IsrChanger {
  readonly asked: { readonly command: IsrCommand; readonly reply: Deferred<IsrReply> }[] = []

  alterPartition(command: IsrCommand): Promise<IsrReply> {
    const reply = deferred<IsrReply>()
    this.asked.push({ command, reply })
    return reply.promise
  }

  /** Answers the oldest question, each partition of it the same; what it asked. */
  answer(answer: (asked: ProposedIsr) => IsrAnswer): IsrCommand {
    const question = this.asked.shift()
    if (question === undefined) throw new Error('nothing was asked')
    const topics = question.command.topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map((asked) => ({ partition: asked.partition, ...answer(asked) })),
    }))
    question.reply.resolve({ errorCode: 0, topics })
    return question.command
  }

  /** Does what the oldest question asks for. */
  take(): IsrCommand {
    return this.answer(({ leaderEpoch, partitionEpoch, isr }) => ({
      errorCode: 0,
      state: { leaderEpoch, partitionEpoch: partitionEpoch + 1, isr: isr.map(({ brokerId }) => brokerId) },
    }))
  }
}

/** Calls handlers as the server does: requests and responses go over the wire format of their version. */
export class TestConnection {
  readonly #services: object
  readonly #clientId: string
  readonly #closing = new AbortController()
  readonly #afterSending: (() => void)[] = []
  /** Why the broker closed it; null while it is open. */
  closedBecause: string | null = null

  constructor(services: object, clientId: string) {
    this.#services = services
    this.#clientId = clientId
  }

  close(): void {
    this.#closing.abort()
  }

  /** The answer as the client reads it; null where there is none. A promise only where the handler gives one. */
  call<Request extends Fields, Response extends Fields>(
    handler: Handler<Request, Response>,
    version: number,
    request: Input<Message<Request>>,
  ): Answer<Response> | Promise<Answer<Response>> {
    const { api } = handler
    const decoded = decodeFrom(api.request, encodeToBuffer(api.request, request, version), version)
    const answer = handler.handle(this.#context(api.key, version), decoded)
    return answer instanceof Promise ? answer.then((response) => this.#send(api.response, response, version)) : this.#send(api.response, answer, version)
  }

  #send<Response extends Fields>(message: Message<Response>, response: Input<Message<Response>> | null, version: number): Answer<Response> {
    const read = asRead(message, response, version)
    for (const callback of this.#afterSending.splice(0)) callback()
    return read
  }

  #context(apiKey: number, apiVersion: number): RequestContext {
    return {
      apiKey,
      apiVersion,
      correlationId: 1,
      clientId: this.#clientId,
      clientSoftware: '',
      clientSoftwareVersion: '',
      listenerName: 'PLAINTEXT',
      listenerKind: 'broker',
      connectionId: 1,
      clientHost: '/127.0.0.1',
      remote: { host: '127.0.0.1', port: 50_000 },
      local: { host: '127.0.0.1', port: 9092 },
      principal: 'User:ANONYMOUS',
      closed: this.#closing.signal,
      services: this.#services as RequestContext['services'],
      whenSent: (callback) => this.#afterSending.push(callback),
      closeConnection: (why) => {
        this.closedBecause = why
      },
    }
  }
}

type Answer<Response extends Fields> = Value<Message<Response>> | null

function asRead<Response extends Fields>(message: Message<Response>, response: Input<Message<Response>> | null, version: number): Answer<Response> {
  return response === null ? null : decodeFrom(message, encodeToBuffer(message, response, version), version)
}

function directoryId(index: number): Uuid {
  return uuidFromBytes(Buffer.alloc(16, 0xa0 + index))
}

function partitionImage(options: TopicOptions): PartitionImage {
  const replicas = options.replicas ?? [NODE_ID]
  return {
    replicas,
    directories: replicas.map(() => (options.directory === 'unassigned' ? DirectoryId.UNASSIGNED : directoryId(options.directory ?? 0))),
    isr: options.isr ?? replicas,
    removingReplicas: [],
    addingReplicas: [],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    leader: options.leader ?? NODE_ID,
    leaderEpoch: options.leaderEpoch ?? 0,
    partitionEpoch: 0,
    leaderRecoveryState: 'recovered',
  }
}

/** A topic of the same name with another id is gone. */
function withTopic(image: MetadataImage, topic: TopicImage): MetadataImage {
  const earlier = image.topics.byName.get(topic.name)
  const byId = earlier === undefined ? image.topics.byId : image.topics.byId.without(earlier.id)
  return { ...image, topics: { byName: image.topics.byName.with(topic.name, topic), byId: byId.with(topic.id, topic) } }
}

/** Node 2 is known and alive; it leads what this node does not. */
function withBroker(image: MetadataImage): MetadataImage {
  const broker: BrokerRegistration = {
    id: 2,
    epoch: 1,
    incarnationId: uuidFromBytes(Buffer.alloc(16, 0xee)),
    endpoints: [{ name: 'PLAINTEXT', host: 'node-2', port: 9092, securityProtocol: 0 }],
    features: [],
    rack: 'r2',
    fenced: false,
    inControlledShutdown: false,
    isMigratingZkBroker: false,
    logDirs: [],
    cordonedLogDirs: null,
  }
  return { ...image, cluster: { ...image.cluster, brokers: image.cluster.brokers.with(2, broker) } }
}
