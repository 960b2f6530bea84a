import { ErrorCode } from '../../protocol/error-codes.ts'
import { DecodeError } from '../../protocol/errors.ts'
import { RequestHeader } from '../../protocol/headers/request-header.ts'
import { decodeMessage } from '../../protocol/schema/codec.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { InvariantError } from '../base/assert.ts'
import type { Clock } from '../base/ports.ts'
import { type RequestEvent, requestDone } from '../telemetry/channels.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ApiEntry, ApiTable, Result } from './api-table.ts'
import { encodeReply, failureReply } from './encode-reply.ts'
import { type ConnectionFacts, RequestScope } from './request-scope.ts'
import type { CountedAs, RequestStats } from './request-stats.ts'

const API_VERSIONS_KEY = 18
/** API key, version and correlation id. */
const FIXED_HEADER_BYTES = 8

/** The chunks of a reply, or null when nothing is sent. */
export type Reply = Uint8Array[] | null

export interface DispatcherOptions<Services> {
  readonly nodeId: number
  readonly apis: ApiTable<Services>
  readonly clock: Clock
  readonly logger: Logger
  /** Counts what is served. */
  readonly requests: RequestStats
  /** A broken invariant surfaced in a handler: the node must stop. */
  onBroken(error: InvariantError): void
}

/**
 * Turns the bytes of one request into the bytes of its reply: header, table, decoder, handler, encoder. A handler that
 * answers at once is answered in the same turn, without a promise.
 */
export class Dispatcher<Services> {
  readonly #options: DispatcherOptions<Services>

  constructor(options: DispatcherOptions<Services>) {
    this.#options = options
  }

  /** Whether whoever serves this request keeps none of its bytes when `serve` has returned, so that their memory may be used again then. */
  mayBorrow(frame: Buffer): boolean {
    if (frame.length < FIXED_HEADER_BYTES) return false
    return this.#options.apis.borrows(frame.readInt16BE(0))
  }

  /** Whether a request of this API is served while another one of it waits for its reply. */
  overlaps(apiKey: number): boolean {
    return this.#options.apis.overlaps(apiKey)
  }

  /** Of the clock by which requests are measured. */
  get nowMs(): number {
    return this.#options.clock.monotonicMs()
  }

  /**
   * @param frame a request without its length; unless `mayBorrow` says otherwise, handlers may keep views of it
   * @returns the reply, at once or later; the promise never rejects
   * Errors: `DecodeError` for what is not a request that this listener serves. The connection must be closed.
   */
  serve(frame: Buffer, connection: ConnectionFacts<Services>): Reply | Promise<Reply> {
    const startMs = this.nowMs
    const { apis, requests } = this.#options
    const { apiKey, apiVersion } = peekHeader(frame)
    const entry = apis.find(apiKey, connection.listenerKind)
    if (entry === undefined) throw new DecodeError(`API key ${apiKey} (version ${apiVersion}) is not served on listener ${connection.listenerName}`)
    if (!entry.isQuestion) connection.hasWorked = true
    const reader = new Reader(frame)
    const header = decodeMessage(RequestHeader, reader, apiVersion >= entry.firstFlexibleRequest ? 2 : 1)
    if (apiVersion < entry.oldestVersion || apiVersion > entry.latestVersion) return refuseVersion(entry, header)
    const request = decodeMessage(entry.served.api.request, reader, apiVersion)
    const scope = new RequestScope(header, connection)
    const counted = requests.countedAs(entry.served.api, request)
    const exchange = { entry, scope, connection, counted, requestBytes: frame.length, arrivedMs: connection.arrivedMs, startMs, handledMs: null }
    requests.inFlight++
    for (const kind of counted.kinds) kind.inFlight++
    return this.#answer(exchange, request)
  }

  #answer(exchange: Exchange<Services>, request: object): Reply | Promise<Reply> {
    try {
      const result: Result = exchange.entry.served.handle(exchange.scope, request)
      if (!(result instanceof Promise)) return this.#reply(exchange, result)
      exchange.handledMs = this.nowMs
      return result.then(
        (value) => this.#reply(exchange, value),
        (error) => this.#fail(exchange, error),
      )
    } catch (error) {
      return this.#fail(exchange, error)
    }
  }

  #reply(exchange: Exchange<Services>, value: object | null): Reply {
    const { entry, scope } = exchange
    let reply: Reply
    try {
      reply = value === null ? null : encodeReply(entry, scope, value)
    } catch (error) {
      return this.#fail(exchange, error)
    }
    if (value !== null) entry.eachErrorCode?.(value, exchange.counted.addError)
    this.#done(exchange, reply)
    return reply
  }

  /** A mistake of ours: said in the log, and to the client by UNKNOWN_SERVER_ERROR or, where no field can say it, by closing. */
  #fail(exchange: Exchange<Services>, error: unknown): Reply {
    const { logger, onBroken } = this.#options
    const { entry, scope, connection } = exchange
    const { apiVersion, clientId, clientHost } = scope
    logger.error('a request failed by a mistake of this node', { api: entry.name, apiVersion, clientId, clientHost, error })
    if (error instanceof InvariantError) onBroken(error)
    const reply = failureReply(entry, scope)
    if (reply === null) connection.refuse(`${entry.name} failed and has no field that could say so`)
    exchange.counted.addError(ErrorCode.UNKNOWN_SERVER_ERROR)
    this.#done(exchange, reply)
    return reply
  }

  #done(exchange: Exchange<Services>, reply: Reply): void {
    const { counted, scope, requestBytes, arrivedMs, startMs } = exchange
    const doneMs = this.nowMs
    const replyBytes = reply === null ? 0 : reply.reduce((bytes, chunk) => bytes + chunk.length, 0)
    this.#options.requests.inFlight--
    for (const kind of counted.kinds) {
      kind.inFlight--
      kind.add({ arrivedMs, startMs, handledMs: exchange.handledMs ?? doneMs, doneMs })
      kind.addVersion(scope.apiVersion)
      kind.requestBytes += requestBytes
      kind.replyBytes += replyBytes
    }
    if (requestDone.hasSubscribers) this.#publish(exchange, { durationMs: doneMs - startMs, replyBytes })
  }

  #publish({ entry, scope, requestBytes }: Exchange<Services>, measured: Pick<RequestEvent, 'durationMs' | 'replyBytes'>): void {
    const { connectionId, listenerName, apiVersion, clientId } = scope
    requestDone.publish({ nodeId: this.#options.nodeId, connectionId, listenerName, api: entry.name, apiVersion, clientId, requestBytes, ...measured })
  }
}

/** One request that is being served. */
interface Exchange<Services> {
  readonly entry: ApiEntry<Services>
  readonly scope: RequestScope<Services>
  readonly connection: ConnectionFacts<Services>
  /** Under whose names it is counted. */
  readonly counted: CountedAs
  readonly requestBytes: number
  readonly arrivedMs: number
  readonly startMs: number
  /** null while its handler has not let go of the event loop. */
  handledMs: number | null
}

function peekHeader(frame: Buffer): { readonly apiKey: number; readonly apiVersion: number } {
  if (frame.length < FIXED_HEADER_BYTES) throw new DecodeError(`a request of ${frame.length} bytes has no header`)
  return { apiKey: frame.readInt16BE(0), apiVersion: frame.readInt16BE(2) }
}

/**
 * ApiVersions alone is answered in a version that nobody asked for: v0, which every client can read, with the versions
 * of ApiVersions itself. Source: KIP-511.
 */
function refuseVersion<Services>(entry: ApiEntry<Services>, header: RequestHeader): Reply {
  const { name, oldestVersion, latestVersion } = entry
  if (entry.served.api.key !== API_VERSIONS_KEY) {
    throw new DecodeError(`${name} version ${header.requestApiVersion} is not served, only ${oldestVersion} to ${latestVersion}`)
  }
  const apiKeys = [{ apiKey: API_VERSIONS_KEY, minVersion: oldestVersion, maxVersion: latestVersion }]
  return encodeReply(entry, { apiVersion: 0, correlationId: header.correlationId }, { errorCode: ErrorCode.UNSUPPORTED_VERSION, apiKeys })
}
