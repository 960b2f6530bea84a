import type { AnyApi } from '../../protocol/schema/notation.ts'
import { Histogram, SECONDS_BOUNDS } from '../telemetry/histogram.ts'

const FETCH_KEY = 1

/** The moments of one request, in milliseconds of the monotonic clock. */
export interface RequestTimes {
  /** Its last bytes came. */
  readonly arrivedMs: number
  /** Its turn came: those before it on the connection had been handled. */
  readonly startMs: number
  /** The handler had done what it could at once. */
  readonly handledMs: number
  /** Its reply was made. */
  readonly doneMs: number
}

/** What is known of all requests of one name since the node started. */
export class RequestKind {
  /** That of the API; of Fetch there are also `FetchConsumer` and `FetchFollower`, as in Kafka. */
  readonly name: string
  /** In seconds, all four. From the arrival to the reply; what follows are its parts. */
  readonly total = new Histogram(SECONDS_BOUNDS)
  readonly queue = new Histogram(SECONDS_BOUNDS)
  readonly local = new Histogram(SECONDS_BOUNDS)
  /** Waiting for other replicas, for records, members, the controller or the disk. */
  readonly remote = new Histogram(SECONDS_BOUNDS)
  /** Requests of version v stand at index v. */
  readonly versions: number[] = []
  /** How often which error code was answered, NONE too. As many as there are codes. */
  readonly errors = new Map<number, number>()
  requestBytes = 0
  replyBytes = 0
  /** Being served now: those that wait for others, too. */
  inFlight = 0

  constructor(name: string) {
    this.name = name
  }

  add({ arrivedMs, startMs, handledMs, doneMs }: RequestTimes): void {
    this.total.observe((doneMs - arrivedMs) / 1000)
    this.queue.observe((startMs - arrivedMs) / 1000)
    this.local.observe((handledMs - startMs) / 1000)
    this.remote.observe((doneMs - handledMs) / 1000)
  }

  addVersion(version: number): void {
    this.versions[version] = (this.versions[version] ?? 0) + 1
  }

  readonly addError = (code: number): void => {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1)
  }
}

/** Under whose names a request is counted, made once for all requests that are alike. */
export interface CountedAs {
  readonly kinds: readonly RequestKind[]
  /** Adds one of the error codes of its answer, to all of them. */
  addError(code: number): void
}

function countedAs(kinds: readonly RequestKind[]): CountedAs {
  const [first, ...others] = kinds
  if (first !== undefined && others.length === 0) return { kinds, addError: first.addError }
  return {
    kinds,
    addError: (code) => {
      for (const { addError } of kinds) addError(code)
    },
  }
}

/** The requests of one node: counted as they are served, read when somebody asks. One kind is made at its first request. */
export class RequestStats {
  /** Being served: those that wait for others, too. */
  inFlight = 0
  readonly #kinds = new Map<string, RequestKind>()
  /** By API key, of APIs whose requests are all of one kind. */
  readonly #single: CountedAs[] = []
  #consumers: CountedAs | null = null
  #followers: CountedAs | null = null

  /** In the order in which they came first. */
  get kinds(): Iterable<RequestKind> {
    return this.#kinds.values()
  }

  /** @param request decoded */
  countedAs({ key, name }: AnyApi, request: object): CountedAs {
    if (key !== FETCH_KEY) {
      this.#single[key] ??= countedAs([this.#kind(name)])
      return this.#single[key]
    }
    if (isFromFollower(request)) {
      this.#followers ??= countedAs([this.#kind(name), this.#kind('FetchFollower')])
      return this.#followers
    }
    this.#consumers ??= countedAs([this.#kind(name), this.#kind('FetchConsumer')])
    return this.#consumers
  }

  #kind(name: string): RequestKind {
    const kind = this.#kinds.get(name) ?? new RequestKind(name)
    this.#kinds.set(name, kind)
    return kind
  }
}

/** Newer versions say it in another field. Source: KIP-903. */
function isFromFollower(fetch: { readonly replicaId?: number; readonly replicaState?: { readonly replicaId: number } }): boolean {
  return (fetch.replicaId ?? -1) >= 0 || (fetch.replicaState?.replicaId ?? -1) >= 0
}
