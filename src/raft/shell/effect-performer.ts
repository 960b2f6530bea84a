import { OdradekError } from '../../base/errors.ts'
import type { Ports } from '../../base/ports.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { RaftEffect, RaftEvent, VoterEntry } from '../core/effects.ts'
import type { RaftCore } from '../core/raft-core.ts'
import type { Delivery } from '../delivery.ts'
import { type ElectionState, encodeElectionState, QUORUM_STATE_FILE } from '../election-state.ts'
import type { LoadedQuorum } from '../load-quorum.ts'
import type { MetadataWriter } from '../metadata-writer.ts'
import type { PendingAppends } from '../pending-appends.ts'
import type { RaftListener } from '../raft-listener.ts'
import type { RaftLog } from '../raft-log.ts'
import type { RecordSerde } from '../record-serde.ts'
import type { SnapshotContent } from '../snapshot-file.ts'
import type { SnapshotId } from '../snapshot-name.ts'
import type { VoterSet } from '../voter-set.ts'
import type { CoreDriver } from './core-driver.ts'
import { FollowerLog } from './follower-log.ts'
import { IncomingSnapshot } from './incoming-snapshot.ts'
import { warnOfLastEpochs } from './last-epochs.ts'
import type { LogFlusher } from './log-flusher.ts'
import { latestEpochOf } from './log-view-of.ts'
import type { PeerCalls } from './peer-calls.ts'
import type { RequestDesk } from './request-desk.ts'
import { whatFollows } from './what-follows.ts'

export interface EffectPerformerOptions<T> {
  readonly core: RaftCore
  readonly log: RaftLog
  readonly serde: RecordSerde<T>
  readonly ports: Pick<Ports, 'clock' | 'disk'>
  readonly listener: RaftListener<T>
  readonly quorum: LoadedQuorum<T>
  readonly driver: Pick<CoreDriver, 'enqueueNext'>
  readonly writer: MetadataWriter<T>
  readonly flusher: LogFlusher
  readonly pending: PendingAppends<T>
  readonly delivery: Delivery<T>
  readonly desk: Pick<RequestDesk, 'reply'>
  readonly calls: Pick<PeerCalls, 'send' | 'askVersions'>
  readonly logger: Logger
  readonly onHalt: (reason: string) => void
}

/** Damaged answers in a row after which it is said. */
const TOLD_DAMAGE = 2

/** Does what the core says: to the log, the election state, the snapshots, the peers and the state machine. */
export class EffectPerformer<T> {
  readonly #options: EffectPerformerOptions<T>
  readonly #follower: FollowerLog
  readonly #incoming: IncomingSnapshot<T>
  #openedEpoch = -1
  #rememberedEpoch: number
  /** How often in a row what the leader sent could not be taken. */
  #damagedCount = 0

  constructor(options: EffectPerformerOptions<T>) {
    this.#options = options
    this.#rememberedEpoch = options.quorum.election.epoch
    this.#follower = new FollowerLog({ ...options, clock: options.ports.clock })
    this.#incoming = new IncomingSnapshot({ store: options.quorum.snapshots, serde: options.serde, disk: options.ports.disk })
  }

  /** The latest epoch that this node began, as its leader, in the log; -1 for none. */
  get openedEpoch(): number {
    return this.#openedEpoch
  }

  /** @returns what the next effect waits for; undefined when it need not wait */
  perform(effect: RaftEffect): Promise<void> | undefined {
    const { pending, listener, delivery, log, writer, desk, calls } = this.#options
    switch (effect.type) {
      case 'persist-election':
        return this.#persist(effect.state)
      case 'open-epoch':
        this.#openEpoch(effect)
        return undefined
      case 'append-voters':
        this.#tellOfVoters(effect.voters)
        writer.appendControl(effect.epoch, [{ type: 'voters', voters: effect.voters }])
        return undefined
      case 'append':
        this.#append(effect.records)
        return undefined
      case 'truncate':
        return this.#truncate(effect.endOffset)
      case 'commit':
        log.updateHighWatermark(effect.highWatermark)
        delivery.deliverTo(effect.highWatermark)
        return undefined
      case 'send':
        calls.send(effect.to, effect.id, effect.request)
        return undefined
      case 'ask-versions':
        calls.askVersions(effect.id, effect.voter)
        return undefined
      case 'reply':
        desk.reply(effect.id, effect.answer)
        return undefined
      case 'write-snapshot':
        return this.#incoming.write(effect.id, effect.position, effect.bytes)
      case 'install-snapshot':
        return this.#install(effect.id)
      case 'follow':
        return undefined
      case 'step-down':
        pending.failAll(
          new OdradekError('METADATA_LEADERSHIP', `this node no longer leads epoch ${effect.epoch} of the quorum: others decide what is committed`),
        )
        listener.handleStepDown(effect.epoch)
        return undefined
      case 'halt':
        this.#options.onHalt(effect.reason)
        return undefined
    }
  }

  /** The state machine begins with a snapshot, or begins anew. */
  deliverSnapshot(id: SnapshotId, content: SnapshotContent<T>): void {
    const { delivery, listener, log } = this.#options
    log.updateHighWatermark(id.offset)
    delivery.startAt(id.offset)
    if (id.offset > 0) listener.handleSnapshot(id, content.lastContainedLogTimestampMs, content.records)
  }

  /** Of records that a leader sent, those that continue the log; an answer that is damaged is none. */
  checked(event: Extract<RaftEvent, { type: 'answer' | 'unanswered' }>): Extract<RaftEvent, { type: 'answer' | 'unanswered' }> {
    if (event.type !== 'answer' || event.answer.type !== 'fetch') return event
    const { content, epoch } = event.answer
    const { log } = this.#options
    if (content.type !== 'records' || content.records === null || content.offset !== log.logEndOffset) return event
    const records = whatFollows(content.records, { offset: log.logEndOffset, lastEpoch: latestEpochOf(log) ?? 0, leaderEpoch: epoch })
    if (records === null) {
      this.#noteDamage(event.from)
      return { type: 'unanswered', from: event.from, id: event.id, unsupported: false, isGone: false }
    }
    if (records.length > 0) this.#noteGood()
    return { ...event, answer: { ...event.answer, content: { ...content, records } } }
  }

  /** Leaves no half of a snapshot behind. Rejects with `DiskError`. */
  close(): Promise<void> {
    return this.#incoming.drop()
  }

  #tellOfVoters(voters: VoterSet): void {
    const { core, logger } = this.#options
    const ids = (set: VoterSet) => set.map(({ id }) => id).sort((a, b) => a - b)
    logger.info('the voters of the metadata quorum change', { before: ids(core.voters), voters: ids(voters) })
  }

  /** Once may be an answer that came too late. */
  #noteDamage(from: number): void {
    this.#damagedCount++
    if (this.#damagedCount !== TOLD_DAMAGE) return
    const { logger, log } = this.#options
    logger.error(
      'records of the metadata log that the leader of the quorum sends are damaged; they are fetched again, and meanwhile this node learns of no change',
      {
        leader: from,
        offset: log.logEndOffset,
        advice: 'if it stays so, look at the disk of the leader: when that node is stopped, another controller leads',
      },
    )
  }

  #noteGood(): void {
    if (this.#damagedCount >= TOLD_DAMAGE)
      this.#options.logger.info('the leader of the quorum sends good records again', { offset: this.#options.log.logEndOffset })
    this.#damagedCount = 0
  }

  async #persist(state: ElectionState): Promise<void> {
    const { log, ports, core, logger } = this.#options
    if (state.epoch > this.#rememberedEpoch) warnOfLastEpochs(state.epoch, logger)
    this.#rememberedEpoch = state.epoch
    const voterIds = core.voters.map((voter) => voter.id)
    const content = encodeElectionState(state, core.kraftVersion, voterIds)
    await ports.disk.writeFileAtomic(`${log.directory}/${QUORUM_STATE_FILE}`, content)
  }

  /** The first batch of an epoch. */
  #openEpoch({ epoch, leaderId, voterIds, grantingVoterIds, named }: Extract<RaftEffect, { type: 'open-epoch' }>): void {
    const { log, writer } = this.#options
    log.assignEpochStartOffset(epoch, log.logEndOffset)
    const leaderChange = { type: 'leader-change', leaderId, voterIds, grantingVoterIds } as const
    const naming =
      named === null ? [] : [{ type: 'kraft-version', kraftVersion: named.kraftVersion } as const, { type: 'voters', voters: named.voters } as const]
    writer.appendControl(epoch, [leaderChange, ...naming])
    this.#openedEpoch = epoch
  }

  #append(records: Buffer): void {
    const { core, driver } = this.#options
    driver.enqueueNext({ type: 'appended', voters: this.#follower.append(records, core.epoch, core) })
  }

  async #truncate(endOffset: number): Promise<void> {
    await this.#follower.truncateTo(endOffset)
    this.#options.driver.enqueueNext({ type: 'truncated' })
  }

  /** The log is behind what its leader still has: it goes on behind the snapshot, and the state machine with it. */
  async #install(id: SnapshotId): Promise<void> {
    const { log, flusher, quorum, driver } = this.#options
    const content = await this.#incoming.install(id)
    const cut = log.truncateFullyAndStartAt(id.offset)
    flusher.noteStart(id.offset)
    this.deliverSnapshot(id, content)
    await cut
    await quorum.snapshots.removeBefore(id)
    driver.enqueueNext({ type: 'snapshot-installed', id, voters: votersOf(id, content) })
  }
}

function votersOf(id: SnapshotId, { voters, kraftVersion }: SnapshotContent<unknown>): VoterEntry | null {
  return voters === null ? null : { offset: id.offset - 1, voters, kraftVersion: kraftVersion ?? 0 }
}
