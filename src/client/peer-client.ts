import type { AnyApi, Api, Fields, Input, Message, Value } from '../../protocol/schema/notation.ts'
import { OdradekError } from '../base/errors.ts'
import type { Endpoint } from '../base/ports.ts'
import { formatHostPort } from '../config/values/host-port.ts'
import { KafkaClient, type KafkaClientOptions } from './kafka-client.ts'

export interface PeerClientOptions extends KafkaClientOptions {
  readonly endpoint: Endpoint
}

/** A request, or how it is made for the version that both sides know. */
export type RequestFor<Q extends Fields> = Input<Message<Q>> | ((version: number) => Input<Message<Q>>)

/**
 * Another node of the cluster, to be asked for as long as this one runs: connects when it is first asked, and anew at the next
 * request after the connection ended. It retries nothing and waits for nothing between attempts: back-off is the caller's.
 *
 * Errors: those of `BrokerConnection`, of the request during which they were found; CLIENT_VERSION where the node serves no
 * version of an API that is known here; CLIENT_CLOSED from disposal on.
 */
export class PeerClient implements AsyncDisposable {
  readonly endpoint: Endpoint
  readonly #options: PeerClientOptions
  /** The connection, or the attempt to make one, that requests share; null when there is none that works. */
  #client: Promise<KafkaClient> | null = null
  /** Aborted by disposal. */
  readonly #closing = new AbortController()

  constructor(options: PeerClientOptions) {
    this.endpoint = options.endpoint
    this.#options = options
  }

  /** The latest version that both sides know; null when there is none. Connects where that is not known yet. */
  async versionOf(api: AnyApi): Promise<number | null> {
    return (await this.#connected()).versionOf(api)
  }

  /** In the latest version that both sides know. The bytes of the response are the caller's. */
  async send<Q extends Fields, A extends Fields>(api: Api<Q, A>, request: RequestFor<Q>): Promise<Value<Message<A>>> {
    const client = await this.#connected()
    if (typeof request !== 'function') return client.send(api, request)
    return client.send(api, request(client.versionOf(api) ?? 0))
  }

  /** As `send`, for a request that is not answered: a Produce with acks 0. Resolves when more may be told. */
  async tell<Q extends Fields>(api: Api<Q, Fields>, request: Input<Message<Q>>): Promise<void> {
    const client = await this.#connected()
    await client.tell(api, request)
  }

  /** Waits for nobody but who has not taken what was told yet: an attempt to connect is given up. Errors: that it may not have come. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(this.#closed())
    await this.#drop(this.#client)
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  /** One that was closed is replaced once: what fails then is the caller's to hear. */
  async #connected(): Promise<KafkaClient> {
    if (this.#isClosed) throw this.#closed()
    const known = this.#client
    if (known !== null) {
      const client = await known
      if (client.isOpen) return client
      if (this.#client === known) this.#client = null
      if (this.#isClosed) throw this.#closed()
    }
    this.#client ??= this.#connect()
    return this.#client
  }

  /** An attempt that fails leaves none behind. */
  async #connect(): Promise<KafkaClient> {
    try {
      const client = await KafkaClient.open(this.endpoint, this.#options, this.#closing.signal)
      if (!this.#isClosed) return client
      await client[Symbol.asyncDispose]()
      throw this.#closed()
    } catch (error) {
      this.#client = null
      throw error
    }
  }

  async #drop(connecting: Promise<KafkaClient> | null): Promise<void> {
    if (connecting === null) return
    // Whoever waits for it is told why it failed.
    const client = await connecting.catch(() => null)
    await client?.[Symbol.asyncDispose]()
  }

  #closed(): OdradekError {
    const { host, port } = this.endpoint
    return new OdradekError('CLIENT_CLOSED', `${formatHostPort(host, port)}: nothing is asked any more, as this node stops`, { fields: { host, port } })
  }
}
