import type { CrashKind } from '../../../support/world/simulated-node.ts'
import { type MetadataState, metadataStateOf } from '../checks/metadata-state.ts'
import type { Cluster } from '../cluster.ts'
import { type ClusterNode, DATA } from '../cluster-node.ts'

/**
 * Which brokers ended uncleanly and are not made good yet, and which of them may have lost what was acknowledged.
 *
 * Kafka promises an acknowledged record as long as one of the in-sync replicas keeps it and does not end uncleanly: of one that
 * did, the controllers take it that it lost something, and of all of them they have to believe the last one (KIP-966). Where
 * writes are not flushed one by one a machine may therefore lose power only while no other broker has ended uncleanly, and
 * no other may until the cluster has made good what it lost: until it has registered again, and all replicas are in sync. Metadata
 * are flushed always; a machine without a broker loses nothing.
 */
export class Damage {
  readonly #cluster: Cluster
  /** By id of the broker: what happened, and the end of the longest metadata log by then. */
  readonly #ended = new Map<number, { readonly kind: CrashKind; readonly since: number }>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** Names of the machines that may lack something. */
  get machines(): ReadonlySet<string> {
    this.#forgetRepaired()
    return new Set([...this.#ended].filter(([, { kind }]) => kind === 'power').map(([id]) => this.#cluster.node(id).name))
  }

  /** Whether it may happen to this one, which then counts as ended in that way. */
  mayCrash(node: ClusterNode, kind: CrashKind): boolean {
    if (this.#cluster.plan.isFlushed || !this.#cluster.brokers.includes(node)) return true
    this.#forgetRepaired()
    const others = [...this.#ended].filter(([id]) => id !== node.id)
    const isAllowed = kind === 'power' ? others.length === 0 && this.#areAllInSync() : others.every(([, other]) => other.kind === 'process')
    if (!isAllowed) return false
    const worst = this.#ended.get(node.id)?.kind === 'power' ? 'power' : kind
    this.#ended.set(node.id, { kind: worst, since: Math.max(0, ...this.#states().map(({ endOffset }) => endOffset)) })
    return true
  }

  #forgetRepaired(): void {
    if (this.#ended.size === 0 || !this.#areAllInSync()) return
    const states = this.#states()
    for (const [id, { since }] of this.#ended) {
      const isRepaired = states.every(({ brokers }) => (brokers.get(id)?.registeredAt ?? -1) >= since)
      if (isRepaired) this.#ended.delete(id)
    }
  }

  /** On all machines alike, so that nobody is about to learn otherwise. */
  #areAllInSync(): boolean {
    const states = this.#states()
    const [first] = states
    if (first === undefined || states.length < this.#cluster.nodes.length) return false
    const isSettled = states.every(({ endOffset, epoch }) => endOffset === first.endOffset && epoch === first.epoch)
    return isSettled && [...first.partitions.values()].every(({ isr, replicas }) => replicas.length > 1 && isr.length === replicas.length)
  }

  #states(): MetadataState[] {
    return this.#cluster.nodes.flatMap(({ machine }) => metadataStateOf(machine, DATA) ?? [])
  }
}
