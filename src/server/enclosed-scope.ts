import type { RequestHeader } from '../../protocol/headers/request-header.ts'
import type { Endpoint } from '../base/ports.ts'
import { clientHostOf } from './client-host.ts'
import type { ListenerKind, RequestContext } from './request-context.ts'

/** Who sent the request that stands in an Envelope. */
export interface EnclosedClient {
  readonly header: RequestHeader
  readonly principal: string
  /** As text. */
  readonly address: string
}

/** The context of a request that stands in an Envelope: its own header and client, on the connection of the broker that passed it on. */
export class EnclosedScope<Services> implements RequestContext<Services> {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string
  /** Of the client nothing is passed on, as in Kafka. */
  clientSoftware = ''
  clientSoftwareVersion = ''
  readonly principal: string
  readonly remote: Endpoint
  readonly #outer: RequestContext<Services>
  #isClosed = false

  constructor(outer: RequestContext<Services>, { header, principal, address }: EnclosedClient) {
    this.apiKey = header.requestApiKey
    this.apiVersion = header.requestApiVersion
    this.correlationId = header.correlationId
    this.clientId = header.clientId ?? ''
    this.principal = principal
    this.remote = { host: address, port: outer.remote.port }
    this.#outer = outer
  }

  /** The handler wanted to close the client's connection, which is the broker's to do. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  get listenerName(): string {
    return this.#outer.listenerName
  }

  get listenerKind(): ListenerKind {
    return this.#outer.listenerKind
  }

  get connectionId(): number {
    return this.#outer.connectionId
  }

  get clientHost(): string {
    return clientHostOf(this.remote.host)
  }

  get local(): Endpoint {
    return this.#outer.local
  }

  get closed(): AbortSignal {
    return this.#outer.closed
  }

  get services(): Services {
    return this.#outer.services
  }

  whenSent(callback: () => void): void {
    this.#outer.whenSent(callback)
  }

  closeConnection(): void {
    this.#isClosed = true
  }
}
