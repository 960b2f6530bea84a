import { assert } from '../../base/assert.ts'
import type { VoterSet } from '../voter-set.ts'
import { onAnswer, onUnanswered } from './answers.ts'
import { doWhatIsDue, roleDeadlineMs } from './due-work.ts'
import type { RaftEffect, RaftEvent, VoterEntry } from './effects.ts'
import { answerVote, goForward, wantToLead } from './elections.ts'
import { answerBeginEpoch, answerEndEpoch, tellEnd } from './epochs.ts'
import { commitAsFollower, onSnapshotInstalled } from './follow.ts'
import type { LeaderProgress } from './leader-progress.ts'
import type { RaftRequest } from './messages.ts'
import { RaftState, type RaftStateOptions } from './raft-state.ts'
import type { Role } from './roles.ts'
import { FetchServer } from './serve-fetch.ts'
import { VoterChanges } from './voter-changes.ts'
import { VoterHistory } from './voter-history.ts'

/**
 * The decisions of one node of the metadata quorum: whose epoch it is, who leads, what is committed, who votes. Pure: events
 * and the time in, effects out, in the order in which they must happen; all chance is drawn from `random`. It sees the log
 * through `LogView` and changes it only through effects.
 *
 * - A quorum of one is this core with one voter: its own vote elects it, and its own flush commits.
 * - Nothing leaves the node that relies on an election state, or on records, which a crash could take back.
 * - After every event comes the work that is due (`due-work.ts`), and `deadlineMs` says when the next is.
 *
 * Source: KIP-595 (the protocol), KIP-996 (pre-vote), KIP-853 (voters that change), KIP-630 (snapshots).
 */
export interface RaftCoreOptions extends Omit<RaftStateOptions, 'history'> {
  /** Of the settings, or of what formatting wrote. */
  readonly voters: VoterSet
  readonly kraftVersion: number
  /** Those that the log names, in order. */
  readonly voterEntries: readonly VoterEntry[]
}

export class RaftCore {
  readonly #state: RaftState
  readonly #fetches: FetchServer
  readonly #changes: VoterChanges
  #isStarted = false

  constructor(options: RaftCoreOptions) {
    const history = new VoterHistory({ voters: options.voters, kraftVersion: options.kraftVersion })
    for (const entry of options.voterEntries) history.add(entry)
    this.#state = new RaftState({ ...options, history })
    this.#fetches = new FetchServer(this.#state)
    this.#changes = new VoterChanges(this.#state)
  }

  get epoch(): number {
    return this.#state.epoch
  }

  get role(): Role['role'] {
    return this.#state.role.role
  }

  /** As `voters` say it of this id with this directory. */
  get isVoter(): boolean {
    return this.#state.isVoter
  }

  /** null while no leader of the epoch is known. */
  get leaderId(): number | null {
    return this.#state.leaderId
  }

  /** Whom this node voted for in its epoch; null for nobody. */
  get votedId(): number | null {
    return this.#state.election.voted?.id ?? null
  }

  get highWatermark(): number {
    return this.#state.highWatermark
  }

  /** Whether all is committed here that was when this node last heard of it: as leader in its own epoch, else from the leader. */
  get isCaughtUp(): boolean {
    const { role, highWatermark } = this.#state
    if (role.role === 'leader') return role.progress.committedOffset !== null
    return role.role === 'follower' && role.leaderHighWatermark > 0 && highWatermark >= role.leaderHighWatermark
  }

  /** The voters and the level that hold below an offset which is committed. */
  votersBelow(offset: number): Omit<VoterEntry, 'offset'> {
    return this.#state.history.votersBelow(offset)
  }

  /** As the log names them last, committed or not. */
  get voters(): VoterSet {
    return this.#state.voters
  }

  /** False while they stand in the settings, or in what formatting wrote, alone. */
  get hasNamedVoters(): boolean {
    return this.#state.history.latestOffset !== null
  }

  get kraftVersion(): number {
    return this.#state.history.kraftVersion
  }

  /** In a static quorum: its voters with their directories, where this leader knows all of them; else null. */
  get heardVoters(): VoterSet | null {
    const { role, voters, own } = this.#state
    if (role.role !== 'leader' || own === null) return null
    const heard = voters.flatMap(({ id }) => (id === own.id ? [own] : (role.heardVoters.get(id) ?? [])))
    return heard.length === voters.length ? heard : null
  }

  /** What this leader knows of the others; null when this node does not lead. */
  get progress(): Pick<LeaderProgress, 'voters' | 'observers' | 'committedOffset' | 'knownOffsetOf'> | null {
    return this.#state.role.role === 'leader' ? this.#state.role.progress : null
  }

  /** When `tick` has something to do; infinite when nothing but an event can bring that. */
  get deadlineMs(): number {
    const state = this.#state
    if (state.isStopped || !this.#isStarted) return Number.POSITIVE_INFINITY
    return Math.min(roleDeadlineMs(state), state.links.deadlineMs(state.nowMs), this.#fetches.deadlineMs, this.#changes.deadlineMs)
  }

  /** @param nowMs monotonic: for durations only */
  step(event: RaftEvent, nowMs: number): readonly RaftEffect[] {
    this.#state.nowMs = Math.max(this.#state.nowMs, nowMs)
    this.#state.links.expire(this.#state.nowMs)
    this.#handle(event)
    if (this.#isStarted && !this.#state.isStopped) doWhatIsDue(this.#state, this.#changes)
    this.#fetches.serveWaiting()
    this.#changes.settle()
    return this.#state.takeEffects()
  }

  #handle(event: RaftEvent): void {
    const state = this.#state
    switch (event.type) {
      case 'start':
        this.#start()
        return
      case 'tick':
        return
      case 'request':
        this.#serve(event.id, event.request)
        return
      case 'answer':
        if (state.links.close(event.from, event.id)) onAnswer(state, event.from, event.answer)
        return
      case 'unanswered':
        if (state.links.close(event.from, event.id)) onUnanswered(state, event)
        return
      case 'truncated':
        state.isLogChanging = false
        return
      case 'appended':
        state.isLogChanging = false
        this.#onVoters(event.voters)
        return
      case 'flushed':
        assert(event.endOffset <= state.log.logEndOffset, 'nothing is flushed that was not appended')
        state.flushedOffset = Math.max(state.flushedOffset, event.endOffset)
        this.#fetches.noteFlushed(state.flushedOffset)
        commitAsFollower(state)
        return
      case 'versions':
        this.#changes.onVersions(event.id, event.errorCode, event.range)
        return
      case 'snapshot-installed':
        onSnapshotInstalled(state, event.id, event.voters)
        return
      case 'withdrawn':
        this.#fetches.forget(event.id)
        return
      case 'resign':
        if (state.role.role === 'leader') state.role.resigns = true
        return
      case 'stop':
        this.#stop()
        return
    }
  }

  #start(): void {
    assert(!this.#isStarted, 'a node starts once')
    this.#isStarted = true
    this.#state.recover()
    // With nobody else to ask, nothing is waited for.
    if (this.#state.isOnlyVoter && this.#state.mayStand && this.#state.role.role !== 'candidate') wantToLead(this.#state)
    else goForward(this.#state)
  }

  /** A leader that stops tells the others as it goes. */
  #stop(): void {
    const state = this.#state
    if (state.role.role === 'leader') state.becomeResigned(state.role)
    if (state.role.role === 'resigned') tellEnd(state, state.role)
    state.isStopped = true
  }

  #serve(id: number, request: RaftRequest): void {
    const state = this.#state
    switch (request.type) {
      case 'vote':
        state.emit({ type: 'reply', id, answer: answerVote(state, request) })
        return
      case 'begin-epoch':
        state.emit({ type: 'reply', id, answer: answerBeginEpoch(state, request) })
        return
      case 'end-epoch':
        state.emit({ type: 'reply', id, answer: answerEndEpoch(state, request) })
        return
      case 'fetch':
        this.#fetches.serve(id, request)
        return
      case 'fetch-snapshot':
        state.emit({ type: 'reply', id, answer: this.#fetches.serveSnapshot(request) })
        return
      case 'add-voter':
      case 'remove-voter':
      case 'update-voter':
        this.#changes.serve(id, request)
        return
    }
  }

  #onVoters(entries: readonly VoterEntry[]): void {
    const state = this.#state
    for (const entry of entries) state.history.add(entry)
    if (entries.length > 0 && state.role.role === 'leader') state.role.progress.changeVoters(state.voters, state.nowMs)
  }
}
