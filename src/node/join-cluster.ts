import { randomUuid } from '../../protocol/uuid.ts'
import type { Ports } from '../base/ports.ts'
import { BrokerLifecycle } from '../broker/broker-lifecycle.ts'
import { BrokerRegistrationRefresh } from '../broker/broker-registration-refresh.ts'
import type { NodeConfig } from '../config/node-config.ts'
import type { NodeIdentity } from '../config/node-identity.ts'
import { knownFeatures } from '../metadata/features.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { NodeFailure } from './node-failure.ts'
import type { AdvertisedListener } from './node-listeners.ts'
import { cordonedDirectories, type OpenDirectories } from './open-directories.ts'
import { type OpenMetadata, toEndpoint } from './open-metadata.ts'
import type { OpenPartitions } from './open-partitions.ts'
import type { Teardown } from './teardown.ts'

export interface JoinClusterOptions {
  readonly config: NodeConfig
  readonly identity: NodeIdentity
  readonly directories: OpenDirectories
  readonly metadata: OpenMetadata
  readonly partitions: OpenPartitions
  /** Where clients and other brokers reach this one. */
  readonly advertised: readonly AdvertisedListener[]
  readonly ports: Ports
  readonly logger: Logger
  readonly failure: NodeFailure
  readonly teardown: Teardown
}

/** This node's broker, for `joinCluster`. */
export function makeBroker({ config, identity, directories, metadata, partitions: { logs }, advertised, ports, logger }: JoinClusterOptions): BrokerLifecycle {
  return new BrokerLifecycle({
    clusterId: directories.clusterId,
    brokerId: identity.nodeId,
    incarnationId: randomUuid((count) => ports.random.bytes(count)),
    endpoints: advertised.map(toEndpoint),
    features: knownFeatures,
    rack: config.get('broker.rack'),
    logDirs: logs.liveDirectories.map(({ directoryId }) => directoryId),
    cordonedLogDirs: () => cordonedDirectories(logs),
    previousBrokerEpoch: logs.previousBrokerEpoch,
    registry: metadata.controller.brokers,
    metadata: metadata.loader,
    logger,
  })
}

/** Registers the broker with its controller. Resolves when the cluster counts on it, which hears of its directories from now on. */
export async function joinCluster(broker: BrokerLifecycle, { identity, metadata, partitions, failure, teardown }: JoinClusterOptions): Promise<void> {
  await broker.register()
  teardown.add('the registration of the broker', () => (failure.error === null ? broker.shutDown() : undefined))
  await metadata.loader.addPublisher(new BrokerRegistrationRefresh({ brokerId: identity.nodeId, lifecycle: broker, onFailure: failure.report }))
  await broker.unfence()
  partitions.replicas.directories.start(broker)
  partitions.replicas.start(metadata.controller.brokers)
}
