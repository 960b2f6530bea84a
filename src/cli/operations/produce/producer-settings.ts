import type { Compression } from '../../../../protocol/compression/codecs.ts'

/** How records are sent, by Kafka's names of the settings and with its defaults. Times in milliseconds. */
export interface ProducerSettings {
  readonly acks: -1 | 0 | 1
  readonly compression: Compression
  readonly batchBytes: number
  readonly lingerMs: number
  readonly retries: number
  readonly retryBackoffMs: number
  /** How long the broker may wait for its followers, and we for its answer. */
  readonly requestTimeoutMs: number
  readonly deliveryTimeoutMs: number
  /** How long a topic may be unknown. */
  readonly maxBlockMs: number
  readonly maxRequestBytes: number
  readonly bufferBytes: number
  /** A batch that is sent twice is written once. */
  readonly isIdempotent: boolean
}

export const defaultProducerSettings: ProducerSettings = {
  acks: -1,
  compression: 'none',
  batchBytes: 16_384,
  lingerMs: 5,
  retries: 2_147_483_647,
  retryBackoffMs: 100,
  requestTimeoutMs: 30_000,
  deliveryTimeoutMs: 120_000,
  maxBlockMs: 60_000,
  maxRequestBytes: 1_048_576,
  bufferBytes: 33_554_432,
  isIdempotent: true,
}
