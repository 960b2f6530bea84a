import { ErrorCode } from '../../protocol/error-codes.ts'
import { OFFSETS_TOPIC } from '../../protocol/internal-topics.ts'
import type { Endpoint, Timers } from '../base/ports.ts'
import type { GroupCoordinator } from './group-coordinator.ts'

/** How long a request for a coordinator waits until the coordinator serves; then the client is told to ask again. */
const MAX_WAIT_MS = 5_000

/** What finding a coordinator needs of the cluster. `src/node/` reads it from the metadata image. */
export interface CoordinatorCluster {
  readonly nodeId: number
  /** Makes the topic with the settings its coordinator needs, if it is missing; resolves when that is so, with the error that stood in the way. */
  ensureInternalTopic(name: string): Promise<{ readonly errorCode: number }>
  /** null: no such partition, or it has no leader. */
  leaderOf(topic: string, partition: number): number | null
  /** Where a broker that is alive listens under `listenerName`; null when there is none. */
  endpointOf(nodeId: number, listenerName: string): Endpoint | null
}

export type FoundCoordinator =
  | { readonly ok: true; readonly nodeId: number; readonly host: string; readonly port: number }
  | { readonly ok: false; readonly errorCode: number }

const NOT_AVAILABLE: FoundCoordinator = { ok: false, errorCode: ErrorCode.COORDINATOR_NOT_AVAILABLE }

/**
 * Finds the node that coordinates a group. The topic behind it is made when it is first asked for, and where this node is the
 * coordinator the answer waits until it serves, so that the client's next request is not in vain.
 */
export class CoordinatorFinder {
  readonly #cluster: CoordinatorCluster
  readonly #groups: Pick<GroupCoordinator, 'partitionFor' | 'whenServing'>
  readonly #timers: Timers

  constructor(cluster: CoordinatorCluster, groups: Pick<GroupCoordinator, 'partitionFor' | 'whenServing'>, timers: Timers) {
    this.#cluster = cluster
    this.#groups = groups
    this.#timers = timers
  }

  async findForGroup(groupId: string, listenerName: string): Promise<FoundCoordinator> {
    const leader = await this.#leaderFor(groupId)
    if (leader === null) return NOT_AVAILABLE
    if (leader === this.#cluster.nodeId && !(await this.#servesHere(this.#groups.partitionFor(groupId)))) return NOT_AVAILABLE
    const endpoint = this.#cluster.endpointOf(leader, listenerName)
    return endpoint === null ? NOT_AVAILABLE : { ok: true, nodeId: leader, host: endpoint.host, port: endpoint.port }
  }

  async #leaderFor(groupId: string): Promise<number | null> {
    const leader = this.#cluster.leaderOf(OFFSETS_TOPIC, this.#groups.partitionFor(groupId))
    if (leader !== null) return leader
    const made = await this.#cluster.ensureInternalTopic(OFFSETS_TOPIC)
    return made.errorCode === ErrorCode.NONE ? this.#cluster.leaderOf(OFFSETS_TOPIC, this.#groups.partitionFor(groupId)) : null
  }

  async #servesHere(partition: number): Promise<boolean> {
    const tooLong = new AbortController()
    const timer = this.#timers.schedule(MAX_WAIT_MS, () => tooLong.abort())
    try {
      await this.#groups.whenServing(partition, tooLong.signal)
      return true
    } catch {
      // Too late, too many wait, or the node stops: the client is told COORDINATOR_NOT_AVAILABLE and asks again.
      return false
    } finally {
      timer.cancel()
    }
  }
}
