import type { Uuid } from '../../protocol/uuid.ts'
import { assert } from '../base/assert.ts'
import { OdradekError } from '../base/errors.ts'
import type { Ports } from '../base/ports.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { RaftEffect, RaftEvent } from './core/effects.ts'
import type { LogView } from './core/log-view.ts'
import { RaftCore } from './core/raft-core.ts'
import type { RaftTimings } from './core/raft-state.ts'
import { votersNamed } from './core/voters-named.ts'
import { Delivery } from './delivery.ts'
import { type ElectionState, encodeElectionState, QUORUM_STATE_FILE } from './election-state.ts'
import { type LoadedQuorum, loadQuorum } from './load-quorum.ts'
import type { LogBatch } from './log-batches.ts'
import { type AppendReceipt, MetadataWriter } from './metadata-writer.ts'
import { PendingAppends } from './pending-appends.ts'
import { describeQuorum, type QuorumDescription, type QuorumLeader, type QuorumView, UNKNOWN_OFFSET } from './quorum-description.ts'
import type { RaftListener } from './raft-listener.ts'
import type { RaftLog } from './raft-log.ts'
import type { RecordSerde } from './record-serde.ts'
import { LeaderWatch } from './shell/leader-watch.ts'
import type { SnapshotId } from './snapshot-name.ts'
import { cleanSnapshots, type SnapshotRetention } from './snapshot-retention.ts'
import type { Voter, VoterSet } from './voter-set.ts'

/**
 * One node of the metadata quorum: drives `RaftCore` with its log, its election state and its snapshots, and hands
 * committed records to the state machine.
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
  /** The open log of `__cluster_metadata-0`. The node closes it. */
  readonly log: RaftLog
  /** Of `controller.quorum.voters`; null takes the voters from the log and its snapshots. */
  readonly staticVoters: VoterSet | null
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

export class RaftNode<T> implements AsyncDisposable, QuorumView {
  readonly #options: RaftNodeOptions<T>
  readonly #quorum: LoadedQuorum<T>
  readonly #core: RaftCore
  readonly #pending: PendingAppends<T>
  readonly #writer: MetadataWriter<T>
  readonly #delivery: Delivery<T>
  readonly #leaders = new LeaderWatch()
  #leadingAnnounced = false
  #failure: Error | null = null
  #closed = false

  private constructor(options: RaftNodeOptions<T>, quorum: LoadedQuorum<T>) {
    this.#options = options
    this.#quorum = quorum
    this.#pending = new PendingAppends(options.maxPendingAppends ?? DEFAULT_MAX_PENDING_APPENDS)
    this.#writer = new MetadataWriter({
      log: options.log,
      serde: options.serde,
      clock: options.ports.clock,
      pending: this.#pending,
      onAppended: (baseOffset, control) => this.#step({ type: 'appended', voters: votersNamed(baseOffset, control, this.#core) }),
      onFlushed: (endOffset) => this.#step({ type: 'flushed', endOffset }),
      onFailure: (error, message) => this.#fail(error, message),
    })
    this.#delivery = new Delivery({
      log: options.log,
      serde: options.serde,
      pending: this.#pending,
      deliver: (batch) => this.#deliver(batch),
      onFailure: (error) => this.#fail(error, 'cannot read the metadata log'),
    })
    this.#core = new RaftCore({
      nodeId: options.nodeId,
      directoryId: options.directoryId,
      voters: quorum.voters,
      kraftVersion: quorum.kraftVersion,
      voterEntries: quorum.voterEntries,
      election: quorum.election,
      log: viewOf(options.log, quorum),
      // What a process that died left in the system's memory is flushed with what comes next.
      flushedOffset: 0,
      timings: options.timings,
      random: options.ports.random,
      bootstrapIds: [],
    })
  }

  /**
   * Loads the election state, the voters and the snapshots. Nothing is written yet.
   * Errors: METADATA_QUORUM when this node may not or cannot lead this quorum; METADATA_SNAPSHOT; METADATA_LOG.
   */
  static async open<T>(options: RaftNodeOptions<T>): Promise<RaftNode<T>> {
    return new RaftNode(options, await loadQuorum(options))
  }

  get epoch(): number {
    return this.#core.epoch
  }

  get isLeader(): boolean {
    return this.#core.role === 'leader'
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

  describe(): QuorumDescription | null {
    const { nodeId, ports } = this.#options
    const { progress, highWatermark } = this.#core
    if (progress === null) return null
    return describeQuorum({
      leaderId: nodeId,
      leaderEpoch: this.epoch,
      highWatermark: highWatermark > 0 ? highWatermark : UNKNOWN_OFFSET,
      voters: this.voters,
      durableOffsets: new Map(progress.voters.map(({ key, endOffset }) => [key.id, endOffset])),
      nowMs: ports.clock.nowMs(),
    })
  }

  leader(): QuorumLeader | null {
    const { leaderId, role, epoch, voters } = this.#core
    if (leaderId === null || role === 'resigned') return null
    const endpoint = voters.find(({ id }) => id === leaderId)?.endpoints[0] ?? null
    return { id: leaderId, epoch, endpoint: endpoint === null ? null : { host: endpoint.host, port: endpoint.port } }
  }

  onLeaderChange(listener: (leader: QuorumLeader | null) => void): () => void {
    return this.#leaders.add(listener)
  }

  /** Takes part in the quorum. Resolves when the state machine knows whatever this node can tell it: with one voter, that it leads. */
  async start(): Promise<void> {
    this.#deliverSnapshot()
    await this.#perform(this.#core.step({ type: 'start' }, this.#options.ports.clock.monotonicMs()))
    await this.#writer.idle()
    await this.#delivery.idle()
    if (this.#failure !== null) throw this.#failure
  }

  /**
   * Appends records in the leader's own epoch: in one batch, so that a crash leaves all or none of them, when there are
   * no more than 10,000. The caller has checked `isLeader`, its `epoch` and `isBusy` in the same turn.
   */
  append(epoch: number, records: readonly T[]): AppendReceipt {
    assert(this.isLeader && epoch === this.epoch, 'only the leader of the epoch appends in it')
    return this.#writer.append(epoch, records)
  }

  /**
   * Makes a static quorum a dynamic one: writes the level and this node, with its directory, as the voter. Both hold from now
   * on, and are committed with what is appended next. The caller has checked `isLeader`, its `epoch` and `isBusy` in the same turn.
   * Source: KIP-853.
   */
  upgradeKraftVersion(epoch: number, kraftVersion: number): void {
    assert(this.isLeader && epoch === this.epoch, 'only the leader of the epoch upgrades the quorum')
    assert(kraftVersion > this.kraftVersion && kraftVersion <= MAX_KRAFT_VERSION, 'the level is a higher one that this node supports')
    const { nodeId, directoryId } = this.#options
    const voters = this.voters.map((voter): Voter => (voter.id === nodeId ? { ...voter, directoryId, maxKraftVersion: MAX_KRAFT_VERSION } : voter))
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
    const { clock } = this.#options.ports
    if (id.offset < this.#options.log.logStartOffset) return
    assert(id.offset <= this.#core.highWatermark, 'a snapshot holds committed records only')
    const { snapshots } = this.#quorum
    const quorum = { kraftVersion: this.kraftVersion, voters: this.voters }
    await snapshots.write(id, { epoch: id.epoch, nowMs: clock.nowMs(), lastContainedLogTimestampMs, ...quorum }, records)
    await cleanSnapshots({ log: this.#options.log, snapshots, retention: this.#options.retention, nowMs: clock.nowMs() })
  }

  /** Resigns, waits for what is being written, and closes the log. Appends that are not committed by then reject. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#writer.idle()
    await this.#delivery.idle()
    this.#step({ type: 'stop' })
    this.#pending.failAll(new OdradekError('METADATA_LOG_CLOSED', 'the node stops: the metadata log takes no more records'))
    await this.#options.log.close()
  }

  #deliverSnapshot(): void {
    const { snapshot } = this.#quorum
    if (snapshot === null) return
    this.#delivery.startAt(snapshot.id.offset)
    if (snapshot.id.offset > 0) this.#options.listener.handleSnapshot(snapshot.id, snapshot.content.lastContainedLogTimestampMs, snapshot.content.records)
  }

  #step(event: RaftEvent): void {
    for (const effect of this.#core.step(event, this.#options.ports.clock.monotonicMs())) this.#performNow(effect)
    this.#leaders.tell(this.leader())
  }

  /** Of consecutive election states only the last is written: nothing that relies on an earlier one happens in between. */
  async #perform(effects: readonly RaftEffect[]): Promise<void> {
    for (const [index, effect] of effects.entries()) {
      if (effect.type !== 'persist-election') this.#performNow(effect)
      else if (effects[index + 1]?.type !== 'persist-election') await this.#persist(effect.state)
    }
    this.#leaders.tell(this.leader())
  }

  #performNow(effect: RaftEffect): void {
    switch (effect.type) {
      case 'persist-election':
        assert(false, 'elections are decided where the node may wait for the disk')
        break
      case 'open-epoch':
        this.#openEpoch(effect)
        break
      case 'commit':
        this.#options.log.updateHighWatermark(effect.highWatermark)
        this.#delivery.deliverTo(effect.highWatermark)
        break
      case 'step-down':
        this.#options.listener.handleStepDown(effect.epoch)
        break
      case 'append':
      case 'append-voters':
      case 'truncate':
      case 'send':
      case 'reply':
      case 'write-snapshot':
      case 'install-snapshot':
      case 'follow':
      case 'halt':
        assert(false, 'the one voter of a quorum speaks to nobody, and nobody to it')
        break
    }
  }

  async #persist(state: ElectionState): Promise<void> {
    const { log, ports } = this.#options
    const voterIds = this.voters.map((voter) => voter.id)
    const content = encodeElectionState(state, this.kraftVersion, voterIds)
    await ports.disk.writeFileAtomic(`${log.directory}/${QUORUM_STATE_FILE}`, content)
  }

  /** The first batch of an epoch. A dynamic quorum's first leader copies kraft version and voters from the bootstrap snapshot. */
  #openEpoch(effect: Extract<RaftEffect, { type: 'open-epoch' }>): void {
    const { log } = this.#options
    const { kraftVersion, voters, votersInLog } = this.#quorum
    log.assignEpochStartOffset(effect.epoch, log.logEndOffset)
    const { leaderId, voterIds, grantingVoterIds } = effect
    const leaderChange = { type: 'leader-change', leaderId, voterIds, grantingVoterIds } as const
    const control =
      kraftVersion > 0 && !votersInLog ? [leaderChange, { type: 'kraft-version', kraftVersion } as const, { type: 'voters', voters } as const] : [leaderChange]
    this.#writer.appendControl(effect.epoch, control)
  }

  #deliver(batch: LogBatch<T>): void {
    const { listener } = this.#options
    listener.handleCommit(batch)
    const opensEpoch = batch.epoch === this.epoch && batch.control.some((record) => record.type === 'leader-change')
    if (!opensEpoch || this.#leadingAnnounced) return
    this.#leadingAnnounced = true
    listener.handleLeading(this.epoch, batch.lastOffset)
  }

  #fail(cause: unknown, message: string): void {
    if (this.#failure !== null) return
    const failure = new OdradekError('METADATA_LOG', `${message} in ${this.#options.log.directory}`, { cause })
    this.#failure = failure
    this.#writer.stop()
    this.#options.logger.error(message, { error: cause, directory: this.#options.log.directory })
    this.#step({ type: 'stop' })
    this.#pending.failAll(failure)
    this.#options.listener.handleFailure(failure)
  }
}

function viewOf(log: RaftLog, { snapshots }: Pick<LoadedQuorum<unknown>, 'snapshots'>): LogView {
  return {
    get logStartOffset() {
      return log.logStartOffset
    },
    get logEndOffset() {
      return log.logEndOffset
    },
    get latestEpoch() {
      return log.latestEpoch
    },
    get snapshots() {
      return snapshots.all
    },
    endOffsetForEpoch: (leaderEpoch) => log.endOffsetForEpoch(leaderEpoch),
  }
}
