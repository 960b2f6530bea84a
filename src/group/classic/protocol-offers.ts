import type { OfferedProtocol } from './member.ts'

/** How many members of a group offer each protocol. */
export class ProtocolOffers {
  readonly #counts = new Map<string, number>()

  add(protocols: readonly OfferedProtocol[]): void {
    for (const { name } of protocols) this.#counts.set(name, this.countOf(name) + 1)
  }

  remove(protocols: readonly OfferedProtocol[]): void {
    for (const { name } of protocols) {
      const count = this.countOf(name) - 1
      if (count === 0) this.#counts.delete(name)
      else this.#counts.set(name, count)
    }
  }

  countOf(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  /** The protocols that so many members offer. */
  madeBy(memberCount: number): ReadonlySet<string> {
    return new Set([...this.#counts].filter(([, count]) => count === memberCount).map(([name]) => name))
  }
}
