import type { BrokerLifecycle } from '../broker/broker-lifecycle.ts'
import { TopicCreator } from '../controller/topics/auto-topic-creation.ts'
import { CoordinatorFinder } from '../group/coordinator-finder.ts'
import type { GroupService } from '../group/group-service.ts'
import type { Services } from '../handlers/services.ts'
import { FetchSessionCache } from '../replication/fetch/fetch-session-cache.ts'
import { ProducerIds } from '../replication/producer-ids.ts'
import type { ApiTable } from '../server/api-table.ts'
import type { LostClients } from '../server/lost-clients.ts'
import { addressesByClient } from '../server/told-addresses.ts'
import { apiVersionsSource, coordinatorCluster } from './metadata-views.ts'
import type { NodeOptions } from './node-options.ts'
import { NODE_PRINCIPAL } from './node-principal.ts'
import type { OpenDirectories } from './open-directories.ts'
import type { OpenMetadata } from './open-metadata.ts'
import type { OpenPartitions } from './open-partitions.ts'

export interface MakeServicesOptions {
  readonly options: Pick<NodeOptions, 'config' | 'identity' | 'ports' | 'logLevels' | 'gateways'>
  readonly directories: OpenDirectories
  readonly apis: ApiTable<Services>
  readonly metadata: OpenMetadata
  readonly partitions: OpenPartitions
  readonly groups: GroupService
  readonly broker: BrokerLifecycle
  readonly lostClients: LostClients
}

/** Puts together what handlers call. */
export function makeServices({ options, directories, apis, metadata, partitions, groups, broker, lostClients }: MakeServicesOptions): Services {
  const { config, identity, ports } = options
  const { nodeId } = identity
  const { loader, controller, kraftVersion, quorum, raft } = metadata
  const topicCreation = new TopicCreator({ config, controller, metadata: loader, nodePrincipal: NODE_PRINCIPAL })
  const cluster = coordinatorCluster(nodeId, loader, (name) => topicCreation.ensureInternalTopic(name))
  return {
    clusterId: directories.clusterId,
    nodeId,
    config,
    logLevels: options.logLevels ?? null,
    apiVersions: apiVersionsSource(apis, loader, kraftVersion),
    metadata: loader,
    controller,
    clusterController: controller,
    nodeController: controller.brokers,
    quorum,
    raft,
    topicCreation,
    replicas: partitions.replicas,
    fetchSessions: new FetchSessionCache({ maxSessions: config.get('max.incremental.fetch.session.cache.slots'), ...ports }),
    producerIds: new ProducerIds(() => controller.allocateProducerIds({ principal: NODE_PRINCIPAL }, nodeId, broker.brokerEpoch)),
    lostClients,
    addresses: addressesByClient({ nodeId, listenerNames: identity.toldByClient, gateways: options.gateways ?? new Set() }),
    groups,
    coordinators: new CoordinatorFinder(cluster, groups, ports.timers),
  }
}
