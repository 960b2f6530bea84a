import { assert } from '../base/assert.ts'
import { BufferPool } from '../base/buffer-pool.ts'
import type { Socket, Timer, Timers } from '../base/ports.ts'
import { type ConnectionEvent, connectionClosed, connectionOpened } from '../telemetry/channels.ts'
import { Admission, type Arrival } from './admission.ts'
import { Connection, type ConnectionHost } from './connection.ts'
import type { Dispatcher } from './dispatcher.ts'
import { type ListenerStats, listenerStats, type RefusalReason } from './listener-stats.ts'
import type { Visit } from './lost-clients.ts'
import type { RefusalLog } from './refusal-log.ts'
import type { ListenerKind } from './request-context.ts'
import { RequestMemory } from './request-memory.ts'
import type { ServerSettings } from './settings.ts'

/** An idle connection is closed later than `connections.max.idle.ms` by at most this part of it. */
const SWEEPS_PER_TIMEOUT = 10
const MIN_SWEEP_MS = 20
/** What is kept of buffers of requests that came in pieces: enough for a few producers that send at full speed. */
const SPARE_REQUEST_BYTES = 4 * 1024 * 1024

export interface ConnectionsOptions<Services> {
  readonly nodeId: number
  /** What handlers call at a listener of this kind; undefined while none is open. */
  servicesOf(kind: ListenerKind): Services | undefined
  readonly dispatcher: Dispatcher<Services>
  readonly refusals: RefusalLog
  readonly settings: ServerSettings
  readonly timers: Timers
  onBroken(error: unknown): void
  /** Called when a connection that was served is gone. */
  readonly onClosed?: ((connectionId: number) => void) | undefined
}

/** The listener on which a connection came. */
export interface ListenerFacts {
  readonly name: string
  readonly kind: ListenerKind
}

/**
 * All connections of a node, whatever their listener: admits them within the limits, closes idle ones, drains them.
 * Those over `max.connections` are made by the system and not looked at until another closes, as in Kafka; they are
 * bounded by the backlog.
 */
export class Connections<Services> {
  readonly #options: ConnectionsOptions<Services>
  readonly #memory: RequestMemory
  readonly #buffers = new BufferPool(SPARE_REQUEST_BYTES)
  readonly #admission: Admission
  readonly #admitted = new Set<Connection<Services>>()
  readonly #waiting = new Set<Connection<Services>>()
  readonly #hosts = new Map<string, ConnectionHost<Services>>()
  #lastId = 0
  #sweepCount = 0
  #sweep: Timer | null = null
  readonly #awaitingEmpty: { readonly kind: ListenerKind; resolve(): void }[] = []

  constructor(options: ConnectionsOptions<Services>) {
    this.#options = options
    this.#memory = new RequestMemory(() => options.settings.requestMemoryBytes)
    this.#admission = new Admission(options.settings)
  }

  /** Connections that are served. */
  get count(): number {
    return this.#admitted.size
  }

  /** Bytes of requests that arrive or are being served. */
  get requestBytes(): number {
    return this.#memory.usedBytes
  }

  /** Bytes of replies that the system has not taken yet. Looks at all connections. */
  get replyBytes(): number {
    let bytes = 0
    for (const connection of this.#admitted) bytes += connection.bufferedBytes
    return bytes
  }

  /** Of listeners to which somebody came. */
  get listeners(): readonly ListenerStats[] {
    return [...this.#hosts.values()].map(({ stats }) => stats)
  }

  /** What is known of a connection; null when it is gone. Looks through all of them: for rare questions. */
  visitOf(connectionId: number): Visit | null {
    const all = [...this.#admitted]
    const found = all.find(({ id }) => id === connectionId)
    if (found === undefined) return null
    const isNewestOfHost = !all.some(({ id, remote }) => id > connectionId && remote.host === found.remote.host)
    return { hasWorked: found.hasWorked, isNewestOfHost }
  }

  /** Must be called in the turn in which the socket came. */
  accept(listener: ListenerFacts, socket: Socket): void {
    const isFull = this.#admitted.size + this.#waiting.size >= this.#options.settings.maxSockets
    const verdict = this.#admission.judge({ address: socket.remote.host, listenerName: listener.name })
    if (isFull) this.#refuse(listener, socket, 'open-files')
    else if (verdict === 'refuse') this.#refuse(listener, socket, 'max.connections.per.ip')
    else if (verdict === 'wait') this.#acceptLater(listener, socket)
    else this.#admit(this.#connectionOn(listener, socket))
  }

  /** To be called when the settings are others: admits those that wait for a place, and closes the least used of too many (KIP-402). */
  limitsChanged(): void {
    this.#admitWaiting()
    const { excess } = this.#admission
    if (excess === 0) return
    const leastUsed = [...this.#admitted].sort((a, b) => a.lastUse - b.lastUse || a.id - b.id)
    for (const connection of leastUsed.slice(0, excess)) connection.destroy()
  }

  /**
   * Answers what is being served and closes all connections of listeners of this kind.
   * @param graceMs those that are still there after this long are cut off
   */
  async drain(kind: ListenerKind, graceMs: number): Promise<void> {
    const { timers } = this.#options
    const isMeant = (connection: Connection<Services>) => connection.listenerKind === kind
    for (const connection of [...this.#waiting].filter(isMeant)) connection.destroy()
    for (const connection of [...this.#admitted].filter(isMeant)) connection.drain()
    const cutOff = timers.schedule(graceMs, () => {
      for (const connection of [...this.#admitted].filter(isMeant)) connection.destroy()
    })
    await this.#empty(kind)
    cutOff.cancel()
    if (this.#admitted.size > 0) return
    this.#sweep?.cancel()
    this.#sweep = null
  }

  #empty(kind: ListenerKind): Promise<void> {
    return new Promise((resolve) => {
      this.#awaitingEmpty.push({ kind, resolve })
      this.#tellEmpty()
    })
  }

  #tellEmpty(): void {
    const all = [...this.#admitted, ...this.#waiting]
    for (const waiter of this.#awaitingEmpty.splice(0)) {
      if (all.some(({ listenerKind }) => listenerKind === waiter.kind)) this.#awaitingEmpty.push(waiter)
      else waiter.resolve()
    }
  }

  #connectionOn(listener: ListenerFacts, socket: Socket): Connection<Services> {
    const connection = new Connection(++this.#lastId, socket, this.#hostOf(listener))
    socket.handle(connection)
    return connection
  }

  #acceptLater(listener: ListenerFacts, socket: Socket): void {
    if (this.#waiting.size >= this.#options.settings.backlog) {
      this.#refuse(listener, socket, 'max.connections')
      return
    }
    const connection = this.#connectionOn(listener, socket)
    this.#waiting.add(connection)
    connection.hold()
    connection.waits(1)
  }

  /** @returns whether it waited */
  #stopWaiting(connection: Connection<Services>): boolean {
    const waited = this.#waiting.delete(connection)
    if (waited) connection.waits(-1)
    return waited
  }

  #admit(connection: Connection<Services>): void {
    this.#admission.enter(arrivalOf(connection))
    this.#admitted.add(connection)
    connection.admitted()
    this.#scheduleSweep()
    if (connectionOpened.hasSubscribers) connectionOpened.publish(this.#eventOf(connection))
  }

  #onClosed(connection: Connection<Services>): void {
    if (!this.#stopWaiting(connection)) this.#leave(connection)
    if (this.#awaitingEmpty.length > 0) this.#tellEmpty()
  }

  #leave(connection: Connection<Services>): void {
    this.#admitted.delete(connection)
    connection.left()
    this.#admission.leave(arrivalOf(connection))
    this.#options.onClosed?.(connection.id)
    if (connectionClosed.hasSubscribers) connectionClosed.publish(this.#eventOf(connection))
    this.#admitWaiting()
  }

  /** In the order in which they came, but one whose listener is full does not hold up those of others. */
  #admitWaiting(): void {
    for (const next of [...this.#waiting]) {
      if (this.#admission.judge(arrivalOf(next)) !== 'admit') continue
      this.#stopWaiting(next)
      this.#admit(next)
      next.release()
    }
  }

  #refuse(listener: ListenerFacts, socket: Socket, reason: RefusalReason): void {
    const { host, port } = socket.remote
    this.#hostOf(listener).stats.refused[reason]++
    const why = reason === 'open-files' ? 'the process may open no more files (ulimit -n)' : `${reason} is reached`
    this.#options.refusals.refuse(host, 'refused a connection', { remote: `${host}:${port}`, listener: listener.name, why })
    discard(socket)
  }

  /** One timer for all connections, and none when there are no connections. */
  #scheduleSweep(): void {
    const { settings, timers } = this.#options
    if (this.#sweep !== null || settings.maxIdleMs < 0) return
    const delayMs = Math.max(MIN_SWEEP_MS, Math.ceil(settings.maxIdleMs / SWEEPS_PER_TIMEOUT))
    this.#sweep = timers.schedule(delayMs, () => this.#closeIdle())
  }

  #closeIdle(): void {
    this.#sweep = null
    this.#sweepCount++
    for (const connection of [...this.#admitted]) connection.closeIfIdle(this.#sweepCount - SWEEPS_PER_TIMEOUT - 1)
    if (this.#admitted.size > 0) this.#scheduleSweep()
  }

  #hostOf(listener: ListenerFacts): ConnectionHost<Services> {
    const known = this.#hosts.get(listener.name)
    if (known !== undefined) return known
    const { dispatcher, refusals, settings } = this.#options
    const services = this.#options.servicesOf(listener.kind)
    assert(services !== undefined, 'connections come to listeners that are open')
    const sweepCount = () => this.#sweepCount
    const host: ConnectionHost<Services> = {
      listenerName: listener.name,
      stats: listenerStats(listener.name),
      listenerKind: listener.kind,
      services,
      dispatcher,
      memory: this.#memory,
      buffers: this.#buffers,
      refusals,
      settings,
      get sweepCount() {
        return sweepCount()
      },
      onClosed: (connection) => this.#onClosed(connection),
      onBroken: (error) => this.#options.onBroken(error),
    }
    this.#hosts.set(listener.name, host)
    return host
  }

  #eventOf({ id, listenerName, remote }: Connection<Services>): ConnectionEvent {
    return { nodeId: this.#options.nodeId, connectionId: id, listenerName, remote }
  }
}

function arrivalOf({ remote, listenerName }: { readonly remote: { readonly host: string }; readonly listenerName: string }): Arrival {
  return { address: remote.host, listenerName }
}

/** A socket must be handled in the turn in which it came, even one that nobody wants. */
export function discard(socket: Socket): void {
  socket.handle({ onData() {}, onDrain() {}, onClose() {} })
  socket.destroy()
}
