import { assert } from './assert.ts'

export interface LruMapOptions<Key, Value> {
  /** Entries held at most; at least 1. */
  readonly capacity: number
  /** Called for the entry that gave way to a new one; not for `delete` and `clear`. */
  readonly onEvict?: (key: Key, value: Value) => void
}

/** A Map of bounded size: when it is full, a new key takes the place of the one not read or written for the longest time. */
export class LruMap<Key, Value> {
  readonly capacity: number
  readonly #onEvict: ((key: Key, value: Value) => void) | undefined
  /** The order of insertion is the order of use: the first is the oldest. */
  readonly #entries = new Map<Key, Value>()

  constructor(options: LruMapOptions<Key, Value>) {
    assert(Number.isInteger(options.capacity) && options.capacity >= 1, 'an LruMap holds at least one entry')
    this.capacity = options.capacity
    this.#onEvict = options.onEvict
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value, now the most recently used one. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key)
    if (value === undefined && !this.#entries.has(key)) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value as Value)
    return value
  }

  /** The value, without counting as a use. */
  peek(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  has(key: Key): boolean {
    return this.#entries.has(key)
  }

  set(key: Key, value: Value): void {
    if (!this.#entries.delete(key) && this.#entries.size >= this.capacity) this.#evictOldest()
    this.#entries.set(key, value)
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** From the least to the most recently used. */
  entries(): IterableIterator<[Key, Value]> {
    return this.#entries.entries()
  }

  values(): IterableIterator<Value> {
    return this.#entries.values()
  }

  #evictOldest(): void {
    for (const [key, value] of this.#entries) {
      this.#entries.delete(key)
      this.#onEvict?.(key, value)
      return
    }
  }
}
