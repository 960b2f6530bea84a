import type { Clock, Endpoint, Listener, Network, Timers } from '../base/ports.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ApiTable } from './api-table.ts'
import { bind } from './bind.ts'
import { checkFree } from './check-free.ts'
import { Connections, discard, type ListenerFacts } from './connections.ts'
import { Dispatcher } from './dispatcher.ts'
import type { ListenerStats } from './listener-stats.ts'
import type { Visit } from './lost-clients.ts'
import { RefusalLog } from './refusal-log.ts'
import type { ListenerKind } from './request-context.ts'
import { RequestStats } from './request-stats.ts'
import type { ServerSettings } from './settings.ts'

export interface ListenerSpec extends ListenerFacts {
  /** What stands between the socket and the protocol. TLS and SASL come with their layers. */
  readonly securityProtocol: 'PLAINTEXT'
  /** Host `localhost` binds both loopback addresses; port 0 takes a free one. */
  readonly at: Endpoint
}

export interface ServerOptions<Services> {
  readonly nodeId: number
  readonly listeners: readonly ListenerSpec[]
  readonly apis: ApiTable<Services>
  readonly settings: ServerSettings
  readonly network: Network
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  /** A broken invariant, or a mistake of the server itself, surfaced while a request was served: the node must stop. */
  onBroken(error: unknown): void
}

/**
 * The listeners of a node. Free ports are bound by `claimPorts`, before anyone can know them, so that the node can
 * register under its real addresses; fixed ports are only looked at there, and open in `open`, when requests will be served in full.
 */
export class Server<Services> implements AsyncDisposable {
  /** What was served, and how long it took. */
  readonly requests = new RequestStats()
  readonly #options: ServerOptions<Services>
  readonly #bound = new Map<string, readonly Listener[]>()
  /** By the kinds of listeners that are open. */
  readonly #services = new Map<ListenerKind, Services>()
  /** null before any is open: nothing is served yet. */
  #connections: Connections<Services> | null = null
  #onClosed: ((connectionId: number) => void) | undefined

  constructor(options: ServerOptions<Services>) {
    this.#options = options
  }

  get connectionCount(): number {
    return this.#connections?.count ?? 0
  }

  /** Bytes of requests that arrive or are being served. */
  get requestBytes(): number {
    return this.#connections?.requestBytes ?? 0
  }

  /** Bytes of replies that the system has not taken yet. Looks at all connections. */
  get replyBytes(): number {
    return this.#connections?.replyBytes ?? 0
  }

  /** What came and went on the listeners to which somebody came. */
  get listeners(): readonly ListenerStats[] {
    return this.#connections?.listeners ?? []
  }

  /** To be called when settings that bound connections are others. */
  limitsChanged(): void {
    this.#connections?.limitsChanged()
  }

  /** What is known of a connection; null when it is gone. */
  visitOf(connectionId: number): Visit | null {
    return this.#connections?.visitOf(connectionId) ?? null
  }

  /**
   * Binds the listeners that take a free port; who connects before `open` is turned away. Of the others it sees that nobody
   * listens there: a node that will not serve changes nothing on its disks before. Errors: `NetworkError`.
   */
  async claimPorts(): Promise<void> {
    for (const spec of this.#options.listeners) {
      if (spec.at.port === 0) await this.#bind(spec)
      else await checkFree(this.#options.network, this.#options.timers, spec.at)
    }
  }

  /**
   * Serves requests from now on, at all listeners that do not yet.
   * @param services what handlers call
   * @param onClosed told of each connection that is gone, of whatever listener
   * Errors: `NetworkError` that says which address and why.
   */
  async open(services: Services, onClosed?: (connectionId: number) => void): Promise<void> {
    this.#onClosed = onClosed
    for (const { kind } of this.#options.listeners) await this.openKind(kind, services)
  }

  /** As `open`, at the listeners of one kind: before the node serves others, its peers may need it. */
  async openKind(kind: ListenerKind, services: Services): Promise<void> {
    if (this.#services.has(kind)) return
    this.#services.set(kind, services)
    this.#connections ??= this.#makeConnections()
    for (const spec of this.#options.listeners) if (spec.kind === kind && !this.#bound.has(spec.name)) await this.#bind(spec)
  }

  /** The address of a listener once it is bound; its port is never 0. */
  endpoint(listenerName: string): Endpoint | undefined {
    return this.#bound.get(listenerName)?.[0]?.local
  }

  /**
   * Stops accepting, answers what is being served, closes. Resolves when no connection is left.
   * @param graceMs after this long, connections that are still there are cut off
   */
  async drain(graceMs: number): Promise<void> {
    await Promise.all([this.drainKind('broker', graceMs), this.drainKind('controller', graceMs)])
  }

  /** As `drain`, at the listeners of one kind: peers may need the others until the node has stopped. */
  async drainKind(kind: ListenerKind, graceMs: number): Promise<void> {
    const names = this.#options.listeners.filter((spec) => spec.kind === kind).map(({ name }) => name)
    await Promise.all(names.flatMap((name) => this.#bound.get(name) ?? []).map((listener) => listener.close()))
    await this.#connections?.drain(kind, graceMs)
  }

  /** Without grace: for a node that failed, and as the last resort. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0)
  }

  #makeConnections(): Connections<Services> {
    const options = this.#options
    return new Connections({
      ...options,
      servicesOf: (kind) => this.#services.get(kind),
      dispatcher: new Dispatcher({ ...options, requests: this.requests }),
      refusals: new RefusalLog(options.logger, options.clock),
      onClosed: (connectionId) => this.#onClosed?.(connectionId),
    })
  }

  async #bind(spec: ListenerSpec): Promise<void> {
    const { network, settings } = this.#options
    const listeners = await bind(network, spec.at, settings.backlog, (socket) => {
      if (this.#connections === null || !this.#services.has(spec.kind)) discard(socket)
      else this.#connections.accept(spec, socket)
    })
    this.#bound.set(spec.name, listeners)
  }
}
