import { ErrorCode } from '../../../protocol/error-codes.ts'
import { compareSnapshots } from '../snapshot-name.ts'
import type { LeaderProgress } from './leader-progress.ts'
import { BOOTSTRAP, checkFetchPosition, type FetchPosition } from './log-view.ts'
import type { FetchAnswer, FetchContent, FetchRequest, FetchSnapshotAnswer, FetchSnapshotRequest } from './messages.ts'
import { answerHead, refusalOfLeader } from './peers.ts'
import type { RaftState } from './raft-state.ts'

/** Fetches that have all there is wait here for more. One more than this is answered at once. */
export const MAX_WAITING_FETCHES = 1000

interface WaitingFetch {
  readonly id: number
  readonly request: FetchRequest
  readonly deadlineMs: number
}

/**
 * The leader's side of Fetch. A fetch tells how far a replica is, and by that what is committed; its answer brings
 * records and the high watermark, or says where the replica's log parts from the leader's. Source: KIP-595, KIP-630, KIP-1166.
 */
export class FetchServer {
  readonly #state: RaftState
  #waiting: WaitingFetch[] = []

  constructor(state: RaftState) {
    this.#state = state
  }

  /** When the next waiting fetch is answered whatever happens; infinite when none waits. */
  get deadlineMs(): number {
    return this.#waiting.reduce((earliest, { deadlineMs }) => Math.min(earliest, deadlineMs), Number.POSITIVE_INFINITY)
  }

  serve(id: number, request: FetchRequest): void {
    const answer = this.#answer(request)
    const waits = isEmpty(answer) && !isNews(answer, request) && request.maxWaitMs > 0 && this.#waiting.length < MAX_WAITING_FETCHES
    if (waits) this.#waiting.push({ id, request, deadlineMs: this.#state.nowMs + request.maxWaitMs })
    else this.#state.emit({ type: 'reply', id, answer })
  }

  /** Answers those for whom there is something by now, whose time is over, or who ask the wrong node by now. */
  serveWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const fetch of waiting) {
      const answer = this.#reply(fetch.request)
      const isDue = !isEmpty(answer) || isNews(answer, fetch.request) || fetch.deadlineMs <= this.#state.nowMs
      if (isDue) this.#state.emit({ type: 'reply', id: fetch.id, answer })
      else this.#waiting.push(fetch)
    }
  }

  /** Nobody waits for its answer any more. */
  forget(id: number): void {
    this.#waiting = this.#waiting.filter((fetch) => fetch.id !== id)
  }

  /** The leader's own log is durable below `endOffset`. */
  noteFlushed(endOffset: number): void {
    const { role } = this.#state
    if (role.role !== 'leader') return
    role.progress.noteOwnEnd(endOffset)
    this.#commit(role.progress)
  }

  serveSnapshot(request: FetchSnapshotRequest): FetchSnapshotAnswer {
    const { snapshotId, position } = request
    // What formatting wrote is of each node alone.
    const offered = this.#state.log.snapshots.filter(({ id }) => compareSnapshots(id, BOOTSTRAP) > 0)
    const stored = offered.find(({ id }) => compareSnapshots(id, snapshotId) === 0)
    const errorCode = this.#refusalOfSnapshot(request, stored?.sizeBytes ?? null)
    const { role, nowMs } = this.#state
    if (errorCode === ErrorCode.NONE && role.role === 'leader') role.progress.noteSnapshotFetch(request.replica, nowMs)
    const sizeBytes = stored?.sizeBytes ?? 0
    return { type: 'fetch-snapshot', ...answerHead(this.#state, errorCode), snapshotId, position, sizeBytes, bytes: null }
  }

  /** What a fetch says of its replica counts once, when it comes. */
  #answer(request: FetchRequest): FetchAnswer {
    const { role, log, nowMs } = this.#state
    const errorCode = this.#refusal(request)
    if (errorCode !== ErrorCode.NONE || role.role !== 'leader') return this.#empty(errorCode, request)
    const position = checkFetchPosition(log, request.offset, request.lastFetchedEpoch)
    if (position.type === 'valid') this.#noteFetch(role.progress, request, nowMs)
    return this.#contentAt(position, request)
  }

  #reply(request: FetchRequest): FetchAnswer {
    const errorCode = this.#refusal(request)
    if (errorCode !== ErrorCode.NONE) return this.#empty(errorCode, request)
    return this.#contentAt(checkFetchPosition(this.#state.log, request.offset, request.lastFetchedEpoch), request)
  }

  #noteFetch(progress: LeaderProgress, request: FetchRequest, nowMs: number): void {
    if (request.replica.id < 0) return
    progress.noteFetch(request.replica, request.offset, this.#state.log.logEndOffset, nowMs)
    progress.noteKnown(request.replica, request.offset, request.highWatermark)
    this.#commit(progress)
  }

  #commit(progress: LeaderProgress): void {
    const { committedOffset } = progress
    if (committedOffset !== null) this.#state.commitTo(committedOffset)
  }

  #refusal(request: FetchRequest): number {
    const { offset, lastFetchedEpoch, epoch, maxWaitMs, replica } = request
    const isWrong = maxWaitMs < 0 || offset < 0 || lastFetchedEpoch < 0 || lastFetchedEpoch > epoch || epoch < 0
    const errorCode = isWrong ? ErrorCode.INVALID_REQUEST : refusalOfLeader(this.#state, epoch)
    if (errorCode !== ErrorCode.NONE) return errorCode
    // Two nodes of one id: what the other has must not count for this one.
    return replica.id === this.#state.self.id ? ErrorCode.UNKNOWN_SERVER_ERROR : ErrorCode.NONE
  }

  #refusalOfSnapshot(request: FetchSnapshotRequest, sizeBytes: number | null): number {
    const errorCode = refusalOfLeader(this.#state, request.epoch)
    if (errorCode !== ErrorCode.NONE) return errorCode
    if (sizeBytes === null) return ErrorCode.SNAPSHOT_NOT_FOUND
    return request.position < 0 || request.position >= sizeBytes ? ErrorCode.POSITION_OUT_OF_RANGE : ErrorCode.NONE
  }

  #contentAt(position: FetchPosition, request: FetchRequest): FetchAnswer {
    const answer = this.#empty(ErrorCode.NONE, request)
    switch (position.type) {
      case 'valid':
        return answer
      case 'diverging':
        return { ...answer, content: { type: 'diverging', epoch: position.end.epoch, endOffset: position.end.offset } }
      case 'snapshot':
        return { ...answer, content: { type: 'snapshot', id: position.id } }
    }
  }

  #empty(errorCode: number, { offset }: FetchRequest): FetchAnswer {
    const { log, highWatermark, role } = this.#state
    const isLogEnd = errorCode !== ErrorCode.NONE || offset >= log.logEndOffset
    const content: FetchContent = { type: 'records', offset, records: isLogEnd ? NO_RECORDS : null }
    // More may be committed than a new leader knows before its own epoch is: who takes its word for all would begin with what is over. Source: KIP-595.
    const isKnown = errorCode === ErrorCode.NONE && role.role === 'leader' && role.progress.committedOffset !== null
    const known = isKnown ? highWatermark : null
    return { type: 'fetch', ...answerHead(this.#state, errorCode), highWatermark: known, logStartOffset: log.logStartOffset, content }
  }
}

const NO_RECORDS = Buffer.alloc(0)

/** Nothing but the end of the log. */
function isEmpty({ errorCode, content }: FetchAnswer): boolean {
  return errorCode === ErrorCode.NONE && content.type === 'records' && content.records !== null
}

/** The replica does not know the high watermark yet. */
function isNews({ highWatermark }: FetchAnswer, request: FetchRequest): boolean {
  return request.highWatermark !== null && highWatermark !== null && highWatermark > request.highWatermark
}
