/**
 * Notices clients that ask where the brokers are and then do not come to the address that they were told: most often it means
 * nothing on their side, and all that they report is a time-out. One line in the log says who, what it was told and what to do.
 *
 * Every client of Kafka opens a connection of its own to the address that it is told, even where that is the one it asked.
 * So one is taken for lost only if it has asked for nothing but the cluster, its connection is open still, and nothing newer
 * is there from its host: after asking again and again, as those do whose connections fail, or after a while. Left alone are
 * those who ask and leave (`kcat -L`), who were surely told something that leads here, and whose questions come on the
 * connection that they made to what they were told: the one before it has fallen silent.
 */
import type { Clock, Endpoint, Timer, Timers } from '../base/ports.ts'
import { formatHostPort } from '../config/values/host-port.ts'
import type { Logger } from '../telemetry/logger.ts'
import { isLoopback } from './told-addresses.ts'

const RETRY_ASKS = 3
const RETRY_MS = 2_000
const SILENCE_MS = 30_000
/** Connections watched at a time; of more that come within `SILENCE_MS` the later ones are not. */
const MAX_WATCHED = 100
/** Clients of which the log tells, in the life of a node. */
const MAX_LINES = 100
/** Clients known to be well; of more, those found first may be watched again. */
const MAX_WELL = 1_000

export interface AskingClient {
  readonly connectionId: number
  readonly clientId: string
  readonly remote: Endpoint
  /** The address of this machine to which it came. */
  readonly local: Endpoint
}

/** A connection that is open. */
export interface Visit {
  /** A request came on it that is more than a question about the cluster. */
  readonly hasWorked: boolean
  /** Of the connections that are open, none came later from the same host. */
  readonly isNewestOfHost: boolean
}

export interface LostClientsOptions {
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** null: it is closed. */
  visitOf(connectionId: number): Visit | null
}

interface Asks {
  count: number
  lastMs: number
}

interface Watched extends AskingClient {
  readonly told: Endpoint
  readonly asks: Asks
  /**
   * Of the client on its connection before this one, if that was watched. Nothing else of it: each knows the one before, and
   * all would be kept of a client that comes and leaves for ever.
   */
  readonly previousAsks: Asks | null
  readonly firstAskMs: number
  readonly timer: Timer
}

/** See the head of this file. */
export class LostClients implements Disposable {
  readonly #options: LostClientsOptions
  readonly #watched = new Map<number, Watched>()
  /** By name: who came, or was told of in the log. */
  readonly #well = new Set<string>()
  #lines = 0

  constructor(options: LostClientsOptions) {
    this.#options = options
  }

  /** @param told where the only broker of the cluster, this one, is by our answer */
  asked(client: AskingClient, told: Endpoint): void {
    if (leadsHere(client, told)) return
    const watched = this.#watched.get(client.connectionId) ?? this.#watch(client, told)
    if (watched === null) return
    const { asks, firstAskMs } = watched
    asks.count++
    asks.lastMs = this.#options.clock.monotonicMs()
    if (asks.count >= RETRY_ASKS && asks.lastMs - firstAskMs >= RETRY_MS) this.#judge(watched)
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#watched.values()) timer.cancel()
    this.#watched.clear()
  }

  #watch({ connectionId, clientId, remote, local }: AskingClient, told: Endpoint): Watched | null {
    const name = nameOf({ remote, clientId })
    if (this.#watched.size >= MAX_WATCHED || this.#lines >= MAX_LINES || this.#well.has(name)) return null
    const previousAsks = [...this.#watched.values()].findLast((other) => nameOf(other) === name)?.asks ?? null
    const firstAskMs = this.#options.clock.monotonicMs()
    const asks = { count: 0, lastMs: firstAskMs }
    const timer = this.#options.timers.schedule(SILENCE_MS, () => this.#judge(watched))
    const watched: Watched = { connectionId, clientId, remote, local, told, asks, previousAsks, firstAskMs, timer }
    this.#watched.set(connectionId, watched)
    return watched
  }

  #judge(watched: Watched): void {
    watched.timer.cancel()
    this.#watched.delete(watched.connectionId)
    const visit = this.#options.visitOf(watched.connectionId)
    // It left: that says nothing of whether it could have come.
    if (visit === null || this.#well.has(nameOf(watched))) return
    const hasCome = watched.previousAsks !== null && watched.previousAsks.lastMs <= watched.firstAskMs
    if (visit.isNewestOfHost && !visit.hasWorked && !hasCome) this.#warn(watched)
    if (visit.isNewestOfHost || visit.hasWorked) this.#remember(nameOf(watched))
  }

  #warn({ remote, clientId, local, told }: Watched): void {
    this.#lines++
    const toldAddress = formatHostPort(told.host, told.port)
    this.#options.logger.warn('a client asked where to connect and has not come to the address that it was told: perhaps it cannot reach it', {
      client: remote.host,
      clientId,
      told: toldAddress,
      cameTo: formatHostPort(local.host, local.port),
      advice: `set advertised.listeners to an address by which clients reach this node; odradek doctor, run where the client is, says whether ${toldAddress} is reached`,
    })
  }

  #remember(name: string): void {
    if (this.#well.size >= MAX_WELL) this.#well.delete(this.#well.values().next().value as string)
    this.#well.add(name)
  }
}

/** It came by this address itself, or is on this machine and was told so. */
function leadsHere({ remote, local }: AskingClient, told: Endpoint): boolean {
  if (told.port !== local.port) return false
  return told.host === local.host || (isLoopback(told.host) && isLoopback(remote.host))
}

function nameOf({ remote, clientId }: Pick<AskingClient, 'remote' | 'clientId'>): string {
  return `${remote.host}\0${clientId}`
}
