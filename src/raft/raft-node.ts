import { assert } from '../base/assert.ts'
import { type Deferred, deferred } from '../base/deferred.ts'
import { OdradekError } from '../base/errors.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { RaftAnswer, RaftRequest } from './core/messages.ts'
import { type LoadedQuorum, loadQuorum } from './load-quorum.ts'
import type { LogBatch } from './log-batches.ts'
import type { AppendReceipt } from './metadata-writer.ts'
import { describeQuorum, type QuorumDescription, type QuorumLeader, type QuorumState, type QuorumView, UNKNOWN_OFFSET } from './quorum-description.ts'
import type { RaftNodeOptions } from './raft-node-options.ts'
import type { RaftServer, RequestExtras } from './raft-server.ts'
import { warnOfLastEpochs } from './shell/last-epochs.ts'
import { LeaderWatch } from './shell/leader-watch.ts'
import type { PeerOutcomeEvent } from './shell/peer-calls.ts'
import { assembleRaft, type RaftParts } from './shell/raft-parts.ts'
import type { SnapshotId } from './snapshot-name.ts'
import { cleanSnapshots } from './snapshot-retention.ts'
import type { VoterEndpoint, VoterSet } from './voter-set.ts'

/** In place of the id of a leader or of who was voted for. */
const NOBODY = -1

/**
 * One node of the metadata quorum, a voter or an observer: drives `RaftCore` with its log, its election state, its snapshots
 * and its peers, and hands committed records to the state machine.
 *
 * - An append is in the log when `append` returns and committed when its promise resolves. All appends made while a flush
 *   runs share the next one.
 * - The state machine sees a record only when it is committed, and an append's promise resolves after that.
 * - A log or state file that fails ends the node's part in the quorum: `handleFailure`, and every pending append rejects.
 */
export class RaftNode<T> implements AsyncDisposable, QuorumView, RaftServer {
  readonly #options: RaftNodeOptions<T>
  readonly #quorum: LoadedQuorum<T>
  readonly #parts: RaftParts<T>
  readonly #leaders = new LeaderWatch()
  readonly #caughtUp: Deferred<number> = deferred()
  /** The latest epoch of which the state machine knows that this node leads it. */
  #announcedEpoch = -1
  #failure: Error | null = null
  #isStarted = false
  #closed = false

  private constructor(options: RaftNodeOptions<T>, quorum: LoadedQuorum<T>) {
    this.#options = options
    this.#quorum = quorum
    this.#parts = assembleRaft(options, quorum, {
      onCommitted: (batch) => this.#deliver(batch),
      onDelivered: () => this.#noteCaughtUp(),
      onSettled: () => this.#settled(),
      onOutcome: (event) => this.#hear(event),
      onFailure: (error, message) => this.#fail(error, message),
    })
    // Nobody need be waiting when the node stops.
    this.#caughtUp.promise.catch(() => undefined)
    options.peers.noteVoters(this.#parts.core.voters)
  }

  /**
   * Loads the election state, the voters and the snapshots. Nothing is written yet.
   * Errors: METADATA_QUORUM when this node cannot take part in this quorum; METADATA_SNAPSHOT; METADATA_LOG.
   */
  static async open<T>(options: RaftNodeOptions<T>): Promise<RaftNode<T>> {
    const quorum = await loadQuorum({ ...options, hasBootstrapServers: options.peers.bootstrapIds.length > 0 })
    warnOfOtherVoters(quorum, options.logger)
    warnOfLastEpochs(quorum.election.epoch, options.logger)
    return new RaftNode(options, quorum)
  }

  get epoch(): number {
    return this.#parts.core.epoch
  }

  /** And has begun its epoch in the log, so that it may append. */
  get isLeader(): boolean {
    return this.#parts.core.role === 'leader' && this.#parts.performer.openedEpoch === this.epoch
  }

  get highWatermark(): number {
    return this.#parts.core.highWatermark
  }

  get logEndOffset(): number {
    return this.#options.log.logEndOffset
  }

  get voters(): VoterSet {
    return this.#parts.core.voters
  }

  get kraftVersion(): number {
    return this.#parts.core.kraftVersion
  }

  /** Nothing of the quorum was here when it was opened but what formatting wrote. */
  get wasBlank(): boolean {
    return this.#quorum.isBlank
  }

  get isBusy(): boolean {
    return this.#parts.pending.isFull
  }

  /** Below it a node has the log, and knows it to be committed as far as it says; -1 when it did not fetch from this leader. */
  knownOffsetOf(nodeId: number): number {
    return this.#parts.core.progress?.knownOffsetOf(nodeId) ?? UNKNOWN_OFFSET
  }

  describe(): QuorumDescription | null {
    const { nodeId, ports } = this.#options
    const { progress, highWatermark, epoch, voters } = this.#parts.core
    return progress === null
      ? null
      : describeQuorum({
          leaderId: nodeId,
          leaderEpoch: epoch,
          highWatermark,
          voters,
          progress,
          nowMs: ports.clock.nowMs(),
          monotonicMs: ports.clock.monotonicMs(),
        })
  }

  /** What this node is, as it knows itself. */
  state(): QuorumState {
    const { role, isVoter, epoch, leaderId, votedId, highWatermark, voters, progress } = this.#parts.core
    return {
      role: role === 'follower' && !isVoter ? 'observer' : role,
      epoch,
      leaderId: leaderId ?? NOBODY,
      votedId: votedId ?? NOBODY,
      highWatermark,
      logEndOffset: this.logEndOffset,
      voterCount: voters.length,
      observerCount: progress?.observers.length ?? null,
    }
  }

  leader(): QuorumLeader | null {
    const { leaderId, role, epoch } = this.#parts.core
    if (leaderId === null || role === 'resigned') return null
    const [own] = this.#options.endpoints
    const endpoint = leaderId === this.#options.nodeId ? (own ?? null) : this.#options.peers.endpointOf(leaderId)
    return { id: leaderId, epoch, endpoint: endpoint === null ? null : { host: endpoint.host, port: endpoint.port } }
  }

  onLeaderChange(listener: (leader: QuorumLeader | null) => void): () => void {
    return this.#leaders.add(listener)
  }

  leaderEndpoints(): readonly VoterEndpoint[] {
    const { leaderId, voters } = this.#parts.core
    if (leaderId === null) return []
    if (leaderId === this.#options.nodeId) return this.#options.endpoints
    return voters.find(({ id }) => id === leaderId)?.endpoints ?? []
  }

  handle(request: RaftRequest, extras: RequestExtras, signal?: AbortSignal): Promise<RaftAnswer> {
    const { leaderEndpoints } = extras
    if (request.type === 'begin-epoch' && leaderEndpoints.length > 0) this.#options.peers.noteLeader(request.leaderId, leaderEndpoints)
    return this.#isStarted ? this.#parts.desk.handle(request, extras, signal) : Promise.resolve(this.#parts.desk.refusal(request))
  }

  /** Takes part in the quorum. With one voter: resolves when it leads, and the state machine knows. */
  async start(): Promise<void> {
    this.#isStarted = true
    const { snapshot } = this.#quorum
    if (snapshot !== null) this.#parts.performer.deliverSnapshot(snapshot.id, snapshot.content)
    this.#parts.driver.enqueue({ type: 'start' })
    const isAlone = this.voters.length === 1 && this.#parts.core.leaderId === this.#options.nodeId
    if (isAlone) await this.caughtUp()
    else this.#parts.flusher.flushSoon()
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
    return this.#parts.writer.append(epoch, records)
  }

  /** Leads no longer, and lets another be elected. Nothing happens where this node does not lead. */
  resign(): void {
    this.#parts.driver.enqueue({ type: 'resign' })
  }

  /** Whether this leader knows all voters with their directories, and all support the level. In a static quorum they tell it themselves. */
  votersSupport(kraftVersion: number): boolean {
    return this.#parts.core.heardVoters?.every(({ minKraftVersion: min, maxKraftVersion: max }) => min <= kraftVersion && kraftVersion <= max) ?? false
  }

  /**
   * Makes a static quorum a dynamic one: writes the level and the voters with their directories. Both hold from now on, and are
   * committed with what is appended next. The caller has checked `isLeader`, its `epoch`, `isBusy` and `votersSupport` in the same turn.
   * Source: KIP-853.
   */
  upgradeKraftVersion(epoch: number, kraftVersion: number): void {
    assert(this.isLeader && epoch === this.epoch, 'only the leader of the epoch upgrades the quorum')
    const { heardVoters: voters } = this.#parts.core
    assert(kraftVersion > this.kraftVersion && voters !== null, 'the level is a higher one that all voters support')
    this.#parts.writer.appendControl(epoch, [
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
    assert(id.offset <= this.#parts.delivery.offset, 'a snapshot holds committed records only')
    const { snapshots } = this.#quorum
    const { clock } = ports
    await snapshots.write(id, { epoch: id.epoch, nowMs: clock.nowMs(), lastContainedLogTimestampMs, ...this.#parts.core.votersBelow(id.offset) }, records)
    await cleanSnapshots({ log, snapshots, retention, nowMs: clock.nowMs() })
  }

  /** Resigns, tells the others, waits for what is being written, and closes the log. Appends that are not committed by then reject. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#parts.flusher.idle()
    await this.#parts.delivery.idle()
    this.#parts.calls.forget()
    this.#stopped(new OdradekError('METADATA_LOG_CLOSED', 'the node stops: the metadata log takes no more records'))
    await this.#parts.driver.finish()
    this.#parts.desk.close()
    await this.#parts.calls.settled()
    await this.#options.peers[Symbol.asyncDispose]()
    this.#parts.flusher.stop()
    await this.#parts.flusher.idle()
    await this.#parts.performer.close()
    await this.#options.log.close()
  }

  #hear(event: PeerOutcomeEvent): void {
    if (event.type === 'unanswered' && event.isGone && event.from >= 0) this.#options.listener.handleGone(event.from)
    this.#parts.driver.enqueue(event.type === 'versions' ? event : this.#parts.performer.checked(event))
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
    this.#options.peers.noteVoters(this.#parts.core.voters)
    this.#leaders.tell(this.leader())
    this.#noteCaughtUp()
  }

  #noteCaughtUp(): void {
    const { isCaughtUp, highWatermark } = this.#parts.core
    if (isCaughtUp && this.#parts.delivery.offset >= highWatermark) this.#caughtUp.resolve(highWatermark)
  }

  #stopped(reason: Error): void {
    this.#caughtUp.reject(reason)
    this.#parts.pending.failAll(reason)
  }

  #fail(cause: unknown, message: string): void {
    if (this.#failure !== null) return
    const failure = new OdradekError('METADATA_LOG', `${message} in ${this.#options.log.directory}`, { cause })
    this.#failure = failure
    this.#parts.flusher.stop()
    this.#options.logger.error(message, { error: cause, directory: this.#options.log.directory })
    this.#stopped(failure)
    this.#parts.driver.end()
    this.#parts.desk.close()
    this.#options.listener.handleFailure(failure)
  }
}

/** Apache Kafka says nothing then, and two leaders may follow where controllers do not name the same voters. */
function warnOfOtherVoters({ kraftVersion, voters, formerVoters }: LoadedQuorum<unknown>, logger: Logger): void {
  const ids = voters.map(({ id }) => id)
  if (kraftVersion > 0 || formerVoters === null || String(ids.toSorted(byNumber)) === String(formerVoters.toSorted(byNumber))) return
  logger.warn('controller.quorum.voters names other voters than at the last start', {
    voters: ids,
    formerVoters,
    advice: 'every controller must name the same voters, else two of them may lead at once: compare the settings of all controllers before you go on',
  })
}

function byNumber(one: number, other: number): number {
  return one - other
}
