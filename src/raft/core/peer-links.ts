/** One request at a time to each node, and a pause after one that failed. */
interface PeerLink {
  /** null when nothing is under way. */
  requestId: number | null
  expiresMs: number
  pausedUntilMs: number
}

export interface LinkSettings {
  /** controller.quorum.request.timeout.ms */
  readonly requestTimeoutMs: number
  /** controller.quorum.retry.backoff.ms */
  readonly retryBackoffMs: number
}

/** Which request each node has to answer. Nodes that are asked are voters, leaders and configured servers: few. */
export class PeerLinks {
  readonly #settings: LinkSettings
  readonly #links = new Map<number, PeerLink>()
  #nextRequestId = 1

  constructor(settings: LinkSettings) {
    this.#settings = settings
  }

  /** Gives up what was not answered in time. Comes first whenever time has passed. */
  expire(nowMs: number): void {
    for (const [to, { requestId, expiresMs }] of this.#links) if (requestId !== null && expiresMs <= nowMs) this.pause(to, nowMs)
  }

  /** The id of a new request to this node; null while it may not be asked. */
  open(to: number, nowMs: number): number | null {
    if (!this.isFree(to, nowMs)) return null
    const requestId = this.#nextRequestId++
    this.#links.set(to, { requestId, expiresMs: nowMs + this.#settings.requestTimeoutMs, pausedUntilMs: 0 })
    return requestId
  }

  isFree(to: number, nowMs: number): boolean {
    const link = this.#links.get(to)
    return link === undefined || (link.requestId === null && link.pausedUntilMs <= nowMs)
  }

  /** It failed of late, and is left alone for a while. */
  isPaused(to: number, nowMs: number): boolean {
    return (this.#links.get(to)?.pausedUntilMs ?? 0) > nowMs
  }

  get isAnyOpen(): boolean {
    for (const link of this.#links.values()) if (link.requestId !== null) return true
    return false
  }

  /** False when this answer is not waited for: it is too late, or of a role that has ended. */
  close(from: number, requestId: number): boolean {
    const link = this.#links.get(from)
    if (link === undefined || link.requestId !== requestId) return false
    this.#links.delete(from)
    return true
  }

  pause(to: number, nowMs: number): void {
    this.#links.set(to, { requestId: null, expiresMs: 0, pausedUntilMs: nowMs + this.#settings.retryBackoffMs })
  }

  /** Nothing that is under way is waited for. */
  reset(): void {
    this.#links.clear()
  }

  /** When the next request expires or the next pause ends; infinite when there is none. */
  deadlineMs(nowMs: number): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const { requestId, expiresMs, pausedUntilMs } of this.#links.values()) {
      const end = requestId === null ? pausedUntilMs : expiresMs
      if (end > nowMs) earliest = Math.min(earliest, end)
    }
    return earliest
  }
}
