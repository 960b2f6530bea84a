import type { CommittedIsr } from './isr-changer.ts'

/** A change of the in-sync replicas that the controller has been asked for. */
export interface PendingIsr {
  readonly kind: 'expand' | 'shrink'
  /** The in-sync replicas as they would be. */
  readonly isr: readonly number[]
}

/**
 * The in-sync replicas of a partition as its leader has them: those that the controller has written down, and the change that
 * it has been asked for, of which there is at most one. Until the answer is there nobody knows which of the two is in force,
 * so what must hold of all in-sync replicas has to hold of both: `maximal`. Source: kafka.cluster.PartitionState; KIP-497.
 */
export class IsrState {
  #committed: readonly number[]
  #partitionEpoch: number
  #pending: PendingIsr | null = null

  constructor(isr: readonly number[], partitionEpoch: number) {
    this.#committed = isr
    this.#partitionEpoch = partitionEpoch
  }

  get committed(): readonly number[] {
    return this.#committed
  }

  get partitionEpoch(): number {
    return this.#partitionEpoch
  }

  get pending(): PendingIsr | null {
    return this.#pending
  }

  /** Whether the replica is in sync now or will be, if a pending change is taken. */
  isMaximal(replicaId: number): boolean {
    return this.#committed.includes(replicaId) || (this.#pending?.isr.includes(replicaId) ?? false)
  }

  get maximalSize(): number {
    return this.#pending?.kind === 'expand' ? this.#pending.isr.length : this.#committed.length
  }

  /** To be called while nothing is pending. */
  propose(kind: PendingIsr['kind'], isr: readonly number[]): PendingIsr {
    this.#pending = { kind, isr }
    return this.#pending
  }

  /** The metadata has it so: whatever was pending is settled by what stands there, or is yet to be proposed again. */
  overtake(isr: readonly number[], partitionEpoch: number): void {
    this.#pending = null
    this.#committed = isr
    this.#partitionEpoch = partitionEpoch
  }

  /** @returns false where the answer is about something that is no longer pending, or older than what is known */
  accepted(pending: PendingIsr, answer: CommittedIsr): boolean {
    if (this.#pending !== pending || answer.partitionEpoch < this.#partitionEpoch) return false
    this.overtake(answer.isr, answer.partitionEpoch)
    return true
  }

  /** The change was certainly not made. */
  withdrawn(pending: PendingIsr): void {
    if (this.#pending === pending) this.#pending = null
  }
}
