import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type Deferred, deferred } from '../../base/deferred.ts'
import type { AnswerHead, FetchAnswer, FetchSnapshotAnswer, RaftAnswer, RaftRequest } from '../core/messages.ts'
import type { RaftLog } from '../raft-log.ts'
import type { RequestExtras } from '../raft-server.ts'
import type { SnapshotStore } from '../snapshot-store.ts'
import { refusedAnswer } from './refused-answer.ts'

export interface RequestDeskOptions {
  readonly log: Pick<RaftLog, 'read' | 'readAsync'>
  readonly snapshots: Pick<SnapshotStore<unknown>, 'readPiece'>
  /** What this node says of itself where it answers without the core. */
  readonly head: () => Omit<AnswerHead, 'errorCode'>
  readonly ask: (id: number, request: RaftRequest) => void
  /** Nobody waits for the answer any more. */
  readonly withdraw: (id: number) => void
}

/** Requests that wait for an answer; one more is refused, and the peer asks again. */
export const MAX_OPEN_REQUESTS = 2000
/** Of one answer, whatever a peer allows. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024

interface Open {
  readonly request: RaftRequest
  readonly extras: RequestExtras
  readonly answered: Deferred<RaftAnswer>
  /** A connection outlives its requests: nothing of them stays with its signal. */
  readonly stopListening: () => void
}

/** Requests of others on their way to the core and back. What an answer holds of log and snapshots is put in here. */
export class RequestDesk {
  readonly #options: RequestDeskOptions
  readonly #open = new Map<number, Open>()
  #nextId = 1
  #isClosed = false

  constructor(options: RequestDeskOptions) {
    this.#options = options
  }

  /** @param signal aborted when nobody waits for the answer any more: then it is refused at once, and forgotten */
  handle(request: RaftRequest, extras: RequestExtras, signal?: AbortSignal): Promise<RaftAnswer> {
    if (this.#isClosed || this.#open.size >= MAX_OPEN_REQUESTS || signal?.aborted) return Promise.resolve(this.refusal(request))
    const id = this.#nextId++
    const answered = deferred<RaftAnswer>()
    const onAbort = () => this.#withdraw(id)
    signal?.addEventListener('abort', onAbort)
    this.#open.set(id, { request, extras, answered, stopListening: () => signal?.removeEventListener('abort', onAbort) })
    this.#options.ask(id, request)
    return answered.promise
  }

  reply(id: number, answer: RaftAnswer): void {
    const open = this.#take(id)
    open?.answered.resolve(this.#filled(answer, open.extras))
  }

  /** Nobody answers any more: what is open is refused, and all that comes. */
  close(): void {
    this.#isClosed = true
    for (const id of [...this.#open.keys()]) this.#refuse(id)
  }

  /** Says where this node is, and that it is to be asked again. */
  refusal(request: RaftRequest): RaftAnswer {
    return refusedAnswer(request, { ...this.#options.head(), errorCode: ErrorCode.BROKER_NOT_AVAILABLE })
  }

  #withdraw(id: number): void {
    this.#refuse(id)
    this.#options.withdraw(id)
  }

  #refuse(id: number): void {
    const open = this.#take(id)
    open?.answered.resolve(this.refusal(open.request))
  }

  #take(id: number): Open | undefined {
    const open = this.#open.get(id)
    if (!this.#open.delete(id)) return undefined
    open?.stopListening()
    return open
  }

  #filled(answer: RaftAnswer, { maxBytes }: RequestExtras): RaftAnswer | Promise<RaftAnswer> {
    const bound = Math.min(maxBytes, MAX_ANSWER_BYTES)
    if (answer.type === 'fetch') return this.#withRecords(answer, Math.max(1, bound))
    return answer.type === 'fetch-snapshot' && answer.errorCode === ErrorCode.NONE ? this.#withPiece(answer, bound) : answer
  }

  /** A log that was cut meanwhile gives nothing: the next fetch finds out. */
  async #withRecords(answer: FetchAnswer, maxBytes: number): Promise<RaftAnswer> {
    const { content } = answer
    if (content.type !== 'records' || content.records !== null) return answer
    const { log } = this.#options
    const options = { maxBytes, minOneBatch: true, upTo: 'log-end' } as const
    const read = log.read(content.offset, options) ?? (await log.readAsync(content.offset, options))
    return { ...answer, content: { ...content, records: read.kind === 'read' ? read.records : NO_RECORDS } }
  }

  async #withPiece(answer: FetchSnapshotAnswer, maxBytes: number): Promise<RaftAnswer> {
    const bytes = await this.#options.snapshots.readPiece(answer.snapshotId, answer.position, maxBytes)
    return bytes === null ? { ...answer, errorCode: ErrorCode.SNAPSHOT_NOT_FOUND } : { ...answer, bytes }
  }
}

const NO_RECORDS = Buffer.alloc(0)
