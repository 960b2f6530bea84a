import { type Growth, TotalsWindow } from './totals-window.ts'

/** Over how long rates and means are taken, unless they are asked for more seldom, or the client is newer. */
export const CLIENT_WINDOW_MS = 60_000

/** What has gone through the node for one client id. Plain numbers that only grow, added to by those that serve requests. */
export class ClientFigures {
  /** Records that were written, and those that were refused. */
  recordsSent = 0
  recordErrors = 0
  /** Batches that were written, and their bytes. */
  batches = 0
  batchBytes = 0
  produceRequests = 0
  /** Milliseconds from taking a Produce request up until its answer was made. */
  produceMs = 0
  recordsConsumed = 0
  fetchRequests = 0
  /** Milliseconds that Fetch requests took, without those for which they waited for records to come. */
  fetchMs = 0
  lastSeenMs: number
  readonly #window: TotalsWindow
  #lag = 0
  #lagBefore = 0
  #lagSinceMs: number

  constructor(nowMs: number) {
    this.lastSeenMs = nowMs
    this.#lagSinceMs = nowMs
    this.#window = new TotalsWindow(CLIENT_WINDOW_MS, nowMs, this.#totals())
  }

  /** A fetch left the client this many records behind the end of a partition. */
  noteLag(records: number, nowMs: number): void {
    this.#passTime(nowMs)
    if (records > this.#lag) this.#lag = records
  }

  /** The most that a fetch of the last half to whole window left the client behind the end of a partition. */
  lag(nowMs: number): number {
    this.#passTime(nowMs)
    return Math.max(this.#lag, this.#lagBefore)
  }

  /** Since the newest sample that is a window old; in the order of `#totals`. */
  growth(nowMs: number): ClientGrowth {
    const { elapsedMs, totals } = this.#window.growth(nowMs, this.#totals())
    const [recordsSent, recordErrors, batches, batchBytes, produceRequests, produceMs, recordsConsumed, fetchRequests, fetchMs] = totals as ClientTotals
    return { elapsedMs, recordsSent, recordErrors, batches, batchBytes, produceRequests, produceMs, recordsConsumed, fetchRequests, fetchMs }
  }

  #totals(): ClientTotals {
    const { recordsSent, recordErrors, batches, batchBytes, produceRequests, produceMs, recordsConsumed, fetchRequests, fetchMs } = this
    return [recordsSent, recordErrors, batches, batchBytes, produceRequests, produceMs, recordsConsumed, fetchRequests, fetchMs]
  }

  #passTime(nowMs: number): void {
    const passedMs = nowMs - this.#lagSinceMs
    if (passedMs < CLIENT_WINDOW_MS / 2) return
    this.#lagBefore = passedMs < CLIENT_WINDOW_MS ? this.#lag : 0
    this.#lag = 0
    this.#lagSinceMs = nowMs
  }
}

type ClientTotals = readonly [number, number, number, number, number, number, number, number, number]

export interface ClientGrowth extends Pick<Growth, 'elapsedMs'> {
  readonly recordsSent: number
  readonly recordErrors: number
  readonly batches: number
  readonly batchBytes: number
  readonly produceRequests: number
  readonly produceMs: number
  readonly recordsConsumed: number
  readonly fetchRequests: number
  readonly fetchMs: number
}
