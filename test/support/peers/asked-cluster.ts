import { ErrorCode } from '../../../protocol/error-codes.ts'
import { FindCoordinatorApi } from '../../../protocol/messages/find-coordinator.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import { NO_SECURITY } from '../../../src/cli/operations/cluster/client-security.ts'
import type { ClientSettings } from '../../../src/cli/operations/cluster/client-settings.ts'
import { ClusterClient } from '../../../src/cli/operations/cluster/cluster-client.ts'
import { World } from '../world/world.ts'
import { AnsweringNode, type Served, served } from './answering-node.ts'

export const TOPIC = 'orders'
const PORT = 9092

export interface AskedClusterOptions {
  readonly world?: World
  readonly brokerCount?: number
  readonly leaders?: readonly number[]
}

/** Brokers that tell of each other, of who leads the partitions of one topic and who coordinates groups, and serve besides what a test says. */
export class AskedCluster {
  readonly world: World
  /** By id, from 1. */
  readonly brokers = new Map<number, AnsweringNode>()
  /** Of each partition: -1 for nobody. Without partitions there is no such topic. */
  leaders: readonly number[]
  coordinator = 1
  /** So often was asked who leads what. */
  metadataCount = 0
  /** Nothing is answered to who asks for metadata. */
  isMetadataSilent = false

  private constructor(world: World, leaders: readonly number[]) {
    this.world = world
    this.leaders = leaders
  }

  /** @param apisOf what a broker serves, by its id */
  static async start(
    { world = new World({ seed: 1 }), brokerCount = 1, leaders = [1] }: AskedClusterOptions,
    apisOf: (id: number, cluster: AskedCluster) => readonly Served[],
  ): Promise<AskedCluster> {
    const cluster = new AskedCluster(world, leaders)
    for (let id = 1; id <= brokerCount; id++) {
      const broker = new AnsweringNode([...cluster.#common, ...apisOf(id, cluster)])
      cluster.brokers.set(id, broker)
      await cluster.world.complete(broker.listen(cluster.world.node(nameOf(id)).ports.network, PORT))
    }
    return cluster
  }

  client(settings: Partial<ClientSettings> = {}): ClusterClient {
    const bootstrap = [...this.brokers.keys()].map((id) => ({ host: nameOf(id), port: PORT }))
    const standard = { bootstrap, clientId: 'test', security: NO_SECURITY, requestTimeoutMs: 1_000, apiTimeoutMs: 10_000, retryBackoffMs: 100 }
    return new ClusterClient({ ...standard, ...settings }, this.world.node('client').ports)
  }

  get #common(): readonly Served[] {
    return [
      served(MetadataApi, ({ topics }) => (this.isMetadataSilent ? null : this.#metadata(topics?.map(({ name }) => name) ?? [TOPIC]))),
      served(FindCoordinatorApi, ({ key, coordinatorKeys }, version) => {
        const found = { errorCode: ErrorCode.NONE, nodeId: this.coordinator, host: nameOf(this.coordinator), port: PORT }
        return version < 4 ? { ...found, key } : { coordinators: coordinatorKeys.map((group) => ({ ...found, key: group })) }
      }),
    ]
  }

  #metadata(names: readonly (string | null)[]) {
    this.metadataCount++
    const partitions = this.leaders.map((leaderId, partitionIndex) => ({
      errorCode: leaderId < 0 ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.NONE,
      partitionIndex,
      leaderId,
      leaderEpoch: 0,
      replicaNodes: [],
      isrNodes: [],
      offlineReplicas: [],
    }))
    return {
      brokers: [...this.brokers.keys()].map((nodeId) => ({ nodeId, host: nameOf(nodeId), port: PORT, rack: null })),
      controllerId: 1,
      topics: names.map((name) =>
        name === TOPIC && partitions.length > 0
          ? { errorCode: ErrorCode.NONE, name, partitions }
          : { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, name, partitions: [] },
      ),
    }
  }
}

function nameOf(id: number): string {
  return `broker-${id}`
}
