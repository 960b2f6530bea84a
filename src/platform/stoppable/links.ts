import type { Endpoint } from '../../base/ports.ts'

/** Between which nodes of a cluster in this process nothing comes through. */
export class Links {
  /** By node, the part of the cluster that it is in; none for the nodes of the rest, which are together. */
  #parts: ReadonlyMap<number, number> = new Map()
  readonly #owners = new Map<number, number>()
  readonly #onChange = new Set<() => void>()

  /** Says whose a port is. */
  own(port: number, nodeId: number): void {
    this.#owners.set(port, nodeId)
  }

  /** null for what is none of the cluster's. */
  ownerOf({ port }: Endpoint): number | null {
    return this.#owners.get(port) ?? null
  }

  isCut(one: number, other: number): boolean {
    return this.#parts.get(one) !== this.#parts.get(other)
  }

  /** @param parts nodes that reach each other; those that are in none are a part of their own */
  partition(parts: readonly (readonly number[])[]): void {
    this.#parts = new Map(parts.flatMap((part, index) => part.map((nodeId) => [nodeId, index] as const)))
    this.#changed()
  }

  heal(): void {
    this.#parts = new Map()
    this.#changed()
  }

  onChange(listener: () => void): () => void {
    this.#onChange.add(listener)
    return () => this.#onChange.delete(listener)
  }

  #changed(): void {
    for (const listener of [...this.#onChange]) listener()
  }
}
