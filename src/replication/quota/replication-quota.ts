import type { Clock } from '../../base/ports.ts'
import { RateWindow } from './rate-window.ts'

/** What one side of replication, leaders or followers, may do. */
export interface ReplicationQuotaOptions {
  readonly nodeId: number
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** `leader.` or `follower.replication.throttled.rate`, asked each time; `Number.MAX_SAFE_INTEGER` and more: no limit. */
  readonly bytesPerSecond: () => number
  /** `replication.quota.window.num`, `replication.quota.window.size.seconds` */
  readonly windowCount: number
  readonly windowSizeMs: number
  /** `leader.` or `follower.replication.throttled.replicas` of a topic. */
  readonly throttledReplicas: (topic: string) => readonly string[]
}

const ALL = '*'

/**
 * Keeps the copying of chosen replicas below a rate, so that clients do not feel a reassignment. What it counts are bytes of
 * those replicas, in sync or not; who obeys it are those that are not in sync. While there is no limit nothing is counted.
 * Source: kafka.server.ReplicationQuotaManager; KIP-73.
 */
export class ReplicationQuota {
  readonly #options: ReplicationQuotaOptions
  readonly #rate: RateWindow

  constructor(options: ReplicationQuotaOptions) {
    this.#options = options
    this.#rate = new RateWindow(options)
  }

  /** Whether more than the rate was copied. */
  get isExceeded(): boolean {
    if (!this.#isLimited) return false
    const { bytesPerSecond, clock } = this.#options
    return this.#rate.rate(clock.monotonicMs()) > bytesPerSecond()
  }

  isThrottled(topic: string, partition: number): boolean {
    const { throttledReplicas, nodeId } = this.#options
    const replicas = throttledReplicas(topic)
    return replicas[0] === ALL || replicas.includes(`${partition}:${nodeId}`)
  }

  /** Bytes of a partition that were copied; they count where it is throttled. */
  record(topic: string, partition: number, sizeBytes: number): void {
    if (sizeBytes === 0 || !this.#isLimited || !this.isThrottled(topic, partition)) return
    this.#rate.record(sizeBytes, this.#options.clock.monotonicMs())
  }

  get #isLimited(): boolean {
    return this.#options.bytesPerSecond() < Number.MAX_SAFE_INTEGER
  }
}
