import { METADATA_TOPIC_ID, type Uuid } from '../../../protocol/uuid.ts'
import type { Ports } from '../../../src/base/ports.ts'
import { METADATA_LOG_DIRECTORY } from '../../../src/raft/format/format-directories.ts'
import type { LogBatch } from '../../../src/raft/log-batches.ts'
import type { RaftListener } from '../../../src/raft/raft-listener.ts'
import { RaftNode } from '../../../src/raft/raft-node.ts'
import { WirePeers } from '../../../src/raft/shell/wire-peers.ts'
import { encodeSnapshot } from '../../../src/raft/snapshot-file.ts'
import { snapshotFileName } from '../../../src/raft/snapshot-name.ts'
import type { VoterSet } from '../../../src/raft/voter-set.ts'
import { DEFAULT_LOG_CONFIG } from '../../../src/storage/log/log-config.ts'
import { openLog } from '../../../src/storage/open-log.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { AnsweringNode } from '../../support/peers/answering-node.ts'
import type { CrashKind } from '../../support/world/simulated-node.ts'
import type { World } from '../../support/world/world.ts'
import type { QuorumChecker } from './quorum-checker.ts'
import { CLUSTER_ID, LISTENER, raftApis } from './raft-apis.ts'

const PORT = 9093
const DIRECTORY = `/data/${METADATA_LOG_DIRECTORY}`
const TIMINGS = {
  electionTimeoutMs: 1000,
  electionBackoffMaxMs: 1000,
  fetchTimeoutMs: 2000,
  requestTimeoutMs: 2000,
  retryBackoffMs: 20,
  firstElectionMs: 150,
  connectionGraceMs: -1,
}
/** Small, so that logs are cut and snapshots are needed. */
const SEGMENT_BYTES = 4000
const RETENTION_BYTES = 3000
/** Small, so that a snapshot comes in pieces. */
const SNAPSHOT_PIECE_BYTES = 300

const text = { encode: (record: string) => Buffer.from(record), decode: (value: Buffer) => value.toString() }

export interface QuorumMachineOptions {
  readonly id: number
  readonly world: World
  readonly checker: QuorumChecker
  readonly isController: boolean
  /** null for a dynamic quorum. */
  readonly staticVoters: VoterSet | null
  /** With whom the directory of a dynamic quorum's voter is formatted. */
  readonly initialVoters: VoterSet | null
  /** Nodes that are configured as bootstrap servers. */
  readonly bootstrapIds: readonly number[]
  readonly onBroken: (error: unknown) => void
}

export function hostOf(id: number): string {
  return `node-${id}`
}

export function directoryOf(id: number): Uuid {
  return `directory-of-node-${id}A`.padEnd(21, 'x').slice(0, 21).concat('g') as Uuid
}

/** One node of a quorum in a world: a whole `RaftNode` with its files, its port and a state machine that the checker watches. */
export class QuorumMachine implements RaftListener<string> {
  readonly id: number
  readonly #options: QuorumMachineOptions
  /** Counts the starts: what an earlier process does does not count for a later one. */
  #life = 0
  #raft: RaftNode<string> | null = null
  /** All below was told to the state machine. */
  #offset = 0
  #epoch = 0
  #appendedMs = 0
  snapshotCount = 0
  values: string[] = []

  constructor(options: QuorumMachineOptions) {
    this.id = options.id
    this.#options = options
  }

  /** null while it is down, or on its way up. */
  get raft(): RaftNode<string> | null {
    return this.#raft
  }

  get isLeader(): boolean {
    return this.#raft?.isLeader === true
  }

  /** All below was told to the state machine. */
  get offset(): number {
    return this.#offset
  }

  get isRunning(): boolean {
    return this.#node.isRunning
  }

  start(): void {
    this.#life++
    this.#offset = 0
    this.values = []
    this.#open(this.#node.ports).catch((error) => {
      if (this.#node.isRunning) this.#options.onBroken(error)
    })
  }

  crash(kind: CrashKind): void {
    this.#raft = null
    this.#options.world.crash(hostOf(this.id), kind)
  }

  restart(): void {
    this.#options.world.restart(hostOf(this.id))
    this.start()
  }

  /** Ends as a node that is told to stop. */
  async stop(): Promise<void> {
    const raft = this.#raft
    this.#raft = null
    await raft?.[Symbol.asyncDispose]()
  }

  /** Appends as a controller would, where it may. */
  propose(value: string): void {
    const raft = this.#raft
    if (raft === null || !raft.isLeader || raft.isBusy) return
    raft.append(raft.epoch, [value]).committed.then(
      () => this.#options.checker.onAcknowledged(value),
      // It may be committed by a later leader, or not.
      () => undefined,
    )
  }

  /** Of all that the state machine was told. */
  snapshot(): void {
    const raft = this.#raft
    if (raft === null || this.#offset === 0) return
    const life = this.#life
    raft.writeSnapshot({ offset: this.#offset, epoch: this.#epoch }, this.#appendedMs, [...this.values]).catch((error) => {
      if (this.#life === life && this.#node.isRunning) this.#options.onBroken(error)
    })
  }

  handleSnapshot(id: { readonly offset: number; readonly epoch: number }, appendedMs: number, records: readonly string[]): void {
    this.#options.checker.onSnapshot(this.id, id.offset, records)
    this.snapshotCount++
    this.#offset = id.offset
    this.#epoch = id.epoch
    this.#appendedMs = appendedMs
    this.values = [...records]
  }

  handleCommit(batch: LogBatch<string>): void {
    this.#options.checker.onCommit(this.id, this.#offset, batch)
    this.#offset = batch.lastOffset + 1
    this.#epoch = batch.epoch
    this.#appendedMs = batch.appendedMs
    this.values.push(...batch.records)
  }

  handleLeading(epoch: number): void {
    this.#options.checker.onLeading(this.id, epoch)
  }

  handleGone(): void {}

  handleStepDown(): void {}

  handleFailure(error: Error): void {
    this.#options.onBroken(error)
  }

  get #node() {
    return this.#options.world.node(hostOf(this.id))
  }

  async #open(ports: Ports): Promise<void> {
    const { id, staticVoters, isController, bootstrapIds } = this.#options
    const life = this.#life
    await this.#format(ports)
    const log = await openLog({
      ports,
      logger: silentLogger,
      directory: DIRECTORY,
      topic: '__cluster_metadata',
      partition: 0,
      topicId: METADATA_TOPIC_ID,
      config: { ...DEFAULT_LOG_CONFIG, retentionMs: -1, retentionBytes: -1, segmentBytes: SEGMENT_BYTES, fileDeleteDelayMs: 0 },
      onDiskError: (error) => this.#options.onBroken(error),
    })
    const endpoints = [{ name: LISTENER, host: hostOf(id), port: PORT }]
    const raft = await RaftNode.open({
      ...{ nodeId: id, directoryId: directoryOf(id), isController, joins: false, endpoints, log, staticVoters, serde: text, listener: this, ports },
      peers: new WirePeers({
        nodeId: id,
        sender: { clusterId: CLUSTER_ID, endpoints, fetchMaxBytes: 1_048_576, snapshotMaxBytes: SNAPSHOT_PIECE_BYTES },
        listenerNames: [LISTENER],
        bootstrapServers: bootstrapIds.map((other) => ({ host: hostOf(other), port: PORT })),
        requestTimeoutMs: TIMINGS.requestTimeoutMs,
        ...ports,
        logger: silentLogger,
      }),
      logger: silentLogger,
      retention: { maxBytes: RETENTION_BYTES, maxMs: -1 },
      timings: TIMINGS,
    })
    await new AnsweringNode(raftApis(raft)).listen(ports.network, PORT)
    if (this.#life !== life) return
    this.#raft = raft
    await raft.start()
  }

  async #format({ disk, clock }: Ports): Promise<void> {
    await disk.makeDirectory(DIRECTORY)
    await disk.flushDirectory('/data')
    await disk.flushDirectory('/')
    const { initialVoters } = this.#options
    const path = `${DIRECTORY}/${snapshotFileName({ offset: 0, epoch: 0 })}`
    const isBlank = (await disk.list(DIRECTORY)).length === 0
    if (initialVoters === null || !isBlank) return
    const header = { epoch: 0, nowMs: clock.nowMs(), lastContainedLogTimestampMs: 0, kraftVersion: 1, voters: initialVoters }
    await disk.writeFileAtomic(path, Buffer.concat([...encodeSnapshot(header, [], text)]))
  }
}
