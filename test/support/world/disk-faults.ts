import type { DiskErrorReason } from '../../../src/base/errors.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { CrashKind } from './simulated-node.ts'

/** Those that change something or make it durable: between any two of them a crash is another story. */
export type ChangingOperation =
  | 'write'
  | 'truncate'
  | 'flush'
  | 'create'
  | 'makeDirectory'
  | 'rename'
  | 'removeFile'
  | 'removeDirectory'
  | 'writeFileAtomic'
  | 'flushDirectory'

export type DiskOperation = ChangingOperation | 'read' | 'open' | 'list' | 'readFile'

export interface DiskFault {
  readonly reason: DiskErrorReason
  /** Any operation when left out. */
  readonly operation?: DiskOperation
  /** Any path when left out. */
  readonly pathIncludes?: string
  /** Operations that fail, from the next one on; once when left out, `Infinity` until `clear`. */
  readonly times?: number
}

/** What goes wrong with the disk of one machine. All as on a healthy one until a test says otherwise. Settings outlive processes. */
export class DiskFaults {
  /** Bytes that the volume holds. */
  capacityBytes = Number.POSITIVE_INFINITY
  /** Of synchronous calls that take long, and how long at most. */
  slowCallProbability = 0
  slowCallMaxMs = 200
  /** A flush takes from half of this to this. */
  flushMaxMs = 4
  /** See `Volume`. */
  reordersNames = false
  readonly #random: SeededRandom
  readonly #faults: { readonly fault: DiskFault; left: number }[] = []
  #changeCount = 0
  #crashAt = Number.POSITIVE_INFINITY
  #crashKind: CrashKind = 'power'

  constructor(random: SeededRandom) {
    this.#random = random
  }

  /** Changing operations begun so far, over all processes of the machine. */
  get changeCount(): number {
    return this.#changeCount
  }

  failNext(fault: DiskFault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#faults.length = 0
    this.#crashAt = Number.POSITIVE_INFINITY
    this.capacityBytes = Number.POSITIVE_INFINITY
    this.slowCallProbability = 0
  }

  /** The machine crashes in the middle of the n-th changing operation from now, n from 1. */
  crashAtChange(n: number, kind: CrashKind = 'power'): void {
    this.#crashAt = this.#changeCount + n
    this.#crashKind = kind
  }

  /** Counts a changing operation; tells the crash that happens in its middle. */
  countChange(): CrashKind | null {
    this.#changeCount++
    if (this.#changeCount !== this.#crashAt) return null
    this.#crashAt = Number.POSITIVE_INFINITY
    return this.#crashKind
  }

  /** Why this operation fails, when it does. */
  failureOf(operation: DiskOperation, path: string): DiskErrorReason | null {
    const index = this.#faults.findIndex(({ fault }) => (fault.operation ?? operation) === operation && path.includes(fault.pathIncludes ?? ''))
    const found = this.#faults[index]
    if (found === undefined) return null
    if (--found.left <= 0) this.#faults.splice(index, 1)
    return found.fault.reason
  }

  /** How long a synchronous call takes that touches so many bytes. */
  syncCallMs(sizeBytes: number): number {
    const slow = this.#random.chance(this.slowCallProbability) ? this.#random.between(0, this.slowCallMaxMs) : 0
    return 0.001 + sizeBytes / 2e6 + slow
  }

  asyncCallMs(): number {
    return this.#random.between(0.03, 0.3)
  }

  flushMs(): number {
    return this.#random.between(this.flushMaxMs / 2, this.flushMaxMs)
  }
}
