import { endpointOf } from '../metadata/image.ts'
import type { ReplicaManager } from './replica-manager.ts'

export interface CurrentLeader {
  /** -1 while there is none or it is not known. */
  readonly leaderId: number
  readonly leaderEpoch: number
}

/** A leader that a response names, and where it is. */
export interface NamedLeader {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

/** Who leads a partition, for a client that asked the wrong node. Source: KIP-951. */
export function currentLeader(replicas: ReplicaManager, topic: string, index: number): CurrentLeader {
  const partition = replicas.partition(topic, index)
  if (partition !== undefined && !partition.isOffline) return { leaderId: partition.leaderId, leaderEpoch: partition.leaderEpoch }
  const known = replicas.image.topics.byName.get(topic)?.partitions[index]
  return known === undefined ? { leaderId: -1, leaderEpoch: -1 } : { leaderId: known.leader, leaderEpoch: known.leaderEpoch }
}

/** The leaders that a response names, each once: those that are alive and reachable by the client's listener. */
export class NamedLeaders {
  readonly #replicas: ReplicaManager
  readonly #listenerName: string
  readonly #byNode = new Map<number, NamedLeader>()

  constructor(replicas: ReplicaManager, listenerName: string) {
    this.#replicas = replicas
    this.#listenerName = listenerName
  }

  add(nodeId: number): void {
    if (this.#byNode.has(nodeId)) return
    const broker = this.#replicas.image.cluster.brokers.get(nodeId)
    if (broker === undefined || broker.fenced) return
    const endpoint = endpointOf(broker, this.#listenerName)
    if (endpoint !== undefined) this.#byNode.set(nodeId, { nodeId, host: endpoint.host, port: endpoint.port, rack: broker.rack })
  }

  get all(): NamedLeader[] {
    return [...this.#byNode.values()]
  }
}
