import { ErrorCode } from '../../protocol/error-codes.ts'
import { DecodeError } from '../../protocol/errors.ts'
import { RequestHeader } from '../../protocol/headers/request-header.ts'
import { decodeMessage } from '../../protocol/schema/codec.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { InvariantError } from '../base/assert.ts'
import type { Clock } from '../base/ports.ts'
import { requestDone } from '../telemetry/channels.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ApiEntry, ApiTable, Result } from './api-table.ts'
import { encodeReply, failureReply } from './encode-reply.ts'
import { type ConnectionFacts, RequestScope } from './request-scope.ts'

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

  /**
   * @param frame a request without its length; unless `mayBorrow` says otherwise, handlers may keep views of it
   * @returns the reply, at once or later; the promise never rejects
   * Errors: `DecodeError` for what is not a request that this listener serves. The connection must be closed.
   */
  serve(frame: Buffer, connection: ConnectionFacts<Services>): Reply | Promise<Reply> {
    const startMs = requestDone.hasSubscribers ? this.#options.clock.monotonicMs() : 0
    const { apiKey, apiVersion } = peekHeader(frame)
    const entry = this.#options.apis.find(apiKey, connection.listenerKind)
    if (entry === undefined) throw new DecodeError(`API key ${apiKey} (version ${apiVersion}) is not served on listener ${connection.listenerName}`)
    if (!entry.isQuestion) connection.hasWorked = true
    const reader = new Reader(frame)
    const header = decodeMessage(RequestHeader, reader, apiVersion >= entry.firstFlexibleRequest ? 2 : 1)
    if (apiVersion < entry.oldestVersion || apiVersion > entry.latestVersion) return refuseVersion(entry, header)
    const request = decodeMessage(entry.served.api.request, reader, apiVersion)
    const scope = new RequestScope(header, connection)
    const reply = this.#answer(entry, scope, request, connection)
    if (startMs !== 0) return this.#measured(reply, { startMs, requestBytes: frame.length, entry, scope })
    return reply
  }

  #answer(entry: ApiEntry<Services>, scope: RequestScope<Services>, request: object, connection: ConnectionFacts<Services>): Reply | Promise<Reply> {
    try {
      const result: Result = entry.served.handle(scope, request)
      if (!(result instanceof Promise)) return result === null ? null : encodeReply(entry, scope, result)
      return result.then(
        (value) => this.#encodeLate(entry, scope, value, connection),
        (error) => this.#fail(entry, scope, error, connection),
      )
    } catch (error) {
      return this.#fail(entry, scope, error, connection)
    }
  }

  #encodeLate(entry: ApiEntry<Services>, scope: RequestScope<Services>, value: object | null, connection: ConnectionFacts<Services>): Reply {
    try {
      return value === null ? null : encodeReply(entry, scope, value)
    } catch (error) {
      return this.#fail(entry, scope, error, connection)
    }
  }

  /** A mistake of ours: said in the log, and to the client by UNKNOWN_SERVER_ERROR or, where no field can say it, by closing. */
  #fail(entry: ApiEntry<Services>, scope: RequestScope<Services>, error: unknown, connection: ConnectionFacts<Services>): Reply {
    const { logger, onBroken } = this.#options
    const { apiVersion, clientId, clientHost } = scope
    logger.error('a request failed by a mistake of this node', { api: entry.name, apiVersion, clientId, clientHost, error })
    if (error instanceof InvariantError) onBroken(error)
    const reply = failureReply(entry, scope)
    if (reply === null) connection.refuse(`${entry.name} failed and has no field that could say so`)
    return reply
  }

  #measured(reply: Reply | Promise<Reply>, what: Measured<Services>): Reply | Promise<Reply> {
    if (reply instanceof Promise) return reply.then((late) => this.#publish(late, what))
    return this.#publish(reply, what)
  }

  #publish(reply: Reply, { startMs, requestBytes, entry, scope }: Measured<Services>): Reply {
    const { nodeId, clock } = this.#options
    const { connectionId, listenerName, apiVersion, clientId } = scope
    const durationMs = clock.monotonicMs() - startMs
    const replyBytes = reply === null ? 0 : reply.reduce((bytes, chunk) => bytes + chunk.length, 0)
    requestDone.publish({ nodeId, connectionId, listenerName, api: entry.name, apiVersion, clientId, durationMs, requestBytes, replyBytes })
    return reply
  }
}

interface Measured<Services> {
  readonly startMs: number
  readonly requestBytes: number
  readonly entry: ApiEntry<Services>
  readonly scope: RequestScope<Services>
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
