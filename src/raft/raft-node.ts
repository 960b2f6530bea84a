import type { Uuid } from '../../protocol/uuid.ts'
import { assert } from '../base/assert.ts'
import { type Deferred, deferred } from '../base/deferred.ts'
import { OdradekError } from '../base/errors.ts'
import type { Ports } from '../base/ports.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { RaftAnswer, RaftRequest } from './core/messages.ts'
import { RaftCore } from './core/raft-core.ts'
import type { RaftTimings } from './core/raft-state.ts'
import { votersNamed } from './core/voters-named.ts'
import { Delivery } from './delivery.ts'
import { type LoadedQuorum, loadQuorum } from './load-quorum.ts'
import type { LogBatch } from './log-batches.ts'
import { type AppendReceipt, MetadataWriter } from './metadata-writer.ts'
import { PendingAppends } from './pending-appends.ts'
import { describeQuorum, type QuorumDescription, type QuorumLeader, type QuorumView, UNKNOWN_OFFSET } from './quorum-description.ts'
import type { RaftListener } from './raft-listener.ts'
import type { RaftLog } from './raft-log.ts'
import type { RaftServer, RequestExtras } from './raft-server.ts'
import type { RecordSerde } from './record-serde.ts'
import { CoreDriver } from './shell/core-driver.ts'
import { EffectPerformer } from './shell/effect-performer.ts'
import { LeaderWatch } from './shell/leader-watch.ts'
import { LogFlusher } from './shell/log-flusher.ts'
import { viewOf } from './shell/log-view-of.ts'
import { PeerCalls, type PeerOutcomeEvent } from './shell/peer-calls.ts'
import type { RaftPeers } from './shell/raft-peers.ts'
import { RequestDesk } from './shell/request-desk.ts'
import type { SnapshotId } from './snapshot-name.ts'
import { cleanSnapshots, type SnapshotRetention } from './snapshot-retention.ts'
import type { Voter, VoterEndpoint, VoterSet } from './voter-set.ts'

/**
 * One node of the metadata quorum, a voter or an observer: drives `RaftCore` with its log, its election state, its snapshots
 * and its peers, and hands committed records to the state machine.
 *
 * - An append is in the log when `append` returns and committed when its promise resolves. All appends made while a flush
 *   runs share the next one.
 * - The state machine sees a record only when it is committed, and an append's promise resolves after that.
 * - A log or state file that fails ends the node's part in the quorum: `handleFailure`, and every pending append rejects.
 */
export interface RaftNodeOptions<T> {
  readonly nodeId: number
  /** directory.id of the directory that holds the log. */
  readonly directoryId: Uuid
  /** A node without this role only observes, and is no voter by any setting. */
  readonly isController: boolean
  /** controller.quorum.auto.join.enable: a controller that is no voter becomes one when it follows. */
  readonly joins: boolean
  /** Where this node's controller is reached, by listener; none without that role. */
  readonly endpoints: readonly VoterEndpoint[]
  /** The open log of `__cluster_metadata-0`. The node closes it. */
  readonly log: RaftLog
  /** Of `controller.quorum.voters`; null takes the voters from the log and its snapshots. */
  readonly staticVoters: VoterSet | null
  /** The other nodes. This node disposes of them. */
  readonly peers: RaftPeers
  readonly serde: RecordSerde<T>
  readonly listener: RaftListener<T>
  readonly ports: Pick<Ports, 'clock' | 'disk' | 'timers' | 'random'>
  readonly logger: Logger
  readonly retention: SnapshotRetention
  readonly timings: RaftTimings
  /** Batches that may wait for their commit; more are refused. */
  readonly maxPendingAppends?: number
}

const DEFAULT_MAX_PENDING_APPENDS = 10_000

/** The highest level of `kraft.version` that this node takes part in. Source: KIP-853. */
const MAX_KRAFT_VERSION = 1

export class RaftNode<T> implements AsyncDisposable, QuorumView, RaftServer {
  readonly #options: RaftNodeOptions<T>
  readonly #quorum: LoadedQuorum<T>
  readonly #core: RaftCore
  readonly #driver: CoreDriver
  readonly #flusher: LogFlusher
  readonly #pending: PendingAppends<T>
  readonly #writer: MetadataWriter<T>
  readonly #delivery: Delivery<T>
  readonly #performer: EffectPerformer<T>
  readonly #desk: RequestDesk
  readonly #calls: PeerCalls
  readonly #leaders = new LeaderWatch()
  readonly #caughtUp: Deferred<number> = deferred()
  /** The latest epoch of which the state machine knows that this node leads it. */
  #announcedEpoch = -1
  #failure: Error | null = null
  #closed = false

  private constructor(options: RaftNodeOptions<T>, quorum: LoadedQuorum<T>) {
    const { log, serde, peers, listener, ports } = options
    const onFailure = (error: unknown, message: string) => this.#fail(error, message)
    this.#options = options
    this.#quorum = quorum
    this.#core = coreOf(options, quorum)
    this.#driver = new CoreDriver({
      core: this.#core,
      ...ports,
      perform: (effect) => this.#performer.perform(effect),
      onSettled: () => this.#settled(),
      onFailure: (error) => onFailure(error, 'cannot go on with the metadata log'),
    })
    this.#pending = new PendingAppends(options.maxPendingAppends ?? DEFAULT_MAX_PENDING_APPENDS)
    this.#flusher = new LogFlusher({
      log,
      onFlushed: (endOffset, isStillTrue) => this.#driver.enqueue({ type: 'flushed', endOffset }, isStillTrue),
      onFailure,
    })
    this.#writer = new MetadataWriter({
      log,
      serde,
      clock: ports.clock,
      pending: this.#pending,
      flusher: this.#flusher,
      onAppended: (baseOffset, control) => this.#driver.enqueueNext({ type: 'appended', voters: votersNamed(baseOffset, control, this.#core) }),
      onFailure,
    })
    this.#delivery = new Delivery({
      ...{ log, serde, timers: ports.timers, pending: this.#pending },
      deliver: (batch) => this.#deliver(batch),
      onCaughtUp: () => this.#noteCaughtUp(),
      onFailure: (error) => onFailure(error, 'cannot read the metadata log'),
    })
    this.#desk = new RequestDesk({
      log,
      snapshots: quorum.snapshots,
      head: () => ({ epoch: this.#core.epoch, leaderId: this.#core.leaderId }),
      ask: (id, request) => this.#driver.enqueue({ type: 'request', id, request }),
      withdraw: (id) => this.#driver.enqueue({ type: 'withdrawn', id }),
    })
    this.#calls = new PeerCalls({ peers, onOutcome: (event) => this.#hear(event), onFailure: (error) => onFailure(error, 'cannot hear the quorum') })
    this.#performer = new EffectPerformer({
      ...{ core: this.#core, log, serde, ports, listener, quorum, nodeId: options.nodeId },
      ...{ driver: this.#driver, writer: this.#writer, flusher: this.#flusher, pending: this.#pending, delivery: this.#delivery },
      ...{ desk: this.#desk, calls: this.#calls },
      onHalt: (reason) => onFailure(new OdradekError('METADATA_QUORUM', reason), 'the quorum contradicts the metadata log'),
    })
    // Nobody need be waiting when the node stops.
    this.#caughtUp.promise.catch(() => undefined)
    peers.noteVoters(this.#core.voters)
  }

  /**
   * Loads the election state, the voters and the snapshots. Nothing is written yet.
   * Errors: METADATA_QUORUM when this node cannot take part in this quorum; METADATA_SNAPSHOT; METADATA_LOG.
   */
  static async open<T>(options: RaftNodeOptions<T>): Promise<RaftNode<T>> {
    return new RaftNode(options, await loadQuorum({ ...options, hasBootstrapServers: options.peers.bootstrapIds.length > 0 }))
  }

  get epoch(): number {
    return this.#core.epoch
  }

  /** And has begun its epoch in the log, so that it may append. */
  get isLeader(): boolean {
    return this.#core.role === 'leader' && this.#performer.openedEpoch === this.epoch
  }

  get highWatermark(): number {
    return this.#core.highWatermark
  }

  get logEndOffset(): number {
    return this.#options.log.logEndOffset
  }

  get voters(): VoterSet {
    return this.#core.voters
  }

  get kraftVersion(): number {
    return this.#core.kraftVersion
  }

  get isBusy(): boolean {
    return this.#pending.isFull
  }

  /** What a node that follows this leader fetches next, so that it has all below; -1 when it did not fetch from it. */
  fetchOffsetOf(nodeId: number): number {
    const { progress } = this.#core
    if (progress === null) return UNKNOWN_OFFSET
    return [...progress.voters, ...progress.observers].find(({ key }) => key.id === nodeId)?.endOffset ?? UNKNOWN_OFFSET
  }

  describe(): QuorumDescription | null {
    const { nodeId, ports } = this.#options
    const { progress, highWatermark, epoch, voters } = this.#core
    return progress === null ? null : describeQuorum({ leaderId: nodeId, leaderEpoch: epoch, highWatermark, voters, progress, ...timesOf(ports.clock) })
  }

  leader(): QuorumLeader | null {
    const { leaderId, role, epoch } = this.#core
    if (leaderId === null || role === 'resigned') return null
    const [own] = this.#options.endpoints
    const endpoint = leaderId === this.#options.nodeId ? (own ?? null) : this.#options.peers.endpointOf(leaderId)
    return { id: leaderId, epoch, endpoint: endpoint === null ? null : { host: endpoint.host, port: endpoint.port } }
  }

  onLeaderChange(listener: (leader: QuorumLeader | null) => void): () => void {
    return this.#leaders.add(listener)
  }

  leaderEndpoints(): readonly VoterEndpoint[] {
    const { leaderId, voters } = this.#core
    if (leaderId === null) return []
    if (leaderId === this.#options.nodeId) return this.#options.endpoints
    return voters.find(({ id }) => id === leaderId)?.endpoints ?? []
  }

  handle(request: RaftRequest, extras: RequestExtras, signal?: AbortSignal): Promise<RaftAnswer> {
    const { leaderEndpoints } = extras
    if (request.type === 'begin-epoch' && leaderEndpoints.length > 0) this.#options.peers.noteLeader(request.leaderId, leaderEndpoints)
    return this.#desk.handle(request, extras, signal)
  }

  /** Takes part in the quorum. With one voter: resolves when it leads, and the state machine knows. */
  async start(): Promise<void> {
    const { snapshot } = this.#quorum
    if (snapshot !== null) this.#performer.deliverSnapshot(snapshot.id, snapshot.content)
    this.#driver.enqueue({ type: 'start' })
    const isAlone = this.voters.length === 1 && this.#core.leaderId === this.#options.nodeId
    if (isAlone) await this.caughtUp()
    else this.#flusher.flushSoon()
  }

  /**
   * Resolves, once and for all, when the state machine was told all that was committed when this node first heard of a leader:
   * as that leader itself, when it was told that, too. Gives the high watermark. Rejects when the node fails or stops before.
   */
  caughtUp(): Promise<number> {
    return this.#caughtUp.promise
  }

  /**
   * Appends records in the leader's own epoch: in one batch, so that a crash leaves all or none of them, when there are
   * no more than 10,000. The caller has checked `isLeader`, its `epoch` and `isBusy` in the same turn.
   */
  append(epoch: number, records: readonly T[]): AppendReceipt {
    assert(this.isLeader && epoch === this.epoch, 'only the leader of the epoch appends in it')
    return this.#writer.append(epoch, records)
  }

  /** Leads no longer, and lets another be elected. Nothing happens where this node does not lead. */
  resign(): void {
    this.#driver.enqueue({ type: 'resign' })
  }

  /** Whether this leader knows all voters with their directories, and all support the level. In a static quorum they tell it themselves. */
  votersSupport(kraftVersion: number): boolean {
    return this.#core.heardVoters?.every(({ minKraftVersion: min, maxKraftVersion: max }) => min <= kraftVersion && kraftVersion <= max) ?? false
  }

  /**
   * Makes a static quorum a dynamic one: writes the level and the voters with their directories. Both hold from now on, and are
   * committed with what is appended next. The caller has checked `isLeader`, its `epoch`, `isBusy` and `votersSupport` in the same turn.
   * Source: KIP-853.
   */
  upgradeKraftVersion(epoch: number, kraftVersion: number): void {
    assert(this.isLeader && epoch === this.epoch, 'only the leader of the epoch upgrades the quorum')
    const { heardVoters: voters } = this.#core
    assert(kraftVersion > this.kraftVersion && voters !== null, 'the level is a higher one that all voters support')
    this.#writer.appendControl(epoch, [
      { type: 'kraft-version', kraftVersion },
      { type: 'voters', voters },
    ])
  }

  /**
   * Writes a snapshot of the state below `id.offset` and removes older ones, with the log before them, as the retention says.
   * @param records iterated in slices while other work runs: they must not change
   */
  async writeSnapshot(id: SnapshotId, lastContainedLogTimestampMs: number, records: Iterable<T>): Promise<void> {
    const { log, retention, ports } = this.#options
    if (id.offset < log.logStartOffset) return
    assert(id.offset <= this.#delivery.offset, 'a snapshot holds committed records only')
    const { snapshots } = this.#quorum
    const { clock } = ports
    await snapshots.write(id, { epoch: id.epoch, nowMs: clock.nowMs(), lastContainedLogTimestampMs, ...this.#core.votersBelow(id.offset) }, records)
    await cleanSnapshots({ log, snapshots, retention, nowMs: clock.nowMs() })
  }

  /** Resigns, tells the others, waits for what is being written, and closes the log. Appends that are not committed by then reject. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#flusher.idle()
    await this.#delivery.idle()
    this.#calls.forget()
    this.#stopped(new OdradekError('METADATA_LOG_CLOSED', 'the node stops: the metadata log takes no more records'))
    await this.#driver.finish()
    this.#desk.close()
    await this.#calls.settled()
    await this.#options.peers[Symbol.asyncDispose]()
    this.#flusher.stop()
    await this.#flusher.idle()
    await this.#performer.close()
    await this.#options.log.close()
  }

  #hear(event: PeerOutcomeEvent): void {
    if (event.type === 'unanswered' && event.isGone && this.isLeader) this.#options.listener.handleGone(event.from)
    this.#driver.enqueue(event.type === 'versions' ? event : this.#performer.checked(event))
  }

  #deliver(batch: LogBatch<T>): void {
    const { listener, nodeId } = this.#options
    listener.handleCommit(batch)
    const isOwnEpoch = this.isLeader && batch.epoch === this.epoch
    const opensEpoch = isOwnEpoch && batch.control.some((record) => record.type === 'leader-change' && record.leaderId === nodeId)
    if (!opensEpoch || this.#announcedEpoch === batch.epoch) return
    this.#announcedEpoch = batch.epoch
    listener.handleLeading(batch.epoch, batch.lastOffset)
  }

  #settled(): void {
    this.#options.peers.noteVoters(this.#core.voters)
    this.#leaders.tell(this.leader())
    this.#noteCaughtUp()
  }

  #noteCaughtUp(): void {
    const { isCaughtUp, highWatermark } = this.#core
    if (isCaughtUp && this.#delivery.offset >= highWatermark) this.#caughtUp.resolve(highWatermark)
  }

  #stopped(reason: Error): void {
    this.#caughtUp.reject(reason)
    this.#pending.failAll(reason)
  }

  #fail(cause: unknown, message: string): void {
    if (this.#failure !== null) return
    const failure = new OdradekError('METADATA_LOG', `${message} in ${this.#options.log.directory}`, { cause })
    this.#failure = failure
    this.#flusher.stop()
    this.#options.logger.error(message, { error: cause, directory: this.#options.log.directory })
    this.#stopped(failure)
    this.#driver.end()
    this.#desk.close()
    this.#options.listener.handleFailure(failure)
  }
}

function timesOf(clock: Ports['clock']) {
  return { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }
}

function ownVoter<T>({ nodeId: id, directoryId, endpoints, isController }: RaftNodeOptions<T>): Voter | null {
  return isController ? { id, directoryId, endpoints, minKraftVersion: 0, maxKraftVersion: MAX_KRAFT_VERSION } : null
}

function coreOf<T>(options: RaftNodeOptions<T>, quorum: LoadedQuorum<T>): RaftCore {
  const { voters, kraftVersion, voterEntries, election } = quorum
  return new RaftCore({
    nodeId: options.nodeId,
    directoryId: options.directoryId,
    ...{ voters, kraftVersion, voterEntries, election },
    log: viewOf(options.log, quorum.snapshots),
    // What a process that died left in the system's memory is flushed with what comes next.
    flushedOffset: 0,
    timings: options.timings,
    random: options.ports.random,
    bootstrapIds: options.peers.bootstrapIds,
    own: ownVoter(options),
    joins: options.joins,
  })
}
