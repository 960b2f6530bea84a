import { type MetadataState, metadataStateOf } from '../checks/metadata-state.ts'
import type { Cluster } from '../cluster.ts'
import { type ClusterNode, DATA } from '../cluster-node.ts'

/**
 * Which machine may have lost what was acknowledged and not flushed.
 *
 * Kafka promises an acknowledged record as long as one in-sync replica keeps it. Where writes are not flushed one by one,
 * a second machine may therefore lose power only when the cluster has made good what the first one lost: it has registered
 * again since, and all replicas are in sync again. Metadata are flushed always; a machine without a broker loses nothing.
 */
export class Damage {
  readonly #cluster: Cluster
  /** By id: the end of the longest metadata log when it happened. */
  readonly #damaged = new Map<number, number>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** Names of the machines that may lack something. */
  get machines(): ReadonlySet<string> {
    this.#forgetRepaired()
    return new Set([...this.#damaged.keys()].map((id) => this.#cluster.node(id).name))
  }

  /** Whether it may happen to this one, which then counts as damaged. */
  mayLosePower(node: ClusterNode): boolean {
    if (this.#cluster.plan.isFlushed || !this.#cluster.brokers.includes(node)) return true
    this.#forgetRepaired()
    if ([...this.#damaged.keys()].some((id) => id !== node.id) || !this.#areAllInSync()) return false
    this.#damaged.set(node.id, Math.max(0, ...this.#states().map(({ endOffset }) => endOffset)))
    return true
  }

  #forgetRepaired(): void {
    if (this.#damaged.size === 0 || !this.#areAllInSync()) return
    const states = this.#states()
    for (const [id, since] of this.#damaged) {
      const isRepaired = states.every(({ brokers }) => (brokers.get(id)?.registeredAt ?? -1) >= since)
      if (isRepaired) this.#damaged.delete(id)
    }
  }

  /** On all machines alike, so that nobody is about to learn otherwise. */
  #areAllInSync(): boolean {
    const states = this.#states()
    const [first] = states
    const isSettled =
      states.length === this.#cluster.nodes.length && states.every(({ endOffset, epoch }) => endOffset === first?.endOffset && epoch === first.epoch)
    return (
      isSettled && first !== undefined && [...first.partitions.values()].every(({ isr, replicas }) => replicas.length > 1 && isr.length === replicas.length)
    )
  }

  #states(): MetadataState[] {
    return this.#cluster.nodes.flatMap(({ machine }) => metadataStateOf(machine, DATA) ?? [])
  }
}
