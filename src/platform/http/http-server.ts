import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpRequest, HttpResponse, HttpServer, HttpServerOptions } from '../../base/http.ts'
import type { Endpoint } from '../../base/ports.ts'
import { toNetworkError } from '../network/network-errors.ts'
import { limitConnections } from './http-connections.ts'

const DEFAULT_MAX_BODY_BYTES = 64 * 1024
const DEFAULT_MAX_CONNECTIONS = 64
const DEFAULT_RECEIVE_TIMEOUT_MS = 10_000
const DEFAULT_STALL_TIMEOUT_MS = 30_000
const MAX_HEADER_BYTES = 8 * 1024
const KEEP_ALIVE_MS = 5_000
const PLAIN_TEXT = 'text/plain; charset=utf-8'

/**
 * A bounded HTTP/1.1 server: so many connections, so large a head and a body, so long to send them.
 * Disposing it cuts off what is still being answered. Errors: see `StartHttpServer`.
 */
export function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const receiveTimeoutMs = options.receiveTimeoutMs ?? DEFAULT_RECEIVE_TIMEOUT_MS
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: receiveTimeoutMs,
    requestTimeout: receiveTimeoutMs,
    connectionsCheckingInterval: Math.max(1, Math.floor(receiveTimeoutMs / 2)),
    keepAliveTimeout: KEEP_ALIVE_MS,
    joinDuplicateHeaders: true,
  })
  limitConnections(server, options.maxConnections ?? DEFAULT_MAX_CONNECTIONS)
  server.on('request', (incoming, outgoing) => void serve(options, incoming, outgoing))
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toNetworkError('Listening on', options, error)))
    server.listen({ host: addressOf(options.host), port: options.port }, () => {
      server.removeAllListeners('error')
      // Without descriptors left accepting fails for now, and goes on when there are some.
      server.on('error', options.onError)
      resolve(new RunningHttpServer(server))
    })
  })
}

/** undefined: all addresses of both families, or of IPv4 where the machine has no IPv6. A name may stand for either family, as `localhost` does. */
function addressOf(host: string): string | undefined {
  if (host === 'localhost') return '127.0.0.1'
  return host === '' ? undefined : host
}

class RunningHttpServer implements HttpServer {
  readonly local: Endpoint
  readonly #server: Server
  #closed: Promise<void> | undefined

  constructor(server: Server) {
    const { address, port } = server.address() as AddressInfo
    this.local = { host: address, port }
    this.#server = server
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
    return this.#closed
  }
}

/** Never rejects. */
async function serve(options: HttpServerOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  const exchange = { incoming, outgoing, gone: gone.signal, stallTimeoutMs: options.stallTimeoutMs ?? DEFAULT_STALL_TIMEOUT_MS }
  try {
    const response = await respond(options, incoming, gone.signal)
    if (!gone.signal.aborted) await send(exchange, response)
  } catch (error) {
    // Who is gone before the whole request was there, or while the handler waited with `closed`, wants no answer.
    if (gone.signal.aborted || incoming.errored !== null) return
    options.onError(error)
    // A half answer must not look like a whole one.
    if (outgoing.headersSent) outgoing.destroy()
    else await send(exchange, refused(options, 500, 'something is broken here; the log of the node says what'))
  }
}

async function respond(options: HttpServerOptions, incoming: IncomingMessage, closed: AbortSignal): Promise<HttpResponse> {
  const target = targetOf(incoming)
  if (target === null) return refused(options, 400, 'the address is not a path that can be decoded')
  const maxBodyBytes = options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES
  const body = await readBody(incoming, maxBodyBytes)
  if (body === null) return { ...refused(options, 413, `the body is longer than ${maxBodyBytes} bytes`), headers: { connection: 'close' } }
  const request: HttpRequest = { method: incoming.method ?? 'GET', ...target, headers: headersOf(incoming), body, closed }
  return options.handle(request)
}

/** In the form of the handler's own refusals, or as a line of text. */
function refused({ refuse }: HttpServerOptions, status: number, sentence: string): HttpResponse {
  return refuse === undefined ? { status, body: `${sentence}\n` } : refuse(status, sentence)
}

/** null: not a path, or not percent-encoded UTF-8. */
function targetOf({ url = '' }: IncomingMessage): Pick<HttpRequest, 'path' | 'query'> | null {
  if (!url.startsWith('/')) return null
  const queryAt = url.indexOf('?')
  try {
    const path = decodeURIComponent(queryAt === -1 ? url : url.slice(0, queryAt))
    return { path, query: new URLSearchParams(queryAt === -1 ? '' : url.slice(queryAt + 1)) }
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

/** null: more than `maxBytes`; the rest is left unread. */
async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Without `destroyOnReturn: false`, leaving the loop would close the connection before the answer.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes)
}

function headersOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]))
}

/** One request and its answer. */
interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** Aborted when the client is. */
  readonly gone: AbortSignal
  readonly stallTimeoutMs: number
}

async function send(exchange: Exchange, { status, body, contentType, headers }: HttpResponse): Promise<void> {
  const { incoming, outgoing } = exchange
  outgoing.writeHead(status, {
    'content-type': contentType ?? PLAIN_TEXT,
    ...(typeof body === 'string' ? { 'content-length': Buffer.byteLength(body) } : {}),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  const isWanted = incoming.method !== 'HEAD'
  if (typeof body !== 'string' && isWanted) await sendPieces(exchange, body)
  outgoing.end(typeof body === 'string' && isWanted ? body : undefined)
}

/** As fast as they are taken. Rejects with the signal's reason when the client is gone, and with what `pieces` rejects with. */
async function sendPieces({ outgoing, gone, stallTimeoutMs }: Exchange, pieces: AsyncIterable<string>): Promise<void> {
  outgoing.setTimeout(stallTimeoutMs, () => outgoing.destroy())
  for await (const piece of pieces) {
    gone.throwIfAborted()
    if (piece !== '' && !outgoing.write(piece)) await once(outgoing, 'drain', { signal: gone })
  }
  outgoing.setTimeout(0)
}
