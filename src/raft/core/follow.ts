import { ErrorCode } from '../../../protocol/error-codes.ts'
import { compareSnapshots, type SnapshotId } from '../snapshot-name.ts'
import type { VoterEntry } from './effects.ts'
import { type LogEnd, truncationOffset } from './log-view.ts'
import type { FetchAnswer, FetchSnapshotAnswer } from './messages.ts'
import { sendTo } from './peers.ts'
import type { RaftState } from './raft-state.ts'
import type { Follower } from './roles.ts'

/** How long a leader may hold a fetch that has all there is. */
const MAX_FETCH_WAIT_MS = 500

/**
 * The replica's side of Fetch: followers, and all who look for a leader. A replica asks for more only when all that it has
 * is durable, since its fetch says so. Source: KIP-595, KIP-630.
 */
export function fetchFrom(state: RaftState, to: number): void {
  const { logEnd, self, epoch, highWatermark } = state
  if (state.isLogChanging || !state.isLogDurable) return
  sendTo(state, to, {
    type: 'fetch',
    replica: self,
    epoch,
    offset: logEnd.offset,
    lastFetchedEpoch: logEnd.epoch,
    highWatermark,
    maxWaitMs: MAX_FETCH_WAIT_MS,
  })
}

/** From the leader; from any other while that does not answer, since there may be a new one. */
export function fetchAsFollower(state: RaftState, role: Follower): void {
  if (state.links.isPaused(role.leaderId, state.nowMs)) fetchFromAny(state)
  else if (role.snapshot === null) fetchFrom(state, role.leaderId)
  else fetchSnapshot(state, role.leaderId, role.snapshot)
}

/**
 * One at a time, whoever may know: a configured server, and a voter where none is configured, or none of them answers: the
 * settings may be those of a node that has joined since, and the log knows better who is there.
 */
export function fetchFromAny(state: RaftState): void {
  const { bootstrapIds, voterIds, links, random } = state
  if (links.isAnyOpen) return
  const free = freeOf(state, bootstrapIds)
  const asked = free.length > 0 ? free : freeOf(state, voterIds)
  if (asked.length > 0) fetchFrom(state, asked[random.below(asked.length)] as number)
}

function freeOf({ links, self, nowMs }: RaftState, ids: readonly number[]): readonly number[] {
  return ids.filter((id) => id !== self.id && links.isFree(id, nowMs))
}

export function onFetchAnswer(state: RaftState, answer: FetchAnswer): void {
  const { role } = state
  if (role.role !== 'follower') return
  heardLeader(state, role)
  const { content } = answer
  switch (content.type) {
    case 'diverging':
      truncate(state, { offset: content.endOffset, epoch: content.epoch })
      return
    case 'snapshot':
      beginSnapshot(state, role, content.id)
      return
    case 'records':
      if (content.offset !== state.log.logEndOffset) return
      role.leaderHighWatermark = answer.highWatermark ?? 0
      if (content.records === null || content.records.length === 0) commitAsFollower(state)
      else append(state, content.records)
  }
}

/**
 * A leader whose process is gone is not waited for as one that is silent may be, where the settings say so, and another may be
 * elected in its place. The followers stand one after another, those first whose ids follow the leader's: the votes are not split.
 */
export function onNodeGone({ role, timings, nowMs, random, voterIds, self }: RaftState, id: number): void {
  const { connectionGraceMs } = timings
  if (role.role !== 'follower' || role.leaderId !== id || role.isLeaderGone || connectionGraceMs < 0) return
  role.isLeaderGone = true
  role.hasFetched = false
  const successors = inTurnAfter(id, voterIds)
  const turnMs = connectionGraceMs / Math.max(successors.length, 1)
  const delayMs = turnMs * (Math.max(successors.indexOf(self.id), 0) + 0.5) + random.below(Math.ceil(turnMs / 4))
  role.fetchDeadlineMs = Math.min(role.fetchDeadlineMs, nowMs + Math.floor(delayMs))
}

/** The other ids in a ring, from the one behind `id`. */
function inTurnAfter(id: number, ids: readonly number[]): readonly number[] {
  const others = ids.filter((other) => other !== id).sort((a, b) => a - b)
  return [...others.filter((other) => other > id), ...others.filter((other) => other < id)]
}

function heardLeader({ nowMs, timings }: RaftState, role: Follower): void {
  role.fetchDeadlineMs = nowMs + timings.fetchTimeoutMs
  role.hasFetched = true
  role.isLeaderGone = false
}

/** What the leader says is committed, as far as it is here and durable. */
export function commitAsFollower(state: RaftState): void {
  if (state.role.role === 'follower') state.commitTo(Math.min(state.role.leaderHighWatermark, state.flushedOffset))
}

export function onSnapshotAnswer(state: RaftState, answer: FetchSnapshotAnswer): void {
  const { role } = state
  if (role.role !== 'follower' || role.snapshot === null || role.snapshot.isInstalling) return
  const { snapshot } = role
  const isNext = compareSnapshots(answer.snapshotId, snapshot.id) === 0 && answer.position === snapshot.position
  if (!isNext || answer.bytes === null || answer.bytes.length === 0) return
  state.emit({ type: 'write-snapshot', id: snapshot.id, position: snapshot.position, bytes: answer.bytes })
  snapshot.position += answer.bytes.length
  heardLeader(state, role)
  if (snapshot.position < answer.sizeBytes) return
  snapshot.isInstalling = true
  state.emit({ type: 'install-snapshot', id: snapshot.id })
}

/** The leader has it no longer: the next fetch says which it has. */
export function onSnapshotRefused(state: RaftState, errorCode: number): void {
  const isGone = errorCode === ErrorCode.SNAPSHOT_NOT_FOUND || errorCode === ErrorCode.POSITION_OUT_OF_RANGE
  if (isGone && state.role.role === 'follower') state.role.snapshot = null
}

export function onSnapshotInstalled(state: RaftState, id: SnapshotId, voters: VoterEntry | null): void {
  state.history.truncateTo(0)
  if (voters !== null) state.history.add(voters)
  state.flushedOffset = state.log.logEndOffset
  if (state.role.role === 'follower') state.role.snapshot = null
  state.commitTo(id.offset)
}

function fetchSnapshot(state: RaftState, to: number, snapshot: NonNullable<Follower['snapshot']>): void {
  const { self, epoch } = state
  if (snapshot.isInstalling) return
  sendTo(state, to, { type: 'fetch-snapshot', replica: self, epoch, snapshotId: snapshot.id, position: snapshot.position })
}

function beginSnapshot(state: RaftState, role: Follower, id: SnapshotId): void {
  const isStored = state.log.snapshots.some((stored) => compareSnapshots(stored.id, id) === 0)
  if (isStored) state.links.pause(role.leaderId, state.nowMs)
  else role.snapshot = { id, position: 0, isInstalling: false }
}

function append(state: RaftState, records: Buffer): void {
  state.isLogChanging = true
  state.emit({ type: 'append', records })
}

function truncate(state: RaftState, leader: LogEnd): void {
  const endOffset = truncationOffset(state.log, leader)
  if (endOffset < state.highWatermark) {
    state.emit({
      type: 'halt',
      reason: `the leader's log ends epoch ${leader.epoch} at ${leader.offset}, and this node knows all below ${state.highWatermark} to be committed`,
    })
    return
  }
  state.noteTruncated(endOffset)
  state.isLogChanging = true
  state.emit({ type: 'truncate', endOffset })
}
