import type { Uuid } from '../../../protocol/uuid.ts'
import { shortText } from '../short-text.ts'
import { MAX_LABEL_LENGTH } from './pushed-names.ts'

/** A client that has not pushed for this many intervals may have to make room. */
const OVERDUE_INTERVALS = 2

export interface PushingClient {
  readonly clientInstanceId: Uuid
  readonly clientId: string
  readonly connectionId: number
  readonly pushIntervalMs: number
}

/** A client whose series are shown. */
export interface Owner {
  readonly clientInstanceId: Uuid
  readonly labels: ReadonlyMap<string, string>
  seriesCount: number
  /** Of the names and values of its series' labels. */
  labelCharacters: number
  /** It made room for another: its series go at the next sweep. */
  isGone: boolean
}

interface Place extends Owner {
  /** On which it pushed last; null when that is closed. */
  connectionId: number | null
  overdueAtMs: number
}

/**
 * Which of the clients that push are shown. There are so many places; a new client gets one that nobody has, or that of the client
 * that was silent longest of those whose connection is closed or that did not push when it was time. Where there is none it is not shown:
 * strangers with ever new ids push nobody out. A connection has one place, as a client of Kafka's pushes on one connection at a time.
 */
export class PushingClients {
  readonly #maxClients: () => number
  /** The one that pushed last stands last. */
  readonly #places = new Map<Uuid, Place>()
  readonly #byConnection = new Map<number, Place>()

  constructor(maxClients: () => number) {
    this.#maxClients = maxClients
  }

  get count(): number {
    return this.#places.size
  }

  /** The place of a client that pushes now; null: there is none for it. */
  ownerOf(client: PushingClient, nowMs: number): Owner | null {
    const { clientInstanceId, connectionId, pushIntervalMs } = client
    const before = this.#byConnection.get(connectionId)
    if (before !== undefined && before.clientInstanceId !== clientInstanceId) this.#leave(before)
    const place = this.#places.get(clientInstanceId) ?? this.#admitted(client, nowMs)
    if (place === null) return null
    if (place.connectionId !== null) this.#byConnection.delete(place.connectionId)
    place.connectionId = connectionId
    place.overdueAtMs = nowMs + OVERDUE_INTERVALS * pushIntervalMs
    this.#byConnection.set(connectionId, place)
    this.#places.delete(clientInstanceId)
    this.#places.set(clientInstanceId, place)
    return place
  }

  /** The client may come again on another one; it makes room from now on. */
  connectionClosed(connectionId: number): void {
    const place = this.#byConnection.get(connectionId)
    if (place === undefined) return
    place.connectionId = null
    this.#byConnection.delete(connectionId)
  }

  /** To be called when series are gone: who has none needs no place. */
  forgetIdle(): void {
    for (const place of [...this.#places.values()]) if (place.seriesCount === 0) this.#leave(place)
  }

  #admitted({ clientInstanceId, clientId }: PushingClient, nowMs: number): Place | null {
    if (!this.#hasRoom(nowMs)) return null
    const labels = { client_id: shortText(clientId, MAX_LABEL_LENGTH), client_instance_id: clientInstanceId }
    return {
      clientInstanceId,
      labels: new Map(Object.entries(labels)),
      seriesCount: 0,
      labelCharacters: 0,
      isGone: false,
      connectionId: null,
      overdueAtMs: Number.POSITIVE_INFINITY,
    }
  }

  #hasRoom(nowMs: number): boolean {
    if (this.#places.size < this.#maxClients()) return true
    for (const place of this.#places.values()) {
      if (place.connectionId !== null && place.overdueAtMs > nowMs) continue
      this.#leave(place)
      return this.#places.size < this.#maxClients()
    }
    return false
  }

  #leave(place: Place): void {
    place.isGone = true
    this.#places.delete(place.clientInstanceId)
    if (place.connectionId !== null) this.#byConnection.delete(place.connectionId)
  }
}
