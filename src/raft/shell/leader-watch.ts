import type { QuorumLeader } from '../quorum-description.ts'

/** Tells those who want to know of each new leader, once. */
export class LeaderWatch {
  readonly #listeners = new Set<(leader: QuorumLeader | null) => void>()
  #told: QuorumLeader | null = null

  add(listener: (leader: QuorumLeader | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Of who leads now: nothing happens when it is the one of before. */
  tell(leader: QuorumLeader | null): void {
    if (isSame(leader, this.#told)) return
    this.#told = leader
    for (const listener of [...this.#listeners]) listener(leader)
  }
}

function isSame(a: QuorumLeader | null, b: QuorumLeader | null): boolean {
  if (a === null || b === null) return a === b
  return a.id === b.id && a.epoch === b.epoch && a.endpoint?.host === b.endpoint?.host && a.endpoint?.port === b.endpoint?.port
}
