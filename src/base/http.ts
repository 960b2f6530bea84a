import type { Endpoint } from './ports.ts'

/**
 * Serving small HTTP requests (metrics, health, the control port of tests): what parts name, and `src/platform/http/http-server.ts`
 * implements. It is no sixth port: nothing of a node depends on it, and simulated nodes have none.
 */

export interface HttpRequest {
  /** In capitals. */
  readonly method: string
  /** Without the query, percent-decoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** One value for each header, names in small letters; what was sent several times is joined by `, `. */
  readonly headers: ReadonlyMap<string, string>
  /** Whole, empty where there is none. The handler owns it. */
  readonly body: Buffer
  /** Aborted when the client is gone before its answer, or the server closes. */
  readonly closed: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  /**
   * Whole, or piece by piece: sent in chunks as fast as the client takes them, and no further piece is asked for while one waits to be
   * sent. One that rejects ends the connection in the middle of the answer.
   */
  readonly body: string | AsyncIterable<string>
  /** `text/plain; charset=utf-8` where not given. */
  readonly contentType?: string
  /** Further headers, such as `allow`. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface HttpServerOptions extends Endpoint {
  /** Answers one request. What it throws is answered 500, without saying what, and given to `onError`. */
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse>
  onError(error: unknown): void
  /** The form in which the server itself refuses a request (400, 413, 500); a line of text where not given. */
  refuse?(status: number, sentence: string): HttpResponse
  /** A longer body is answered 413 and not read to its end; 64 KiB where not given. */
  readonly maxBodyBytes?: number
  /** One more takes the place of the oldest that is not being answered, or is closed where all are; 64 where not given. */
  readonly maxConnections?: number
  /** A request that is not there as a whole by then is answered 408; 10 s where not given. What a handler takes is its own affair. */
  readonly receiveTimeoutMs?: number
  /** A client that takes nothing of an answer in pieces for so long is cut off; 30 s where not given. */
  readonly stallTimeoutMs?: number
}

export interface HttpServer extends AsyncDisposable {
  /** The address in fact bound: the port is never 0. */
  readonly local: Endpoint
  /** Cuts off what is still being answered, and frees the port. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Port 0 takes a free one; host `localhost` is 127.0.0.1, an empty one all addresses. Rejects with a `NetworkError` that says which address and why. */
export type StartHttpServer = (options: HttpServerOptions) => Promise<HttpServer>
