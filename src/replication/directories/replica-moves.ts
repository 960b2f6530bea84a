import type { PartitionLog } from '../../storage/log/partition-log.ts'
import type { Partition } from '../partition.ts'
import { type MoveEnvironment, ReplicaMove } from './replica-move.ts'

/** Moves that copy at the same time; the others wait for their turn. */
const MAX_RUNNING = 4

export interface ReplicaMovesOptions extends MoveEnvironment {
  /** A broken invariant. */
  readonly onFailure: (error: unknown) => void
}

/** The moves of replicas between directories of this node: at most one for each partition. */
export class ReplicaMoves {
  readonly #options: ReplicaMovesOptions
  /** By the future log. */
  readonly #waiting = new Map<PartitionLog, ReplicaMove>()
  readonly #running = new Map<PartitionLog, { readonly move: ReplicaMove; readonly ended: Promise<void> }>()
  #isStopped = false

  constructor(options: ReplicaMovesOptions) {
    this.#options = options
  }

  /** Moves the replica to where its future log is, unless that is under way. */
  start(partition: Partition, future: PartitionLog): void {
    if (this.#isStopped || this.#waiting.has(future) || this.#running.has(future)) return
    this.#waiting.set(future, new ReplicaMove(partition, future, this.#options))
    this.#next()
  }

  /** Resolves when nothing is copied into the future log any more. */
  async cancel(future: PartitionLog): Promise<void> {
    this.#waiting.delete(future)
    const running = this.#running.get(future)
    running?.move.cancel()
    await running?.ended
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#waiting.clear()
    for (const { move } of this.#running.values()) move.cancel()
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
  }

  #next(): void {
    const [first] = this.#waiting
    if (first === undefined || this.#running.size >= MAX_RUNNING) return
    const [future, move] = first
    this.#waiting.delete(future)
    const ended = move
      .run()
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#running.delete(future)
        this.#next()
      })
    this.#running.set(future, { move, ended })
  }
}
