import { randomUuid } from '../../../protocol/uuid.ts'
import type { Ports } from '../../base/ports.ts'
import type { ActiveController } from '../../broker/active-controller.ts'
import { tellOfAppliedTopics } from '../../broker/applied-topics.ts'
import { BrokerLifecycle } from '../../broker/broker-lifecycle.ts'
import { BrokerRegistrationRefresh } from '../../broker/broker-registration-refresh.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import { knownFeatures } from '../../metadata/features.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { cordonedDirectories, type OpenDirectories } from '../directories/open-directories.ts'
import type { NodeFailure } from '../lifetime/node-failure.ts'
import type { Teardown } from '../lifetime/teardown.ts'
import type { AdvertisedListener } from '../node-listeners.ts'
import { type OpenMetadata, toEndpoint } from '../parts/open-metadata.ts'
import type { OpenPartitions } from '../parts/open-partitions.ts'

export interface JoinClusterOptions {
  readonly config: NodeConfig
  readonly identity: NodeIdentity
  readonly directories: OpenDirectories
  readonly metadata: OpenMetadata
  readonly controller: ActiveController
  readonly partitions: OpenPartitions
  /** Where clients and other brokers reach this one. */
  readonly advertised: readonly AdvertisedListener[]
  readonly ports: Ports
  readonly logger: Logger
  readonly failure: NodeFailure
  readonly teardown: Teardown
}

/** This node's broker, not registered yet. */
export function makeBroker(options: JoinClusterOptions): BrokerLifecycle {
  const { config, identity, directories, metadata, controller, partitions, advertised, ports, logger, failure } = options
  const { logs } = partitions
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
    controller,
    metadata: metadata.loader,
    timings: {
      heartbeatIntervalMs: config.get('broker.heartbeat.interval.ms'),
      sessionTimeoutMs: config.get('broker.session.timeout.ms'),
      registrationTimeoutMs: config.get('initial.broker.registration.timeout.ms'),
      directoryFailureTimeoutMs: config.get('log.dir.failure.timeout.ms'),
    },
    handsOver: config.get('controlled.shutdown.enable'),
    ...ports,
    logger: logger.child('broker'),
    onFailure: failure.report,
  })
}

/** Registers the broker with its controller, until the node stops. Resolves when this node has applied all up to that. */
export async function registerBroker(broker: BrokerLifecycle, { failure, teardown }: JoinClusterOptions): Promise<void> {
  teardown.add('the registration of the broker', () => (failure.error === null ? broker.shutDown() : broker.stop()))
  await broker.register()
}

/** From now on, with its logs behind the metadata: says at once what it has applied, and registers anew where the cluster's level asks for it. */
export async function followRegistration(broker: BrokerLifecycle, { identity, metadata, failure }: JoinClusterOptions): Promise<void> {
  tellOfAppliedTopics({ metadata: metadata.loader, heartbeatNow: () => broker.heartbeatNow() })
  await metadata.loader.addPublisher(new BrokerRegistrationRefresh({ brokerId: identity.nodeId, lifecycle: broker, onFailure: failure.report }))
}

/** Resolves when the cluster counts on the broker, and hears of its directories and of who is in sync from then on. */
export async function serve(broker: BrokerLifecycle, { controller, partitions }: JoinClusterOptions): Promise<void> {
  await broker.unfence()
  partitions.replicas.directories.start(broker)
  partitions.replicas.start(controller)
}
