import type { Clock } from '../base/ports.ts'
import type { MetadataImage } from './image.ts'

export interface SnapshotGeneratorOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** metadata.log.max.record.bytes.between.snapshots */
  readonly maxBytes: number
  /** metadata.log.max.snapshot.interval.ms; 0 is never by time alone */
  readonly maxIntervalMs: number
  /** Writes a snapshot of the image. A rejection is handed to `onFailure`; the next snapshot comes when it is due again. */
  readonly write: (image: MetadataImage) => Promise<void>
  readonly onFailure: (error: unknown) => void
}

/**
 * Decides when the metadata log is worth a snapshot: after so many bytes of it, or with the first change after so long.
 * One snapshot is written at a time. Source: KIP-630, KIP-876.
 */
export class SnapshotGenerator {
  readonly #options: SnapshotGeneratorOptions
  #bytesSince = 0
  #lastMs: number
  #writing: Promise<void> | null = null

  constructor(options: SnapshotGeneratorOptions) {
    this.#options = options
    this.#lastMs = options.clock.monotonicMs()
  }

  /** To be called after each published image. @param bytes that the log grew by since the one before */
  published(image: MetadataImage, bytes: number): void {
    this.#bytesSince += bytes
    if (this.#writing === null && this.#isDue()) this.#writing = this.#write(image)
  }

  /** Resolves when no snapshot is being written. */
  async idle(): Promise<void> {
    await this.#writing
  }

  #isDue(): boolean {
    const { clock, maxBytes, maxIntervalMs } = this.#options
    return this.#bytesSince >= maxBytes || (maxIntervalMs > 0 && clock.monotonicMs() - this.#lastMs >= maxIntervalMs)
  }

  async #write(image: MetadataImage): Promise<void> {
    this.#bytesSince = 0
    this.#lastMs = this.#options.clock.monotonicMs()
    try {
      await this.#options.write(image)
    } catch (error) {
      this.#options.onFailure(error)
    } finally {
      this.#writing = null
    }
  }
}
