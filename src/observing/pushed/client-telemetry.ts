import { decompress } from '../../../protocol/compression/codecs.ts'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { DecodeError } from '../../../protocol/errors.ts'
import { decodeMetricsData } from '../../../protocol/otlp/metrics-data.ts'
import { randomUuid, type Uuid } from '../../../protocol/uuid.ts'
import type { Clock, Random } from '../../base/ports.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { AnyMetricTable } from '../../telemetry/metrics.ts'
import type { ClientFacts } from './client-facts.ts'
import { type AcceptedPush, ClientInstances, type GetAnswer, isRequested, type Push } from './client-instances.ts'
import { PushedFigures } from './pushed-figures.ts'
import { Subscriptions } from './subscriptions.ts'
import { type TelemetryFacts, telemetrySheet } from './telemetry-sheet.ts'

/** Log lines about pushes that cannot be read: one in this time. */
const LOG_INTERVAL_MS = 60_000

export interface ClientTelemetrySettings {
  /** `telemetry.max.bytes` */
  readonly maxBytes: () => number
  /** `metrics.clients.max` */
  readonly maxClients: () => number
}

export interface ClientTelemetryOptions {
  readonly settings: ClientTelemetrySettings
  readonly clock: Clock
  readonly random: Pick<Random, 'bytes'>
  readonly logger: Logger
}

/**
 * What clients measure of themselves, asked for and received (KIP-714): subscriptions from the metadata log, which `subscriptions`
 * follows; who may push when; and the figures, for `/metrics`.
 */
export class ClientTelemetry {
  readonly subscriptions: Subscriptions
  readonly maxBytes: () => number
  readonly #instances: ClientInstances
  readonly #figures: PushedFigures
  readonly #clock: Clock
  readonly #logger: Logger
  #pushCount = 0
  #unreadableCount = 0
  #loggedAtMs = Number.NEGATIVE_INFINITY

  constructor({ settings, clock, random, logger }: ClientTelemetryOptions) {
    this.subscriptions = new Subscriptions(logger)
    this.maxBytes = settings.maxBytes
    this.#instances = new ClientInstances({
      subscriptions: this.subscriptions,
      maxBytes: settings.maxBytes,
      newId: () => randomUuid((count) => random.bytes(count)),
    })
    this.#figures = new PushedFigures(settings.maxClients)
    this.#clock = clock
    this.#logger = logger
  }

  /** What the client is to push, and how often. @param asked the client's id, or the zero id */
  subscriptionsOf(client: ClientFacts, asked: Uuid): GetAnswer {
    return this.#instances.get(client, asked, this.#clock.monotonicMs())
  }

  /**
   * Takes what a client pushed, as far as it is asked for it. Of a client that is asked for nothing nothing is looked at: it is answered
   * as Kafka answers it. @returns what it is answered
   */
  push(client: ClientFacts, push: Push): ErrorCode {
    const accepted = this.#instances.push(client, push, this.#clock.monotonicMs())
    if (typeof accepted === 'number') return accepted
    const isOfInterest = push.metrics.length > 0 && accepted.requestedMetrics.length > 0
    const errorCode = isOfInterest ? this.#receive(client, accepted, push.metrics as Buffer) : ErrorCode.NONE
    accepted.settle(errorCode)
    return errorCode
  }

  connectionClosed(connectionId: number): void {
    this.#instances.connectionClosed(connectionId)
    this.#figures.connectionClosed(connectionId)
  }

  /** What is shown of it now. */
  tables(): readonly AnyMetricTable[] {
    return [{ ...telemetrySheet, rows: () => [this.#facts()], labelsOf: () => [] }, ...this.#figures.tables(this.#clock.monotonicMs())]
  }

  /** Bytes that are no metrics are refused as Kafka does what its receiver fails over. */
  #receive(client: ClientFacts, { clientInstanceId, compression, pushIntervalMs, requestedMetrics }: AcceptedPush, metrics: Buffer): ErrorCode {
    try {
      const resources = decodeMetricsData(decompress(compression, metrics, this.maxBytes()))
      const { clientId, connectionId } = client
      const isWanted = (name: string) => isRequested(requestedMetrics, name)
      this.#figures.add({ clientInstanceId, clientId, connectionId, pushIntervalMs }, resources, isWanted, this.#clock.monotonicMs())
      this.#pushCount += 1
      return ErrorCode.NONE
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#unreadable(client, clientInstanceId, error)
      return ErrorCode.INVALID_RECORD
    }
  }

  #unreadable({ clientId, sourceAddress }: ClientFacts, clientInstanceId: Uuid, error: Error): void {
    this.#unreadableCount += 1
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#loggedAtMs < LOG_INTERVAL_MS) return
    this.#loggedAtMs = nowMs
    this.#logger.warn('metrics that a client pushed cannot be read', { clientId, clientInstanceId, sourceAddress, why: error.message })
  }

  #facts(): TelemetryFacts {
    this.#instances.expire(this.#clock.monotonicMs())
    const { count: instanceCount, throttleCount, unknownSubscriptionCount } = this.#instances
    const { seriesCount, droppedCount } = this.#figures
    const counts = { pushCount: this.#pushCount, unreadableCount: this.#unreadableCount }
    return { instanceCount, throttleCount, unknownSubscriptionCount, seriesCount, droppedCount, ...counts }
  }
}
