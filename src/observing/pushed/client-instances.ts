import { COMPRESSIONS, type Compression } from '../../../protocol/compression/codecs.ts'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { METADATA_TOPIC_ID, type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import { inHashMapOrder } from '../../base/java-hash-code.ts'
import { attributesOf, type ClientAttributes, type ClientFacts } from './client-facts.ts'
import { subscriptionIdOf } from './subscription-id.ts'
import { isMatch, type Subscription } from './subscriptions.ts'

/** In Kafka, too: clients that are known at a time. */
export const MAX_CLIENT_INSTANCES = 16_384
const LEAST_EXPIRY_MS = 60_000
const DEFAULT_INTERVAL_MS = 300_000
const ALL_METRICS = '*'
/** In the order of preference. Source: ClientMetricsManager. */
export const ACCEPTED_COMPRESSIONS = (['zstd', 'lz4', 'gzip', 'snappy'] as const).map((name) => COMPRESSIONS.indexOf(name))

export interface ClientInstancesOptions {
  readonly subscriptions: { readonly version: number; all(): readonly Subscription[] }
  /** `telemetry.max.bytes` */
  readonly maxBytes: () => number
  readonly newId: () => Uuid
}

export type GetAnswer =
  | { readonly errorCode: typeof ErrorCode.THROTTLING_QUOTA_EXCEEDED }
  | {
      readonly errorCode: typeof ErrorCode.NONE
      readonly clientInstanceId: Uuid
      readonly subscriptionId: number
      readonly pushIntervalMs: number
      readonly requestedMetrics: readonly string[]
    }

export interface Push {
  readonly clientInstanceId: Uuid
  readonly subscriptionId: number
  readonly terminating: boolean
  readonly compressionType: number
  readonly metrics: Uint8Array
}

/** What a client pushed, when it may. */
export interface AcceptedPush {
  readonly clientInstanceId: Uuid
  readonly compression: Compression
  readonly pushIntervalMs: number
  /** What the client is asked for, as in `GetAnswer`. */
  readonly requestedMetrics: readonly string[]
  /** What became of it decides on the client's next request. */
  settle(errorCode: ErrorCode): void
}

/** One client, as long as what it is asked for stays the same. */
interface Instance {
  readonly attributes: ClientAttributes
  readonly subscriptionsVersion: number
  readonly subscriptionId: number
  readonly metrics: readonly string[]
  readonly pushIntervalMs: number
  lastGetMs: number
  lastPushMs: number
  isTerminating: boolean
  lastError: ErrorCode
  expiresAtMs: number
}

const NEVER = Number.NEGATIVE_INFINITY

/**
 * The clients that ask what metrics they should push, and who push: which of them may when, and what they are told. Soft state, as
 * in Kafka: a client that is not known is made anew from what it says. Decides alone; time is an argument.
 *
 * What a client is asked for is found out when it first asks and after each change of a subscription. The one that was
 * silent longest is forgotten for a new one; one that is silent for three intervals, or whose connection closed, is as new.
 * Source: KIP-714; org.apache.kafka.server.ClientMetricsManager, ClientMetricsInstance.
 */
export class ClientInstances {
  readonly #options: ClientInstancesOptions
  /** The one that was heard last stands last. */
  readonly #instances = new Map<Uuid, Instance>()
  /** By the connection on which each was first heard. */
  readonly #byConnection = new Map<number, Uuid>()
  #unknownSubscriptionCount = 0
  #throttleCount = 0

  constructor(options: ClientInstancesOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#instances.size
  }

  /** Forgets those that have been silent too long; who asks is new by then anyway. */
  expire(nowMs: number): void {
    for (const [id, { expiresAtMs }] of this.#instances) if (expiresAtMs <= nowMs) this.#instances.delete(id)
  }

  /** Pushes that were refused with UNKNOWN_SUBSCRIPTION_ID. */
  get unknownSubscriptionCount(): number {
    return this.#unknownSubscriptionCount
  }

  get throttleCount(): number {
    return this.#throttleCount
  }

  /** @param asked the client's id, or the zero id: it gets one */
  get(client: ClientFacts, asked: Uuid, nowMs: number): GetAnswer {
    const clientInstanceId = asked === ZERO_UUID ? this.#newId() : asked
    const instance = this.#instance(client, clientInstanceId, nowMs)
    if (!mayGet(instance, nowMs)) {
      this.#throttleCount += 1
      return { errorCode: ErrorCode.THROTTLING_QUOTA_EXCEEDED }
    }
    instance.lastError = ErrorCode.NONE
    const { subscriptionId, pushIntervalMs, metrics } = instance
    return { errorCode: ErrorCode.NONE, clientInstanceId, subscriptionId, pushIntervalMs, requestedMetrics: metrics }
  }

  /** @returns the error with which a push is refused, or what to do with it */
  push(client: ClientFacts, push: Push, nowMs: number): ErrorCode | AcceptedPush {
    const { clientInstanceId } = push
    if (clientInstanceId === ZERO_UUID || clientInstanceId === METADATA_TOPIC_ID) return ErrorCode.INVALID_REQUEST
    const instance = this.#instance(client, clientInstanceId, nowMs)
    const error = this.#refusal(instance, push, nowMs)
    instance.isTerminating = push.terminating
    const settle = (errorCode: ErrorCode) => {
      instance.lastError = errorCode
    }
    if (error !== ErrorCode.NONE) {
      settle(error)
      return error
    }
    const { pushIntervalMs, metrics: requestedMetrics } = instance
    return { clientInstanceId, compression: COMPRESSIONS[push.compressionType] as Compression, pushIntervalMs, requestedMetrics, settle }
  }

  connectionClosed(connectionId: number): void {
    const clientInstanceId = this.#byConnection.get(connectionId)
    if (clientInstanceId === undefined) return
    this.#byConnection.delete(connectionId)
    this.#instances.delete(clientInstanceId)
  }

  #refusal(instance: Instance, push: Push, nowMs: number): ErrorCode {
    if (instance.isTerminating) return ErrorCode.INVALID_REQUEST
    if (!mayPush(instance, nowMs) && !push.terminating) {
      this.#throttleCount += 1
      return ErrorCode.THROTTLING_QUOTA_EXCEEDED
    }
    if (push.subscriptionId !== instance.subscriptionId) {
      this.#unknownSubscriptionCount += 1
      return ErrorCode.UNKNOWN_SUBSCRIPTION_ID
    }
    if (COMPRESSIONS[push.compressionType] === undefined) return ErrorCode.UNSUPPORTED_COMPRESSION_TYPE
    return push.metrics.length > this.#options.maxBytes() ? ErrorCode.TELEMETRY_TOO_LARGE : ErrorCode.NONE
  }

  #newId(): Uuid {
    for (;;) {
      const id = this.#options.newId()
      if (!this.#instances.has(id)) return id
    }
  }

  #instance(client: ClientFacts, clientInstanceId: Uuid, nowMs: number): Instance {
    const known = this.#instances.get(clientInstanceId)
    const isCurrent = known !== undefined && known.expiresAtMs > nowMs && known.subscriptionsVersion >= this.#options.subscriptions.version
    const instance = isCurrent ? known : this.#make(client, clientInstanceId, known !== undefined && known.expiresAtMs > nowMs ? known : null)
    instance.expiresAtMs = nowMs + Math.max(LEAST_EXPIRY_MS, 3 * instance.pushIntervalMs)
    this.#instances.delete(clientInstanceId)
    this.#instances.set(clientInstanceId, instance)
    if (this.#instances.size > MAX_CLIENT_INSTANCES) this.#forgetOldest()
    return instance
  }

  /** @param before the same client, of whom other things are asked now: it is still the one that first came */
  #make(client: ClientFacts, clientInstanceId: Uuid, before: Instance | null): Instance {
    this.#byConnection.set(client.connectionId, clientInstanceId)
    const attributes = before?.attributes ?? attributesOf(clientInstanceId, client)
    const { subscriptions } = this.#options
    const wanted = subscriptions.all().filter((subscription) => isMatch(subscription, attributes))
    const metrics = metricsOf(wanted)
    const pushIntervalMs = Math.min(DEFAULT_INTERVAL_MS, ...wanted.map(({ intervalMs }) => intervalMs))
    return {
      attributes,
      subscriptionsVersion: subscriptions.version,
      subscriptionId: subscriptionIdOf(metrics, pushIntervalMs, clientInstanceId),
      metrics,
      pushIntervalMs,
      lastGetMs: NEVER,
      lastPushMs: NEVER,
      isTerminating: false,
      lastError: ErrorCode.NONE,
      expiresAtMs: NEVER,
    }
  }

  #forgetOldest(): void {
    for (const id of this.#instances.keys()) {
      this.#instances.delete(id)
      return
    }
  }
}

/** Whoever is asked for all is asked for nothing else. */
function metricsOf(wanted: readonly Subscription[]): readonly string[] {
  const metrics = inHashMapOrder([...new Set(wanted.flatMap(({ metrics }) => inHashMapOrder([...new Set(metrics)])))])
  return metrics.includes(ALL_METRICS) ? [ALL_METRICS] : metrics
}

/** Once in an interval, and at once after an error that says to ask again. */
function mayGet(instance: Instance, nowMs: number): boolean {
  const isDue = nowMs - Math.max(instance.lastGetMs, instance.lastPushMs) >= instance.pushIntervalMs
  if (isDue) instance.lastGetMs = nowMs
  return isDue || instance.lastError === ErrorCode.UNKNOWN_SUBSCRIPTION_ID || instance.lastError === ErrorCode.UNSUPPORTED_COMPRESSION_TYPE
}

/** Once in an interval, and once after each answer to what is asked for: clients choose a part of an interval for their first push. */
function mayPush(instance: Instance, nowMs: number): boolean {
  const isDue = instance.lastGetMs > instance.lastPushMs || nowMs - instance.lastPushMs >= instance.pushIntervalMs
  if (isDue) instance.lastPushMs = nowMs
  return isDue
}

/** Whether a client that is asked for these is asked for the metric of this name. Source: KIP-714; ClientTelemetryUtils. */
export function isRequested(requestedMetrics: readonly string[], name: string): boolean {
  return requestedMetrics.some((beginning) => beginning === ALL_METRICS || name.startsWith(beginning))
}
