import type { Ports, Timers } from '../../base/ports.ts'
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
import type { Traffic } from '../../telemetry/traffic.ts'
import type { NodeFacts } from '../control/control-endpoints.ts'
import { openControl } from '../control/open-control.ts'
import type { NodeFailure } from '../node-failure.ts'
import type { AdvertisedListener } from '../node-listeners.ts'
import type { NodeOptions } from '../node-options.ts'
import { NODE_PRINCIPAL } from '../node-principal.ts'
import type { OpenDirectories } from '../open-directories.ts'
import { openGroups } from '../open-groups.ts'
import type { OpenMetadata } from '../open-metadata.ts'
import { openPartitions } from '../open-partitions.ts'
import type { RunningNode } from '../running-node.ts'
import { brokerServices } from '../services/broker-services.ts'
import { makeStartTopics } from '../start-topics.ts'
import type { Teardown } from '../teardown.ts'
import { brokersRegistered } from './brokers-registered.ts'
import { joinCluster, makeBroker } from './join-cluster.ts'

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

/** How long connections may take to get their last replies when the node stops. */
const DRAIN_MS = 5_000
/** After this long without a reply, what still waits is a join or a sync of a group: the coordinator answers them, as when it moves. */
const GROUP_WAIT_MS = 100
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
  await Promise.all([loader.addPublisher(partitions.replicas), loader.addPublisher(elections)])
  const joining = { ...parts, controller: active, partitions }
  broker = makeBroker(joining)
  await joinCluster(broker, joining)
  await allServing()
  await brokersRegistered(loader, options.brokersAwaited ?? 1)
  const topics = new TopicRequests({
    controller: active,
    local: parts.services.controller,
    metadata: loader,
    timers: ports.timers,
    timeoutMs: config.get('request.timeout.ms'),
  })
  await makeStartTopics({ topics: options.topics ?? [], controller: topics, metadata: loader, principal: NODE_PRINCIPAL, logger })
  const lostClients = new LostClients({ ...ports, timers: wireTimers, logger, visitOf: (connectionId) => server.visitOf(connectionId) })
  teardown.add('the watch over clients', () => lostClients[Symbol.dispose]())
  const services = brokerServices({ options, shared: parts.services, loader, active, topics, partitions, groups, broker, lostClients })
  teardown.add("the broker's listeners", () => stopServing(server, groups, wireTimers))
  await server.open(services, (connectionId) => groups.onConnectionClosed(connectionId))
  return openControl({ ...parts, node: options, services, groups, loader })
}

/**
 * Of clients: nodes of the quorum ask until this one has left it. Requests that are being served are answered first; members that wait for others to join are sent to look for
 * the coordinator again.
 */
async function stopServing(server: Server<Services>, groups: AsyncDisposable, timers: Timers): Promise<void> {
  const isDrained = new AbortController()
  const drained = server.drainKind('broker', DRAIN_MS).finally(() => isDrained.abort())
  // It rejects when all is drained before the time.
  await timers.sleep(GROUP_WAIT_MS, isDrained.signal).catch(() => {})
  await groups[Symbol.asyncDispose]()
  await drained
}
