import { ApiVersionsApi } from '../../protocol/messages/api-versions.ts'
import { DescribeClusterApi } from '../../protocol/messages/describe-cluster.ts'
import { FindCoordinatorApi } from '../../protocol/messages/find-coordinator.ts'
import { InitProducerIdApi } from '../../protocol/messages/init-producer-id.ts'
import { MetadataApi } from '../../protocol/messages/metadata.ts'
import { ProduceApi } from '../../protocol/messages/produce.ts'
import { SaslAuthenticateApi } from '../../protocol/messages/sasl-authenticate.ts'
import { SaslHandshakeApi } from '../../protocol/messages/sasl-handshake.ts'
import type { AnyApi } from '../../protocol/schema/notation.ts'
import { parseVersions } from '../../protocol/schema/versions.ts'
import { type EachErrorCode, eachErrorCode } from './error-codes-of.ts'
import type { ListenerKind, RequestContext } from './request-context.ts'

/** librdkafka takes a broker that does not advertise Produce v0 for one without compression. Source: KAFKA-18659. */
const PRODUCE_ADVERTISED_OLDEST = 0

/** What clients ask whoever they are connected to. */
const QUESTIONS: ReadonlySet<AnyApi> = new Set([
  ApiVersionsApi,
  SaslHandshakeApi,
  SaslAuthenticateApi,
  MetadataApi,
  DescribeClusterApi,
  FindCoordinatorApi,
  InitProducerIdApi,
])

/** What a handler must offer to be served; `src/handlers/define-handler.ts` says what each part means. */
export interface ServedApi<Services> {
  readonly api: AnyApi
  readonly listeners: readonly ListenerKind[]
  readonly latestVersion?: number
  readonly borrowsBytes?: boolean
  readonly overlaps?: boolean
  // biome-ignore lint/suspicious/noExplicitAny: the request and the response of any API
  handle(context: RequestContext<Services>, request: any): any
}

/** One API with what dispatch needs to know of it at each request. */
export interface ApiEntry<Services> {
  readonly served: ServedApi<Services>
  readonly name: string
  readonly oldestVersion: number
  readonly latestVersion: number
  /** The first version with request header v2, and the first with response header v1. */
  readonly firstFlexibleRequest: number
  readonly firstFlexibleResponse: number
  /** Clients ask it before they have come to the address that they are told. */
  readonly isQuestion: boolean
  /** null for a response without error codes. */
  readonly eachErrorCode: EachErrorCode | null
}

/** What a handler gave: a response, null for none, or a promise of these. */
export type Result = object | null | Promise<object | null>

/** Stands between the table and one handler, for instance to delay or fail chosen requests; `handle` calls the handler. */
export type Intercept<Services> = (context: RequestContext<Services>, request: object, handle: (request: object) => Result) => Result

/** One line of the answer to ApiVersions. */
export interface AdvertisedApi {
  readonly apiKey: number
  readonly minVersion: number
  readonly maxVersion: number
}

/** The APIs of a node by key. */
export class ApiTable<Services> {
  /** As constructed. */
  readonly #served: (ApiEntry<Services> | undefined)[] = []
  /** As served now. */
  readonly #entries: (ApiEntry<Services> | undefined)[] = []

  constructor(handlers: readonly ServedApi<Services>[]) {
    for (const handler of handlers) {
      if (this.#served[handler.api.key] !== undefined) throw new TypeError(`${handler.api.name} has two handlers`)
      this.#served[handler.api.key] = entryOf(handler)
    }
    this.#entries.push(...this.#served)
  }

  /** Every API by its name, in the order of the keys. */
  get apis(): readonly AnyApi[] {
    return this.#served.flatMap((entry) => (entry === undefined ? [] : [entry.served.api]))
  }

  /**
   * Puts `intercept` before the handler of an API, from the next request on; null leaves the handler alone again. Requests
   * of an API without an interceptor do not know that there could be one. Who intercepts may call the handler later, so
   * the request's bytes are kept, and the next request waits.
   */
  intercept(apiKey: number, intercept: Intercept<Services> | null): void {
    const entry = this.#served[apiKey]
    if (entry === undefined) throw new TypeError(`API key ${apiKey} has no handler`)
    this.#entries[apiKey] = intercept === null ? entry : { ...entry, served: intercepted(entry.served, intercept) }
  }

  /** @returns undefined when listeners of this kind do not serve the API */
  find(apiKey: number, kind: ListenerKind): ApiEntry<Services> | undefined {
    const entry = this.#entries[apiKey]
    return entry?.served.listeners.includes(kind) ? entry : undefined
  }

  /** See `Handler.borrowsBytes`. */
  borrows(apiKey: number): boolean {
    return this.#entries[apiKey]?.served.borrowsBytes === true
  }

  /** See `Handler.overlaps`. */
  overlaps(apiKey: number): boolean {
    return this.#entries[apiKey]?.served.overlaps === true
  }

  /** What ApiVersions says of listeners of this kind, in the order of the keys. */
  advertised(kind: ListenerKind): readonly AdvertisedApi[] {
    return this.#entries
      .filter((entry) => entry !== undefined)
      .filter((entry) => entry.served.listeners.includes(kind))
      .map(({ served, oldestVersion, latestVersion }) => ({
        apiKey: served.api.key,
        minVersion: served.api === ProduceApi ? PRODUCE_ADVERTISED_OLDEST : oldestVersion,
        maxVersion: latestVersion,
      }))
  }
}

function intercepted<Services>(served: ServedApi<Services>, intercept: Intercept<Services>): ServedApi<Services> {
  return {
    ...served,
    borrowsBytes: false,
    overlaps: false,
    handle: (context, request) => intercept(context, request, (passed) => served.handle(context, passed)),
  }
}

function entryOf<Services>(served: ServedApi<Services>): ApiEntry<Services> {
  const { request, response } = served.api
  const { lowest, highest } = parseVersions(request.versions)
  const latestFinal = request.latestVersionUnstable === true ? highest - 1 : highest
  return {
    served,
    name: served.api.name,
    oldestVersion: lowest,
    latestVersion: Math.min(served.latestVersion ?? latestFinal, latestFinal),
    firstFlexibleRequest: firstOf(request.flexible),
    firstFlexibleResponse: firstOf(response.flexible),
    isQuestion: QUESTIONS.has(served.api),
    eachErrorCode: eachErrorCode(response.fields),
  }
}

function firstOf(range: string): number {
  return range === 'none' ? Number.POSITIVE_INFINITY : parseVersions(range).lowest
}
