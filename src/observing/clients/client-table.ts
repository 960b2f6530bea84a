import { shortText } from '../short-text.ts'
import { ClientFigures } from './client-figures.ts'

/** Of a client id of which nothing was heard for this long nothing is shown. */
export const CLIENT_EXPIRY_MS = 600_000
/** While the table is full, it is looked through for who has expired this often. */
const SWEEP_INTERVAL_MS = 10_000
/** Of a longer client id this much is shown; those that begin alike are told together. */
export const MAX_SHOWN_LENGTH = 256
/** The name of those that found no place. */
export const OTHER_CLIENTS = 'other'
/** The name of those that gave none. */
export const NAMELESS_CLIENTS = '(none)'
/** Stands before a client id that would be taken for one of these names, or for such an id with this before it. */
const ESCAPE = '~'
const NEEDS_ESCAPE = new RegExp(`^${ESCAPE}*(?:other|\\(none\\))$`)

/**
 * Clients by their ids, as they produce and consume. Bounded: whoever finds no place is counted with the others that have
 * found none, until one has been silent for `CLIENT_EXPIRY_MS`.
 */
export class ClientTable {
  readonly #maxClients: () => number
  readonly #clients = new Map<string, ClientFigures>()
  /** Of those that found no place; null while there are none. */
  #others: ClientFigures | null = null
  #sweptAtMs = Number.NEGATIVE_INFINITY

  constructor(maxClients: () => number) {
    this.#maxClients = maxClients
  }

  /** The figures of a client that asks for something now; for its request alone. */
  of(clientId: string, nowMs: number): ClientFigures {
    const id = shortText(clientId, MAX_SHOWN_LENGTH)
    const known = this.#clients.get(id)
    if (known === undefined) return this.#added(id, nowMs)
    known.lastSeenMs = nowMs
    return known
  }

  /** Who was heard of late, by the name that is shown; each has its own. */
  *shown(nowMs: number): Iterable<readonly [name: string, figures: ClientFigures]> {
    this.#sweep(nowMs)
    for (const [clientId, figures] of this.#clients) yield [nameOf(clientId), figures]
    if (this.#others !== null) yield [OTHER_CLIENTS, this.#others]
  }

  #added(id: string, nowMs: number): ClientFigures {
    const isFull = this.#clients.size >= this.#maxClients()
    if (isFull && nowMs - this.#sweptAtMs >= SWEEP_INTERVAL_MS) this.#sweep(nowMs)
    if (this.#clients.size >= this.#maxClients()) return this.#other(nowMs)
    const figures = new ClientFigures(nowMs)
    this.#clients.set(id, figures)
    return figures
  }

  #other(nowMs: number): ClientFigures {
    this.#others ??= new ClientFigures(nowMs)
    this.#others.lastSeenMs = nowMs
    return this.#others
  }

  #sweep(nowMs: number): void {
    this.#sweptAtMs = nowMs
    for (const [id, figures] of this.#clients) if (isExpired(figures, nowMs)) this.#clients.delete(id)
    if (this.#others !== null && isExpired(this.#others, nowMs)) this.#others = null
  }
}

function isExpired({ lastSeenMs }: ClientFigures, nowMs: number): boolean {
  return nowMs - lastSeenMs >= CLIENT_EXPIRY_MS
}

function nameOf(clientId: string): string {
  if (clientId === '') return NAMELESS_CLIENTS
  return NEEDS_ESCAPE.test(clientId) ? `${ESCAPE}${clientId}` : clientId
}
