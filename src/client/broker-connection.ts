/**
 * One connection to a broker or controller, as a client has it: requests go out at once, as many as `maxInFlight`, and their
 * responses come back in order. For calls between nodes and for the commands; it retries nothing and knows no metadata.
 *
 * Whatever leaves doubt about what the next bytes mean (a response that does not come in time, or is none) closes the
 * connection, and all that waits fails; there is no way back for a connection that failed.
 *
 * What is told without an answer nobody would miss: it waits for the other side to take what came before, and disposal sees it off.
 *
 * Errors are `OdradekError`s: `NetworkError`, or CLIENT_TIMEOUT, CLIENT_CLOSED, CLIENT_BUSY, CLIENT_PROTOCOL, CLIENT_VERSION.
 */
import { DecodeError } from '../../protocol/errors.ts'
import type { Api, Fields, Input, Message, Value } from '../../protocol/schema/notation.ts'
import { type Deferred, deferred } from '../base/deferred.ts'
import { OdradekError } from '../base/errors.ts'
import type { Endpoint, Network, Socket, SocketHandlers, Timer, Timers } from '../base/ports.ts'
import { formatHostPort } from '../config/values/host-port.ts'
import { ResponseFrames } from './response-frames.ts'
import { correlationIdOf, decodeResponse, encodeRequest } from './wire.ts'

export interface BrokerConnectionOptions {
  readonly network: Pick<Network, 'connect'>
  readonly timers: Timers
  /** Shown in the broker's log and metrics. */
  readonly clientId: string
  /** For connecting, and for each response, in milliseconds. */
  readonly timeoutMs: number
  /** Requests without a response; 100 where not given. */
  readonly maxInFlight?: number
  /** Of one response; 64 MiB where not given. */
  readonly maxResponseBytes?: number
  /** Bytes in a response are valid only until the next request: for who asks one at a time, much and often. */
  readonly reusesResponseMemory?: boolean
}

const MAX_IN_FLIGHT = 100
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024
const MAX_CORRELATION_ID = 0x7fff_ffff

interface Waiting {
  readonly what: string
  readonly correlationId: number
  readonly deadline: Timer
  answer(frame: Buffer): void
  fail(error: Error): void
}

/** Those who told more than the system took at once. */
interface Drain {
  readonly over: Deferred<void>
  readonly deadline: Timer
}

/** See the head of this file. */
export class BrokerConnection implements SocketHandlers, AsyncDisposable {
  readonly endpoint: Endpoint
  readonly #socket: Socket
  readonly #options: BrokerConnectionOptions
  readonly #frames: ResponseFrames
  /** In the order in which they were sent. */
  readonly #waiting: Waiting[] = []
  #lastCorrelationId = 0
  /** Why it is closed; null while it is open. */
  #failure: Error | null = null
  /** Something was sent that nobody answers. */
  #hasTold = false
  /** null where the system has taken enough of what was told. */
  #drain: Drain | null = null
  /** Settles with the end of a connection that is being closed in order: why it was none, if so. */
  #ended: Deferred<Error | undefined> | null = null

  private constructor(endpoint: Endpoint, socket: Socket, options: BrokerConnectionOptions) {
    this.endpoint = endpoint
    this.#socket = socket
    this.#options = options
    const { maxResponseBytes = MAX_RESPONSE_BYTES, reusesResponseMemory = false } = options
    this.#frames = new ResponseFrames({ maxBytes: maxResponseBytes, reusesMemory: reusesResponseMemory })
    socket.handle(this)
  }

  /**
   * Errors: `NetworkError`, CLIENT_TIMEOUT.
   * @param signal ends the attempt, with its reason
   */
  static async open(endpoint: Endpoint, options: BrokerConnectionOptions, signal?: AbortSignal): Promise<BrokerConnection> {
    const { network, timers, timeoutMs } = options
    signal?.throwIfAborted()
    const ending = new AbortController()
    const timer = timers.schedule(timeoutMs, () => ending.abort(timedOut('Connecting to', endpoint, timeoutMs)))
    const giveUp = () => ending.abort(signal?.reason)
    signal?.addEventListener('abort', giveUp)
    try {
      return await network.connect(endpoint, ending.signal).then((socket) => new BrokerConnection(endpoint, socket, options))
    } finally {
      timer.cancel()
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** The address to which the name of `endpoint` led. */
  get remote(): Endpoint {
    return this.#socket.remote
  }

  get isOpen(): boolean {
    return this.#failure === null
  }

  /**
   * @param apiVersion one that the broker serves: it closes the connection over any other
   * @returns the response; its bytes are the caller's, unless memory is used again
   */
  send<Q extends Fields, A extends Fields>(api: Api<Q, A>, apiVersion: number, request: Input<Message<Q>>): Promise<Value<Message<A>>> {
    const { maxInFlight = MAX_IN_FLIGHT } = this.#options
    if (this.#failure !== null) return Promise.reject(this.#failure)
    if (this.#waiting.length >= maxInFlight) {
      return Promise.reject(this.#error('CLIENT_BUSY', `${maxInFlight} requests wait for responses already: ${api.name} was not sent`))
    }
    const correlationId = this.#nextCorrelationId()
    const chunks = this.#encode(api, apiVersion, request, correlationId)
    return new Promise((resolve, reject) => {
      this.#waiting.push(this.#wait(`${api.name} v${apiVersion}`, correlationId, (frame) => resolve(decodeResponse(api, frame, apiVersion)), reject))
      this.#socket.write(chunks)
    })
  }

  /**
   * For a request that is not answered: a Produce with acks 0. Resolves when more may be told: all but the low mark of the socket was
   * taken by the system. Disposal waits for that rest.
   * Errors: why the connection is closed, be it by then; CLIENT_TIMEOUT where the other side does not read for so long.
   */
  async tell<Q extends Fields>(api: Api<Q, Fields>, apiVersion: number, request: Input<Message<Q>>): Promise<void> {
    if (this.#failure !== null) throw this.#failure
    const chunks = this.#encode(api, apiVersion, request, this.#nextCorrelationId())
    this.#hasTold = true
    if (this.#socket.write(chunks)) return
    this.#drain ??= this.#awaitDrain(`${api.name} v${apiVersion} to`)
    await this.#drain.over.promise
  }

  onData(chunk: Buffer): void {
    if (this.#failure !== null) return
    try {
      for (const frame of this.#frames.push(chunk)) this.#take(frame)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#fail(this.#error('CLIENT_PROTOCOL', `this is no response of Kafka's protocol: ${error.message}`, error))
    }
  }

  onDrain(): void {
    this.#drain?.deadline.cancel()
    this.#drain?.over.resolve()
    this.#drain = null
  }

  onClose(error?: Error): void {
    this.#ended?.resolve(error)
    this.#fail(error ?? this.#error('CLIENT_CLOSED', 'the other side closed the connection'))
  }

  /** What waits for an answer fails. What was told is sent to its end, for `timeoutMs` at most. Errors: why it may not have been. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#error('CLIENT_CLOSED', 'the connection was closed on this side')
    if (!this.#hasTold) return this.#fail(closed)
    if (this.#failure !== null) return
    this.#close(closed)
    await this.#endInOrder()
  }

  async #endInOrder(): Promise<void> {
    const { timers, timeoutMs } = this.#options
    const ended = deferred<Error | undefined>()
    const deadline = timers.schedule(timeoutMs, () => ended.resolve(this.#unsent()))
    this.#ended = ended
    this.#socket.end()
    const failure = await ended.promise
    deadline.cancel()
    this.#socket.destroy()
    if (failure !== undefined) throw failure
  }

  /** undefined where all was taken, and only the other side does not end its half. */
  #unsent(): OdradekError | undefined {
    const { bufferedBytes } = this.#socket
    if (bufferedBytes === 0) return undefined
    return this.#error('CLIENT_TIMEOUT', `the last ${bufferedBytes} bytes were not taken within ${this.#options.timeoutMs} ms, and are lost`)
  }

  #awaitDrain(what: string): Drain {
    const { timers, timeoutMs } = this.#options
    return { over: deferred<void>(), deadline: timers.schedule(timeoutMs, () => this.#fail(timedOut(what, this.endpoint, timeoutMs))) }
  }

  #wait(what: string, correlationId: number, answer: (frame: Buffer) => void, fail: (error: Error) => void): Waiting {
    const { timers, timeoutMs } = this.#options
    const deadline = timers.schedule(timeoutMs, () => this.#fail(timedOut(`${what} to`, this.endpoint, timeoutMs)))
    return { what, correlationId, deadline, answer, fail }
  }

  #encode<Q extends Fields>(api: Api<Q, Fields>, apiVersion: number, request: Input<Message<Q>>, correlationId: number): Uint8Array[] {
    return encodeRequest(api, request, { apiVersion, correlationId, clientId: this.#options.clientId })
  }

  #take(frame: Buffer): void {
    const first = this.#waiting[0]
    const correlationId = correlationIdOf(frame)
    if (first === undefined) throw new DecodeError(`a response to ${correlationId} came, and none was awaited`)
    if (first.correlationId !== correlationId)
      throw new DecodeError(`a response to ${correlationId} came where ${first.correlationId} (${first.what}) was awaited`)
    first.answer(frame)
    first.deadline.cancel()
    this.#waiting.shift()
  }

  #fail(error: Error): void {
    if (this.#failure !== null) return
    this.#socket.destroy()
    this.#close(error)
  }

  /** Nothing is asked or told any more; all that waits fails. */
  #close(error: Error): void {
    this.#failure = error
    this.#drain?.deadline.cancel()
    this.#drain?.over.reject(error)
    this.#drain = null
    for (const { deadline, fail } of this.#waiting.splice(0)) {
      deadline.cancel()
      fail(error)
    }
  }

  #nextCorrelationId(): number {
    this.#lastCorrelationId = this.#lastCorrelationId === MAX_CORRELATION_ID ? 1 : this.#lastCorrelationId + 1
    return this.#lastCorrelationId
  }

  #error(code: string, why: string, cause?: unknown): OdradekError {
    return new OdradekError(code, `${formatHostPort(this.endpoint.host, this.endpoint.port)}: ${why}`, { cause, fields: { ...this.endpoint } })
  }
}

function timedOut(attempted: string, { host, port }: Endpoint, timeoutMs: number): OdradekError {
  return new OdradekError('CLIENT_TIMEOUT', `${attempted} ${formatHostPort(host, port)} took longer than ${timeoutMs} ms`, {
    fields: { host, port, timeoutMs },
  })
}
