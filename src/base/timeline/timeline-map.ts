import type { Revertable, SnapshotRegistry } from './snapshot-registry.ts'

/** The value that stands for a key that was not there. */
const ABSENT = Symbol('absent')

interface MapUndo<Key, Value> {
  /** Entries at the time of the snapshot. */
  readonly size: number
  /** What the keys that changed since held. */
  readonly overwritten: Map<Key, Value | typeof ABSENT>
}

/**
 * A Map that can be read as it was at any snapshot of its registry, and goes back when the registry reverts.
 * Values must not be changed in place (or be made of timeline structures themselves). A key that a revert brings back
 * comes last in the order of iteration.
 *
 * Every `atOffset` is the offset of a snapshot; left out, it is the present.
 */
export class TimelineMap<Key, Value> implements Revertable {
  readonly #registry: SnapshotRegistry
  readonly #entries = new Map<Key, Value>()

  constructor(registry: SnapshotRegistry) {
    this.#registry = registry
  }

  size(atOffset?: number): number {
    if (atOffset === undefined) return this.#entries.size
    return this.#registry.firstUndo<MapUndo<Key, Value>>(atOffset, this, () => true)?.size ?? this.#entries.size
  }

  get(key: Key, atOffset?: number): Value | undefined {
    if (atOffset === undefined) return this.#entries.get(key)
    const value = this.#valueAt(key, atOffset)
    return value === ABSENT ? undefined : value
  }

  has(key: Key, atOffset?: number): boolean {
    if (atOffset === undefined) return this.#entries.has(key)
    return this.#valueAt(key, atOffset) !== ABSENT
  }

  set(key: Key, value: Value): void {
    this.#noteChange(key)
    this.#entries.set(key, value)
  }

  /** False when the key was not there. */
  delete(key: Key): boolean {
    if (!this.#entries.has(key)) return false
    this.#noteChange(key)
    return this.#entries.delete(key)
  }

  clear(): void {
    for (const key of this.#entries.keys()) this.#noteChange(key)
    this.#entries.clear()
  }

  /** The map may change while it is iterated at present, but not while it is iterated at an offset. */
  entries(atOffset?: number): IterableIterator<[Key, Value]> {
    return atOffset === undefined ? this.#entries.entries() : this.#entriesAt(atOffset)
  }

  *keys(atOffset?: number): IterableIterator<Key> {
    for (const [key] of this.entries(atOffset)) yield key
  }

  *values(atOffset?: number): IterableIterator<Value> {
    for (const [, value] of this.entries(atOffset)) yield value
  }

  applyUndo(undo: MapUndo<Key, Value>): void {
    for (const [key, value] of undo.overwritten) {
      if (value === ABSENT) this.#entries.delete(key)
      else this.#entries.set(key, value)
    }
  }

  #valueAt(key: Key, atOffset: number): Value | typeof ABSENT {
    const undo = this.#registry.firstUndo<MapUndo<Key, Value>>(atOffset, this, (candidate) => candidate.overwritten.has(key))
    return undo === undefined ? this.#presentValue(key) : (undo.overwritten.get(key) as Value | typeof ABSENT)
  }

  #presentValue(key: Key): Value | typeof ABSENT {
    const value = this.#entries.get(key)
    return value === undefined && !this.#entries.has(key) ? ABSENT : (value as Value)
  }

  *#entriesAt(atOffset: number): IterableIterator<[Key, Value]> {
    const then = this.#changedSince(atOffset)
    for (const [key, value] of this.#entries) {
      const past = then.get(key)
      if (past === undefined && !then.has(key)) yield [key, value]
      else if (past !== ABSENT) yield [key, past as Value]
    }
    for (const [key, past] of then) {
      if (past !== ABSENT && !this.#entries.has(key)) yield [key, past]
    }
  }

  /** What the keys that have changed since `atOffset` held then. */
  #changedSince(atOffset: number): Map<Key, Value | typeof ABSENT> {
    const then = new Map<Key, Value | typeof ABSENT>()
    this.#registry.firstUndo<MapUndo<Key, Value>>(atOffset, this, (undo) => {
      for (const [key, value] of undo.overwritten) if (!then.has(key)) then.set(key, value)
      return false
    })
    return then
  }

  #noteChange(key: Key): void {
    const snapshot = this.#registry.latest()
    if (snapshot === undefined) return
    let undo = snapshot.undoOf.get(this) as MapUndo<Key, Value> | undefined
    if (undo === undefined) {
      undo = { size: this.#entries.size, overwritten: new Map() }
      snapshot.undoOf.set(this, undo)
    }
    if (!undo.overwritten.has(key)) undo.overwritten.set(key, this.#presentValue(key))
  }
}
