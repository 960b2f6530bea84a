import type { Endpoint } from '../../base/ports.ts'

/** Between which nodes of a cluster in this process nothing comes through. */
export class Links {
  /** By node, the part of the cluster that it is in; none while all are together. */
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

  /** @param parts nodes that reach each other; one that is in none is alone */
  partition(parts: readonly (readonly number[])[], nodeIds: readonly number[]): void {
    const partOf = (nodeId: number) => parts.findIndex((part) => part.includes(nodeId))
    this.#parts = new Map(nodeIds.map((nodeId) => [nodeId, partOf(nodeId) < 0 ? -1 - nodeId : partOf(nodeId)]))
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
