import type { ActiveController } from '../../broker/active-controller.ts'
import type { BrokerLifecycle } from '../../broker/broker-lifecycle.ts'
import { Forwarder } from '../../broker/forwarder.ts'
import type { TopicRequests } from '../../broker/topic-requests.ts'
import { TopicCreator } from '../../controller/topics/auto-topic-creation.ts'
import { CoordinatorFinder } from '../../group/coordinator-finder.ts'
import type { GroupService } from '../../group/group-service.ts'
import type { Services } from '../../handlers/services.ts'
import type { MetadataLoader } from '../../metadata/loader.ts'
import { FetchSessionCache } from '../../replication/fetch/fetch-session-cache.ts'
import { ProducerIds } from '../../replication/producer-ids.ts'
import type { LostClients } from '../../server/lost-clients.ts'
import { addressesByClient } from '../../server/told-addresses.ts'
import type { NodeOptions } from '../node-options.ts'
import { NODE_PRINCIPAL } from '../node-principal.ts'
import { coordinatorCluster } from '../parts/metadata-views.ts'
import type { Observing } from '../parts/open-observing.ts'
import type { OpenPartitions } from '../parts/open-partitions.ts'

export interface BrokerServicesOptions {
  readonly options: Pick<NodeOptions, 'config' | 'identity' | 'ports' | 'gateways' | 'logger'>
  /** Of a controller's listener. */
  readonly shared: Services
  readonly loader: MetadataLoader
  readonly active: ActiveController
  readonly topics: TopicRequests
  readonly partitions: OpenPartitions
  readonly groups: GroupService
  readonly broker: BrokerLifecycle
  readonly lostClients: LostClients
  readonly observing: Observing
}

/** Puts together what handlers of a broker's listener call. */
export function brokerServices({
  options,
  shared,
  loader,
  active,
  topics,
  partitions,
  groups,
  broker,
  lostClients,
  observing,
}: BrokerServicesOptions): Services {
  const { config, identity, ports } = options
  const { nodeId } = identity
  const topicCreation = new TopicCreator({ config, controller: topics, metadata: loader, nodePrincipal: NODE_PRINCIPAL })
  const cluster = coordinatorCluster(nodeId, loader, (name) => topicCreation.ensureInternalTopic(name))
  return {
    ...shared,
    forwarder: new Forwarder({ controller: active, metadata: loader, ...ports, logger: options.logger.child('forwarding') }),
    topicCreation,
    replicas: partitions.replicas,
    fetchSessions: new FetchSessionCache({ maxSessions: config.get('max.incremental.fetch.session.cache.slots'), ...ports }),
    producerIds: new ProducerIds(() => active.allocateProducerIds({ brokerId: nodeId, brokerEpoch: broker.brokerEpoch })),
    lostClients,
    addresses: addressesByClient({ nodeId, listenerNames: identity.toldByClient, gateways: options.gateways ?? new Set() }),
    groups,
    coordinators: new CoordinatorFinder(cluster, groups, ports.timers),
    clients: observing.clients,
    telemetry: observing.telemetry,
  }
}
