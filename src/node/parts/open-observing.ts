import type { Ports } from '../../base/ports.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import type { GroupService } from '../../group/group-service.ts'
import { endpointOf, NO_LEADER } from '../../metadata/image.ts'
import type { MetadataLoader } from '../../metadata/loader.ts'
import { clientMetrics } from '../../observing/clients/client-metrics.ts'
import { ClientTable } from '../../observing/clients/client-table.ts'
import { groupTables } from '../../observing/groups/group-tables.ts'
import { PartitionEnds, type PartitionLeaders } from '../../observing/groups/partition-ends.ts'
import { ClientTelemetry } from '../../observing/pushed/client-telemetry.ts'
import type { ReplicaManager } from '../../replication/replica-manager.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { MetricRegistry } from '../../telemetry/metric-registry.ts'
import type { NodeFailure } from '../lifetime/node-failure.ts'
import type { Teardown } from '../lifetime/teardown.ts'

export interface OpenObservingOptions {
  readonly config: NodeConfig
  readonly identity: NodeIdentity
  readonly ports: Ports
  readonly logger: Logger
  readonly teardown: Teardown
  readonly metrics: MetricRegistry
  readonly loader: MetadataLoader
  readonly replicas: ReplicaManager
  readonly groups: GroupService
  readonly failure: NodeFailure
}

/** What handlers count and receive of clients. */
export interface Observing {
  readonly clients: ClientTable
  readonly telemetry: ClientTelemetry
}

/** What the broker knows of its clients and groups, for `/metrics`. The subscriptions to clients' own metrics follow the metadata from now on. */
export async function openObserving({
  config,
  identity,
  ports,
  logger,
  teardown,
  metrics,
  loader,
  replicas,
  groups,
  failure,
}: OpenObservingOptions): Promise<Observing> {
  const { clock, timers, network } = ports
  const own = logger.child('observing')
  const maxClients = () => config.get('metrics.clients.max')
  const maxRows = () => config.get('metrics.group.partitions.max')
  const clients = new ClientTable(maxClients)
  const telemetry = new ClientTelemetry({ settings: { maxBytes: () => config.get('telemetry.max.bytes'), maxClients }, ...ports, logger: own })
  await loader.addPublisher(telemetry.subscriptions)
  const localEnd = (topic: string, partition: number) => inSyncEnd(identity.nodeId, loader, replicas, topic, partition)
  const ends = new PartitionEnds({
    nodeId: identity.nodeId,
    localEnd,
    leaders: leadersIn(loader, identity.interBrokerListenerName),
    clock,
    timers,
    network,
    logger: own,
    onBroken: failure.report,
  })
  teardown.add('the lag of groups', () => ends[Symbol.asyncDispose]())
  metrics.add(clientMetrics(clients, clock))
  for (const table of groupTables({ groups, ends, timers, maxRows, rebalancesOf: (groupId) => groups.rebalancesOf(groupId) })) metrics.add(table)
  metrics.addChanging(() => telemetry.tables())
  return { clients, telemetry }
}

/** The high watermark of this node's replica, which a follower hears with each fetch; null where there is none that is in sync. */
function inSyncEnd(nodeId: number, loader: MetadataLoader, replicas: ReplicaManager, topic: string, index: number): number | null {
  const partition = replicas.partition(topic, index)
  if (partition === undefined || partition.log === null || partition.isOffline) return null
  const isInSync = partition.isLeader || loader.image().topics.byName.get(topic)?.partitions[index]?.isr.includes(nodeId) === true
  return isInSync ? partition.highWatermark : null
}

function leadersIn(loader: MetadataLoader, listenerName: string): PartitionLeaders {
  return {
    leaderOf(topic, partition) {
      const leader = loader.image().topics.byName.get(topic)?.partitions[partition]?.leader ?? NO_LEADER
      return leader === NO_LEADER ? null : leader
    },
    endpointOf(brokerId) {
      const broker = loader.image().cluster.brokers.get(brokerId)
      return (broker === undefined ? undefined : endpointOf(broker, listenerName)) ?? null
    },
  }
}
