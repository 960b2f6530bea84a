import type { Ports } from '../../base/ports.ts'
import type { ActiveController } from '../../broker/active-controller.ts'
import type { BrokerLifecycle } from '../../broker/broker-lifecycle.ts'
import { TopicRequests } from '../../broker/topic-requests.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import type { Services } from '../../handlers/services.ts'
import type { ApiTable } from '../../server/api-table.ts'
import { LostClients } from '../../server/lost-clients.ts'
import type { Server } from '../../server/server.ts'
import type { FrugalDisk } from '../../storage/files/frugal-disk.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { MetricRegistry } from '../../telemetry/metric-registry.ts'
import type { Traffic } from '../../telemetry/traffic.ts'
import type { NodeFacts } from '../control/control-endpoints.ts'
import { openControl } from '../control/open-control.ts'
import type { OpenDirectories } from '../directories/open-directories.ts'
import type { NodeFailure } from '../lifetime/node-failure.ts'
import type { Teardown } from '../lifetime/teardown.ts'
import { addBrokerMetrics } from '../metrics/add-metrics.ts'
import type { AdvertisedListener } from '../node-listeners.ts'
import type { NodeOptions } from '../node-options.ts'
import { NODE_PRINCIPAL } from '../node-principal.ts'
import { openGroups } from '../parts/open-groups.ts'
import type { OpenMetadata } from '../parts/open-metadata.ts'
import { openObserving } from '../parts/open-observing.ts'
import { openPartitions } from '../parts/open-partitions.ts'
import type { RunningNode } from '../running-node.ts'
import { brokerServices } from '../services/broker-services.ts'
import { brokersRegistered, brokersServing } from './brokers-awaited.ts'
import { openDoors } from './doors.ts'
import { followRegistration, makeBroker, registerBroker, serve } from './join-cluster.ts'
import { makeStartTopics } from './start-topics.ts'

/** What both roles of a node share. */
export interface NodeParts {
  readonly options: NodeOptions
  readonly config: NodeConfig
  readonly identity: NodeIdentity
  readonly ports: Ports
  readonly disk: FrugalDisk
  readonly logger: Logger
  readonly failure: NodeFailure
  readonly teardown: Teardown
  readonly server: Server<Services>
  readonly apis: ApiTable<Services>
  /** What this node tells of itself. */
  readonly metrics: MetricRegistry
  readonly traffic: Traffic
  readonly directories: OpenDirectories
  readonly metadata: OpenMetadata
  /** The active controller, wherever it is. */
  readonly active: ActiveController
  /** Of a controller's listener. */
  readonly services: Services
  /** Where clients and other brokers reach this one. */
  readonly advertised: readonly AdvertisedListener[]
  readonly facts: NodeFacts
}

/** In place of a broker's epoch. */
const NOT_REGISTERED = -1

/** The broker of a node; resolves when it serves in full, with what tests steer it by. */
export async function startBroker(parts: NodeParts): Promise<Pick<RunningNode, 'control' | 'controlAt'>> {
  const { options, config, identity, ports, disk, logger, server, teardown, metadata, active } = parts
  const { loader } = metadata
  const wireTimers = options.steeredClock?.wireTimers ?? ports.timers
  let broker: BrokerLifecycle | null = null
  const partitions = await openPartitions({
    ...parts,
    loader,
    onShortage: (close) => disk.onShortage(close),
    pollTimers: wireTimers,
    // Asked also when the start fails before there is one.
    brokerEpoch: () => broker?.brokerEpoch ?? NOT_REGISTERED,
  })
  const { groups, elections, allServing } = openGroups({ nodeId: identity.nodeId, config, loader, partitions, ports, logger })
  addBrokerMetrics(parts.metrics, { clock: ports.clock, partitions })
  const observing = await openObserving({ ...parts, loader, replicas: partitions.replicas, groups })
  const joining = { ...parts, controller: active, partitions }
  broker = makeBroker(joining)
  const followers = [partitions.replicas, elections]
  // Before replication and the logs stop: from then on nothing may come to be done to them. Of a node that failed no part is waited for.
  teardown.add('what follows the metadata', async () => {
    const removed = Promise.all(followers.map((follower) => loader.removePublisher(follower)))
    if (parts.failure.error === null) await removed
  })
  await registerBroker(broker, joining)
  // What is older than this registration tells of leaders and replicas that the last incarnation was: no log must follow it. Apache
  // Kafka's brokers begin when they have caught up with what was committed by then, which may be before.
  await Promise.all(followers.map((follower) => loader.addPublisher(follower)))
  await followRegistration(broker, joining)
  const topics = new TopicRequests({
    controller: active,
    local: parts.services.controller,
    metadata: loader,
    timers: ports.timers,
    timeoutMs: config.get('request.timeout.ms'),
  })
  const lostClients = new LostClients({ ...ports, timers: wireTimers, logger: logger.child('server'), visitOf: (connectionId) => server.visitOf(connectionId) })
  teardown.add('the watch over clients', () => lostClients[Symbol.dispose]())
  const services = brokerServices({ options, shared: parts.services, loader, active, topics, partitions, groups, broker, lostClients, observing })
  const doors = { ...parts, services, broker, groups, telemetry: observing.telemetry, timers: wireTimers }
  // Other brokers and their clients turn to this one as soon as it is unfenced; to the only one nobody comes before it serves in full.
  const isAmongOthers = loader.image().cluster.brokers.size > 1
  if (isAmongOthers) await openDoors(doors)
  await serve(broker, joining)
  await allServing()
  const brokerCount = options.brokersAwaited ?? 1
  await brokersRegistered(loader, brokerCount)
  const untilServing = () => brokersServing(loader, brokerCount, ports.timers)
  await makeStartTopics({ topics: options.topics ?? [], controller: topics, metadata: loader, principal: NODE_PRINCIPAL, logger, untilServing })
  if (!isAmongOthers) await openDoors(doors)
  return openControl({ ...parts, node: options, services, topics, groups, loader })
}
