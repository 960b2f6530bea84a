import type { Uuid } from '../../../protocol/uuid.ts'
import { type Deferred, deferred } from '../../../src/base/deferred.ts'
import type { BrokerRegistrationCommand } from '../../../src/controller/brokers/broker-registration.ts'
import type { CreatedTopic } from '../../../src/controller/controller.ts'
import { QuorumController } from '../../../src/controller/quorum-controller.ts'
import type { ControllerLog, QuorumControllerOptions } from '../../../src/controller/quorum-controller-options.ts'
import { bootstrapRecords } from '../../../src/metadata/bootstrap-records.ts'
import { knownFeatures } from '../../../src/metadata/features.ts'
import { MetadataLoader } from '../../../src/metadata/loader.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import type { World } from '../../support/world/world.ts'
import { brokerDirectory } from '../metadata/records.ts'
import { rules } from './cluster.ts'
import { TestPeer } from './test-peer.ts'

interface Entry {
  readonly epoch: number
  readonly baseOffset: number
  readonly lastOffset: number
  readonly records: readonly MetadataRecord[]
  readonly committed: Deferred<void>
}

/**
 * Controllers that share one metadata log, as their test says it goes: who leads, what is committed, and what a new leader
 * does not have. What is committed reaches all of them at once.
 */
export class ScriptedQuorum {
  readonly nodes = new Map<number, ScriptedController>()
  readonly #entries: Entry[] = []
  #epoch = 0
  #leaderId: number | null = null
  #committed = 0
  /** Whether what is appended is committed at once. */
  commitsAtOnce = true
  /** What nodes fetch next from the leader. */
  readonly fetchOffsets = new Map<number, number>()

  constructor(world: World, ids: readonly number[], options: Partial<QuorumControllerOptions> = {}) {
    const shared = { rules: rules(), ...options }
    for (const id of ids) this.nodes.set(id, scriptedController(this, world, id, shared))
  }

  get epoch(): number {
    return this.#epoch
  }

  get leaderId(): number | null {
    return this.#leaderId
  }

  get endOffset(): number {
    return (this.#entries.at(-1)?.lastOffset ?? -1) + 1
  }

  get records(): readonly MetadataRecord[] {
    return this.#entries.flatMap(({ records }) => records)
  }

  node(id: number): ScriptedController {
    const node = this.nodes.get(id)
    if (node === undefined) throw new Error(`no controller ${id}`)
    return node
  }

  /** Node `id` leads the next epoch with the log as it is; without what is not committed unless `keeps`. Its opening is committed. */
  elect(id: number, { keeps = false } = {}): void {
    this.depose()
    if (!keeps) while (this.endOffset > this.#committed) this.#entries.pop()
    this.#epoch++
    this.#leaderId = id
    this.append([], 1)
    const offset = this.endOffset - 1
    this.commit()
    this.node(id).controller.handleLeading(this.#epoch, offset)
  }

  /** Nobody leads: what its leader appended and is not committed has failed for it. */
  depose(): void {
    if (this.#leaderId === null) return
    const { controller } = this.node(this.#leaderId)
    this.#leaderId = null
    for (const { lastOffset, committed } of this.#entries) if (lastOffset >= this.#committed) committed.reject(new Error('the node does not lead any longer'))
    controller.handleStepDown()
  }

  append(records: readonly MetadataRecord[], count = records.length): Entry {
    const baseOffset = this.endOffset
    const entry = { epoch: this.#epoch, baseOffset, lastOffset: baseOffset + count - 1, records, committed: deferred<void>() }
    entry.committed.promise.catch(() => undefined)
    this.#entries.push(entry)
    if (this.commitsAtOnce) queueMicrotask(() => this.commit())
    return entry
  }

  commit(): void {
    for (const entry of this.#entries) {
      const { epoch, baseOffset, lastOffset, records } = entry
      if (baseOffset < this.#committed) continue
      this.#committed = lastOffset + 1
      for (const { loader } of this.nodes.values()) loader.handleCommit({ baseOffset, lastOffset, epoch, appendedMs: 0, sizeBytes: 0, records })
      entry.committed.resolve()
    }
  }
}

export interface ScriptedController {
  readonly controller: QuorumController
  readonly loader: MetadataLoader
  readonly failures: Error[]
}

type SharedOptions = Partial<QuorumControllerOptions> & Pick<QuorumControllerOptions, 'rules'>

function scriptedController(quorum: ScriptedQuorum, world: World, id: number, options: SharedOptions): ScriptedController {
  const { ports } = world.node(`node-${id}`)
  const failures: Error[] = []
  const onFailure = (error: Error) => void failures.push(error)
  const loader = new MetadataLoader(onFailure)
  const controller = new QuorumController({
    clusterId: 'cluster',
    registration: { id, incarnationId: incarnationOf('C', id), zkMigrationReady: false, endpoints: [], features: knownFeatures },
    log: logOf(quorum, id),
    metadata: loader,
    bootstrapRecords: bootstrapRecords(),
    maxIdleIntervalMs: 0,
    sessionTimeoutMs: 9000,
    connectionGraceMs: -1,
    leaderBalanceIntervalMs: null,
    uncleanElectionIntervalMs: 300_000,
    clock: ports.clock,
    timers: ports.timers,
    logger: silentLogger,
    onFailure,
    ...options,
  })
  return { controller, loader, failures }
}

function logOf(quorum: ScriptedQuorum, id: number): ControllerLog {
  return {
    get isLeader() {
      return quorum.leaderId === id
    },
    get epoch() {
      return quorum.epoch
    },
    get logEndOffset() {
      return quorum.endOffset
    },
    isBusy: false,
    kraftVersion: 1,
    votersSupport: () => true,
    append(epoch, records) {
      if (quorum.leaderId !== id || quorum.epoch !== epoch) throw new Error(`node ${id} does not lead epoch ${epoch}`)
      const { baseOffset, lastOffset, committed } = quorum.append(records)
      return { baseOffset, lastOffset, committed: committed.promise }
    },
    knownOffsetOf: (nodeId) => quorum.fetchOffsets.get(nodeId) ?? -1,
    upgradeKraftVersion: () => undefined,
  }
}

export function incarnationOf(kind: string, id: number): Uuid {
  return `${kind}${id}incarnationAAAAAAAAA` as Uuid
}

export function registrationOf(brokerId: number, change: Partial<BrokerRegistrationCommand> = {}): BrokerRegistrationCommand {
  return {
    clusterId: 'cluster',
    brokerId,
    incarnationId: incarnationOf('B', brokerId),
    endpoints: [],
    features: knownFeatures,
    rack: null,
    logDirs: [brokerDirectory(brokerId)],
    previousBrokerEpoch: -1,
    ...change,
  }
}

/** A heartbeat of a broker that has applied all that the node has and wants to serve. */
export function heartbeatOf({ loader }: ScriptedController, brokerId: number, brokerEpoch: number, wish: { wantShutDown?: boolean } = {}) {
  const currentMetadataOffset = loader.image().provenance.offset
  return { brokerId, brokerEpoch, currentMetadataOffset, wantFence: false, wantShutDown: false, offlineLogDirs: [], cordonedLogDirs: null, ...wish }
}

/** Registers a broker of another node and lets it serve; gives its epoch. */
export async function admit(node: ScriptedController, brokerId: number, connection = new TestPeer(brokerId)): Promise<number> {
  const { brokerEpoch } = await node.controller.brokers.registerBroker(registrationOf(brokerId), 'anywhere')
  await node.controller.brokers.brokerHeartbeat(heartbeatOf(node, brokerId, brokerEpoch), connection)
  return brokerEpoch
}

/** One partition, with replicas on the brokers. */
export function createTopic({ controller }: ScriptedController, name: string, brokerIds: readonly number[]): Promise<CreatedTopic | undefined> {
  const topics = [{ name, partitionCount: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds }], configs: [] }]
  return controller.createTopics({ principal: 'User:test', timeoutMs: 1 }, { topics, validateOnly: false }).then(([created]) => created)
}
