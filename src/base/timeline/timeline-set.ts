import type { SnapshotRegistry } from './snapshot-registry.ts'
import { TimelineMap } from './timeline-map.ts'

/** A Set with a past; see `TimelineMap`. */
export class TimelineSet<Item> {
  readonly #items: TimelineMap<Item, true>

  constructor(registry: SnapshotRegistry) {
    this.#items = new TimelineMap(registry)
  }

  size(atOffset?: number): number {
    return this.#items.size(atOffset)
  }

  has(item: Item, atOffset?: number): boolean {
    return this.#items.has(item, atOffset)
  }

  /** False when it was there already. */
  add(item: Item): boolean {
    if (this.#items.has(item)) return false
    this.#items.set(item, true)
    return true
  }

  /** False when it was not there. */
  delete(item: Item): boolean {
    return this.#items.delete(item)
  }

  clear(): void {
    this.#items.clear()
  }

  values(atOffset?: number): IterableIterator<Item> {
    return this.#items.keys(atOffset)
  }
}
