import type { Revertable, SnapshotRegistry } from './snapshot-registry.ts'

/** A single value with a past: a number, a string, an immutable object. See `TimelineMap`. */
export class TimelineValue<Value> implements Revertable {
  readonly #registry: SnapshotRegistry
  #value: Value

  constructor(registry: SnapshotRegistry, initial: Value) {
    this.#registry = registry
    this.#value = initial
  }

  get(atOffset?: number): Value {
    if (atOffset === undefined) return this.#value
    const undo = this.#registry.firstUndo<{ readonly value: Value }>(atOffset, this, () => true)
    return undo === undefined ? this.#value : undo.value
  }

  set(value: Value): void {
    if (Object.is(value, this.#value)) return
    const snapshot = this.#registry.latest()
    if (snapshot !== undefined && !snapshot.undoOf.has(this)) snapshot.undoOf.set(this, { value: this.#value })
    this.#value = value
  }

  applyUndo(undo: { readonly value: Value }): void {
    this.#value = undo.value
  }
}
