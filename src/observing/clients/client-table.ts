import { ClientFigures } from './client-figures.ts'

/** Of a client id of which nothing was heard for this long nothing is shown. */
export const CLIENT_EXPIRY_MS = 600_000
/** While the table is full, it is looked through for who has expired this often. */
const SWEEP_INTERVAL_MS = 10_000
/** The name of those that found no place. */
export const OTHER_CLIENTS = 'other'
/** The name of those that gave none. */
export const NAMELESS_CLIENTS = '(none)'

/**
 * Clients by their ids, as they produce and consume. Bounded: whoever finds no place is counted with the others that have
 * found none, until one has been silent for `CLIENT_EXPIRY_MS`.
 */
export class ClientTable {
  readonly #maxClients: () => number
  readonly #clients = new Map<string, ClientFigures>()
  #sweptAtMs = Number.NEGATIVE_INFINITY

  constructor(maxClients: () => number) {
    this.#maxClients = maxClients
  }

  /** The figures of a client that asks for something now; for its request alone. */
  of(clientId: string, nowMs: number): ClientFigures {
    const known = this.#clients.get(clientId)
    if (known === undefined) return this.#added(clientId, nowMs)
    known.lastSeenMs = nowMs
    return known
  }

  /** Who was heard of late, by the name that is shown. */
  *shown(nowMs: number): Iterable<readonly [name: string, figures: ClientFigures]> {
    this.#sweep(nowMs)
    for (const [clientId, figures] of this.#clients) yield [clientId === '' ? NAMELESS_CLIENTS : clientId, figures]
  }

  #added(clientId: string, nowMs: number): ClientFigures {
    const isFull = this.#clients.size >= this.#maxClients()
    if (isFull && nowMs - this.#sweptAtMs >= SWEEP_INTERVAL_MS) this.#sweep(nowMs)
    const shownAs = this.#clients.size >= this.#maxClients() ? OTHER_CLIENTS : clientId
    const figures = this.#clients.get(shownAs) ?? new ClientFigures(nowMs)
    figures.lastSeenMs = nowMs
    this.#clients.set(shownAs, figures)
    return figures
  }

  #sweep(nowMs: number): void {
    this.#sweptAtMs = nowMs
    for (const [clientId, { lastSeenMs }] of this.#clients) if (nowMs - lastSeenMs >= CLIENT_EXPIRY_MS) this.#clients.delete(clientId)
  }
}
