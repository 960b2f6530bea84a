import type { Endpoint } from '../base/ports.ts'
import type { ListenerKind, RequestContext } from './request-context.ts'

/** What a connection tells about itself to the requests that come on it. */
export interface ConnectionFacts<Services> {
  readonly id: number
  readonly listenerName: string
  readonly listenerKind: ListenerKind
  readonly clientHost: string
  readonly remote: Endpoint
  readonly local: Endpoint
  readonly principal: string
  readonly services: Services
  /** When the last bytes came, by the clock of `Dispatcher.nowMs`. */
  readonly arrivedMs: number
  /** A request came that is more than a question about the cluster. */
  hasWorked: boolean
  /** See `RequestContext`. */
  clientSoftware: string
  clientSoftwareVersion: string
  /** Aborted when the connection closes. */
  closedSignal(): AbortSignal
  /** See `RequestContext.whenSent`; of the request that is being served. */
  whenSent(callback: () => void): void
  refuse(why: string, isWanted?: boolean): void
}

/** The context of one request: its header, and a look at its connection. */
export class RequestScope<Services> implements RequestContext<Services> {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string
  readonly #connection: ConnectionFacts<Services>

  constructor(
    header: { readonly requestApiKey: number; readonly requestApiVersion: number; readonly correlationId: number; readonly clientId: string | null },
    connection: ConnectionFacts<Services>,
  ) {
    this.apiKey = header.requestApiKey
    this.apiVersion = header.requestApiVersion
    this.correlationId = header.correlationId
    this.clientId = header.clientId ?? ''
    this.#connection = connection
  }

  get clientSoftware(): string {
    return this.#connection.clientSoftware
  }

  set clientSoftware(name: string) {
    this.#connection.clientSoftware = name
  }

  get clientSoftwareVersion(): string {
    return this.#connection.clientSoftwareVersion
  }

  set clientSoftwareVersion(version: string) {
    this.#connection.clientSoftwareVersion = version
  }

  get listenerName(): string {
    return this.#connection.listenerName
  }

  get listenerKind(): ListenerKind {
    return this.#connection.listenerKind
  }

  get connectionId(): number {
    return this.#connection.id
  }

  get clientHost(): string {
    return this.#connection.clientHost
  }

  get remote(): Endpoint {
    return this.#connection.remote
  }

  get local(): Endpoint {
    return this.#connection.local
  }

  get principal(): string {
    return this.#connection.principal
  }

  get closed(): AbortSignal {
    return this.#connection.closedSignal()
  }

  get services(): Services {
    return this.#connection.services
  }

  whenSent(callback: () => void): void {
    this.#connection.whenSent(callback)
  }

  closeConnection(why: string, isWanted = false): void {
    this.#connection.refuse(why, isWanted)
  }
}
