/** The votes of one election, or of one pre-vote. Each voter counts once, and its first word stands. */
export class VoteTally {
  readonly #voterIds: readonly number[]
  readonly #votes = new Map<number, boolean>()

  constructor(voterIds: readonly number[]) {
    this.#voterIds = voterIds
  }

  /** Who is no voter is not counted. */
  record(voterId: number, granted: boolean): void {
    if (this.#voterIds.includes(voterId) && !this.#votes.has(voterId)) this.#votes.set(voterId, granted)
  }

  get isWon(): boolean {
    return this.grantingIds.length >= majorityOf(this.#voterIds.length)
  }

  /** Too few are left to win. */
  get isLost(): boolean {
    const refused = [...this.#votes.values()].filter((granted) => !granted).length
    return this.#voterIds.length - refused < majorityOf(this.#voterIds.length)
  }

  get grantingIds(): readonly number[] {
    return this.#voterIds.filter((id) => this.#votes.get(id) === true)
  }

  /** Those who have not answered. */
  get openIds(): readonly number[] {
    return this.#voterIds.filter((id) => !this.#votes.has(id))
  }
}

export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1
}
