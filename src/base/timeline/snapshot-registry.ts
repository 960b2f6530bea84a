import { assert } from '../assert.ts'

/**
 * A structure whose past states a `SnapshotRegistry` keeps. For each snapshot it gives one undo record (its own type),
 * in which it notes what it overwrites after that snapshot.
 */
export interface Revertable {
  /** Brings the present state back by `undo`, which this structure gave out. */
  applyUndo(undo: unknown): void
}

/** One remembered offset: what has changed between it and the next younger snapshot (or the present). */
export class Snapshot {
  readonly offset: number
  readonly undoOf = new Map<Revertable, unknown>()

  constructor(offset: number) {
    this.offset = offset
  }
}

/**
 * The offsets at which timeline structures can be read and to which they can be reverted.
 *
 * Structures hold only their present state. Each snapshot holds, for each structure, what was overwritten since, so
 * nothing is copied when a snapshot is taken, and a change while there is no snapshot costs nothing more.
 * A read at an offset looks through the snapshots from there on; they are as many as there are appends in flight.
 *
 * Source: the semantics of Kafka's org.apache.kafka.timeline.SnapshotRegistry (its epochs are our offsets).
 */
export class SnapshotRegistry {
  /** Ascending by offset. */
  #snapshots: Snapshot[] = []

  /** The offset of the newest snapshot; -1 when there is none. */
  get latestOffset(): number {
    return this.#snapshots.at(-1)?.offset ?? -1
  }

  /** The offsets that can be read, ascending. */
  offsets(): number[] {
    return this.#snapshots.map((snapshot) => snapshot.offset)
  }

  hasSnapshot(offset: number): boolean {
    return this.#indexOf(offset) >= 0
  }

  /** Remembers the present state under `offset`, which must not be below the newest one; one that exists already stays as it was. */
  createSnapshot(offset: number): void {
    const latest = this.latestOffset
    assert(offset >= latest, 'snapshots are taken in the order of offsets')
    if (offset > latest || this.#snapshots.length === 0) this.#snapshots.push(new Snapshot(offset))
  }

  /** Brings every structure back to its state at `offset`, a snapshot, which is kept; younger snapshots are dropped. */
  revertTo(offset: number): void {
    const target = this.#indexOf(offset)
    assert(target >= 0, `revert to ${offset}, of which there is no snapshot`)
    for (let index = this.#snapshots.length - 1; index >= target; index--) {
      const snapshot = this.#snapshots[index] as Snapshot
      for (const [structure, undo] of snapshot.undoOf) structure.applyUndo(undo)
      snapshot.undoOf.clear()
    }
    this.#snapshots.length = target + 1
  }

  /** Forgets the snapshots below `offset`; one at `offset` stays. */
  deleteSnapshotsUpTo(offset: number): void {
    let count = 0
    while (count < this.#snapshots.length && (this.#snapshots[count] as Snapshot).offset < offset) count++
    if (count > 0) this.#snapshots.splice(0, count)
  }

  /** Forgets all snapshots; the present state stays. */
  clear(): void {
    this.#snapshots = []
  }

  /** For structures: the snapshot into which changes are noted, or undefined when nothing needs to be. */
  latest(): Snapshot | undefined {
    return this.#snapshots[this.#snapshots.length - 1]
  }

  /**
   * For structures: the undo record of `structure` in the oldest snapshot from `offset` on in which `select` accepts it.
   * Undefined when none does, so the present state is that of `offset`. `offset` must be a snapshot.
   */
  firstUndo<Undo>(offset: number, structure: Revertable, select: (undo: Undo) => boolean): Undo | undefined {
    const from = this.#indexOf(offset)
    assert(from >= 0, `read at ${offset}, of which there is no snapshot`)
    for (let index = from; index < this.#snapshots.length; index++) {
      const undo = (this.#snapshots[index] as Snapshot).undoOf.get(structure) as Undo | undefined
      if (undo !== undefined && select(undo)) return undo
    }
    return undefined
  }

  #indexOf(offset: number): number {
    let low = 0
    let high = this.#snapshots.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = (this.#snapshots[middle] as Snapshot).offset
      if (found === offset) return middle
      if (found < offset) low = middle + 1
      else high = middle - 1
    }
    return -1
  }
}
