import { type Deferred, deferred } from '../../base/deferred.ts'
import { OdradekError } from '../../base/errors.ts'
import type { HttpRequest, HttpResponse, HttpServer, HttpServerOptions } from '../../base/http.ts'
import type { Endpoint } from '../../base/ports.ts'
import { startHttpServer } from '../../platform/http/http-server.ts'
import { exposePrometheus } from '../../platform/metrics/prometheus.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { MetricsPlatform } from '../node-options.ts'

const STOPPED: HttpResponse = { status: 503, body: 'stopped\n' }

/** One run of the node, as it wants to be asked. */
type Served = Pick<HttpServerOptions, 'handle'>

interface Serving {
  /** null while the node does not run. */
  now: Served | null
  /** Resolved when a node that stands still goes on; null while none does. */
  stillness: Deferred<void> | null
}

/**
 * Where the metrics and the health of one node of a cluster in this process are served, at one address for as long as the cluster
 * is there. While the node does not run the answer is 503; while it stands still nobody is answered.
 */
export class MetricsDoor implements AsyncDisposable {
  readonly #server: HttpServer
  readonly #serving: Serving

  private constructor(server: HttpServer, serving: Serving) {
    this.#server = server
    this.#serving = serving
  }

  /** At a free port. Errors: `NetworkError`. */
  static async open(host: string, logger: Logger): Promise<MetricsDoor> {
    const serving: Serving = { now: null, stillness: null }
    const onError = (error: unknown) => logger.error('a request on metrics.port failed', { error })
    return new MetricsDoor(await startHttpServer({ host, port: 0, onError, handle: (request) => answer(serving, request) }), serving)
  }

  get at(): Endpoint {
    return this.#server.local
  }

  /** For the next run of the node. */
  platform(): MetricsPlatform {
    return {
      expose: exposePrometheus,
      startHttpServer: async (served) => {
        this.#serving.now = served
        return { local: this.at, [Symbol.asyncDispose]: async () => this.#leave(served) }
      },
    }
  }

  pause(): void {
    this.#serving.stillness ??= deferred()
  }

  resume(): void {
    this.#serving.stillness?.resolve()
    this.#serving.stillness = null
  }

  /** The node was killed: nothing of it is told any more, not even the rest of an answer. */
  kill(): void {
    this.#serving.now = null
    this.resume()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.kill()
    return this.#server[Symbol.asyncDispose]()
  }

  #leave(served: Served): void {
    if (this.#serving.now === served) this.#serving.now = null
  }
}

async function answer(serving: Serving, request: HttpRequest): Promise<HttpResponse> {
  await serving.stillness?.promise
  const { now } = serving
  if (now === null) return STOPPED
  const response = await now.handle(request)
  const { body } = response
  return typeof body === 'string' ? response : { ...response, body: whileServed(body, serving, now) }
}

async function* whileServed(pieces: AsyncIterable<string>, serving: Serving, by: Served): AsyncGenerator<string, void, void> {
  for await (const piece of pieces) {
    await serving.stillness?.promise
    if (serving.now !== by) throw new OdradekError('NODE_KILLED', 'The node was stopped while it told its metrics.')
    yield piece
  }
}
