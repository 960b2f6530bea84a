import type { Partition } from '../../replication/partition.ts'

/** Tells when partitions change that somebody looks at. */
export class PartitionFollower {
  readonly #changed: () => void
  readonly #followed = new Map<Partition, () => void>()

  constructor(changed: () => void) {
    this.#changed = changed
  }

  /** From now on; one that is followed already stays followed once. */
  follow(partitions: Iterable<Partition>): void {
    for (const partition of partitions) {
      if (this.#followed.has(partition)) continue
      const unlisten = partition.audience.listen({
        onHighWatermark: () => this.#changed(),
        onOffline: () => this.#changed(),
        onDeleted: () => this.#forget(partition),
      })
      this.#followed.set(partition, unlisten)
    }
  }

  close(): void {
    for (const unlisten of this.#followed.values()) unlisten()
    this.#followed.clear()
  }

  #forget(partition: Partition): void {
    this.#followed.get(partition)?.()
    this.#followed.delete(partition)
    this.#changed()
  }
}
