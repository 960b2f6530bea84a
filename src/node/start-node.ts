import type { Timers } from '../base/ports.ts'
import type { BrokerLifecycle } from '../broker/broker-lifecycle.ts'
import { formatHostPort } from '../config/host-port.ts'
import { handlers } from '../handlers/registry.ts'
import type { Services } from '../handlers/services.ts'
import { ApiTable } from '../server/api-table.ts'
import { LostClients } from '../server/lost-clients.ts'
import { Server } from '../server/server.ts'
import { FrugalDisk } from '../storage/files/frugal-disk.ts'
import { brokersRegistered } from './brokers-registered.ts'
import { openControl } from './control/open-control.ts'
import { guardedTimers } from './guarded-timers.ts'
import { joinCluster, makeBroker } from './join-cluster.ts'
import { makeServices } from './make-services.ts'
import { NodeFailure } from './node-failure.ts'
import { type AdvertisedListener, listenerSpecs, toldAddresses, warnOfOpenListeners } from './node-listeners.ts'
import type { NodeOptions } from './node-options.ts'
import { NODE_PRINCIPAL } from './node-principal.ts'
import { openDirectories, withAbsolutePaths } from './open-directories.ts'
import { openGroups } from './open-groups.ts'
import { openMetadata } from './open-metadata.ts'
import { openMetrics } from './open-metrics.ts'
import { openPartitions } from './open-partitions.ts'
import { checkOwnPorts } from './own-ports.ts'
import type { BoundListener, RunningNode } from './running-node.ts'
import { serverSettings } from './server-settings.ts'
import { controllerServices } from './services/controller-services.ts'
import { makeStartTopics } from './start-topics.ts'
import { Teardown } from './teardown.ts'
import { refuseUnserved } from './unserved-settings.ts'

/** How long connections may take to get their last replies when the node stops. */
const DRAIN_MS = 5_000
/** After this long without a reply, what still waits is a join or a sync of a group: the coordinator answers them, as when it moves. */
const GROUP_WAIT_MS = 100
/** In place of a broker's epoch. */
const NOT_REGISTERED = -1

/**
 * Starts a node; resolves when it serves in full: topics can be made, groups joined.
 *
 * The order of starting is that of need: ports that must be known, directories, the metadata log and its controller,
 * partitions, groups, the broker's registration, and last the doors. Stopping is the reverse.
 *
 * Errors: `OdradekError`s (`NetworkError` for an address that is in use, `DiskError` for a directory that is locked, CONFIG_*,
 * FORMAT, METADATA_*, BROKER_REGISTRATION). Whatever was started by then is stopped.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { logger, ports } = options
  const failure = new NodeFailure(logger)
  const teardown = new Teardown(logger)
  const guarded = {
    ...options,
    identity: withAbsolutePaths(options.identity, ports.disk),
    ports: { ...ports, timers: guardedTimers(ports.timers, failure.report) },
    ...guardedClock(options, failure),
  }
  try {
    return await Promise.race([start(guarded, failure, teardown), failure.promise])
  } catch (error) {
    await teardown.run()
    throw error
  }
}

async function start(options: NodeOptions, failure: NodeFailure, teardown: Teardown): Promise<RunningNode> {
  const { config, identity, logger } = options
  const disk = new FrugalDisk(options.ports.disk, options.ports.timers)
  const ports = { ...options.ports, disk }
  const wireTimers = options.steeredClock?.wireTimers ?? ports.timers
  const { nodeId } = identity
  refuseUnserved(config, identity)
  checkOwnPorts(config, identity)
  const apis = new ApiTable<Services>(options.handlers ?? handlers)
  const server = await openFreePorts(options, apis, failure, teardown)
  const { health, traffic, at: metricsAt } = await openMetrics({ node: options, connectionCount: () => server.connectionCount, failure, teardown })
  const told = addressesTold(options, server)
  const shared = { config, identity, ports, logger, failure, teardown }
  const directories = await openDirectories({ ...shared, controller: told.controllers[0], formatAs: options.formatAs })
  const metadata = await openMetadata({ ...shared, directories, controllers: told.controllers })
  // Without the others nobody leads, and they ask this node before it serves clients.
  if (identity.isController && !metadata.isAlone) await server.openKind('controller', controllerServices({ options, directories, apis, metadata }))
  await metadata.start()
  const { loader, controller } = metadata
  teardown.add('the wait for other brokers to leave', () => options.untilBrokersLeft?.())
  let broker: BrokerLifecycle | null = null
  const partitions = await openPartitions({
    ...shared,
    onShortage: (close) => disk.onShortage(close),
    pollTimers: wireTimers,
    traffic,
    directories,
    loader,
    // Asked also when the start fails before there is one.
    brokerEpoch: () => broker?.brokerEpoch ?? NOT_REGISTERED,
  })
  const { groups, elections, allServing } = openGroups({ nodeId, config, loader, partitions, ports, logger })
  await Promise.all([loader.addPublisher(partitions.replicas), loader.addPublisher(elections)])
  const joining = { ...shared, directories, metadata, partitions, advertised: told.brokers }
  broker = makeBroker(joining)
  await joinCluster(broker, joining)
  await allServing()
  await brokersRegistered(loader, options.brokersAwaited ?? 1)
  await makeStartTopics({ topics: options.topics ?? [], controller, metadata: loader, principal: NODE_PRINCIPAL, logger })
  const lostClients = new LostClients({ ...ports, timers: wireTimers, logger, visitOf: (connectionId) => server.visitOf(connectionId) })
  teardown.add('the watch over clients', () => lostClients[Symbol.dispose]())
  const services = makeServices({ options, directories, apis, metadata, partitions, groups, broker, lostClients })
  teardown.add('the server', () => stopServing(server, groups, wireTimers))
  await server.open(services, (connectionId) => groups.onConnectionClosed(connectionId))
  warnOfOpenListeners(listenerSpecs(identity), (name) => server.endpoint(name), logger)
  const facts = { nodeId, clusterId: directories.clusterId, bootstrapServers: bootstrapServers(told.brokers) }
  const { control, controlAt } = await openControl({ node: options, services, apis, groups, loader, facts, teardown })
  health.becameReady()
  teardown.add('readiness', () => health.becameStopping())
  return runningNode({
    nodeId,
    clusterId: directories.clusterId,
    listeners: boundListeners(options, server, told.brokers),
    metricsAt,
    control,
    controlAt,
    failure,
    teardown,
  })
}

async function openFreePorts(
  { config, identity, ports, logger, steeredClock }: NodeOptions,
  apis: ApiTable<Services>,
  failure: NodeFailure,
  teardown: Teardown,
): Promise<Server<Services>> {
  const server = new Server<Services>({
    nodeId: identity.nodeId,
    listeners: listenerSpecs(identity),
    apis,
    settings: serverSettings(config, ports.disk.descriptorLimit()),
    ...ports,
    timers: steeredClock?.wireTimers ?? ports.timers,
    logger: logger.child('server'),
    onBroken: failure.report,
  })
  teardown.add('the listeners', () => server[Symbol.asyncDispose]())
  config.onChange(() => server.limitsChanged())
  await server.bindFreePorts()
  return server
}

function addressesTold(
  { identity, hostname }: NodeOptions,
  server: Server<Services>,
): { readonly brokers: readonly AdvertisedListener[]; readonly controllers: readonly AdvertisedListener[] } {
  const portOf = (name: string) => server.endpoint(name)?.port
  return {
    brokers: toldAddresses(identity.advertisedBrokerListeners, hostname, portOf),
    controllers: toldAddresses(identity.advertisedControllerListeners, hostname, portOf),
  }
}

/** Of clients: nodes of the quorum ask until this one has left it. Requests that are being served are answered first; members that wait for others to join are sent to look for the coordinator again. */
async function stopServing(server: Server<Services>, groups: AsyncDisposable, timers: Timers): Promise<void> {
  const isDrained = new AbortController()
  const drained = server.drainKind('broker', DRAIN_MS).finally(() => isDrained.abort())
  // It rejects when all is drained before the time.
  await timers.sleep(GROUP_WAIT_MS, isDrained.signal).catch(() => {})
  await groups[Symbol.asyncDispose]()
  await drained
}

/** A mistake in what runs by real time ends the node too. */
function guardedClock({ steeredClock }: NodeOptions, failure: NodeFailure): Pick<NodeOptions, 'steeredClock'> {
  return steeredClock === undefined ? {} : { steeredClock: { ...steeredClock, wireTimers: guardedTimers(steeredClock.wireTimers, failure.report) } }
}

/** As a client on this machine takes them. */
function bootstrapServers(told: readonly AdvertisedListener[]): string {
  return told.map(({ host, port }) => formatHostPort(host, port)).join(',')
}

function boundListeners({ identity }: NodeOptions, server: Server<Services>, told: readonly AdvertisedListener[]): readonly BoundListener[] {
  return listenerSpecs(identity).map(({ name, kind, at }) => ({
    name,
    kind,
    at: { host: at.host, port: server.endpoint(name)?.port ?? at.port },
    told: told.find((listener) => listener.name === name) ?? null,
    isToldByClient: identity.toldByClient.has(name),
  }))
}

interface RunningNodeParts extends Pick<RunningNode, 'nodeId' | 'clusterId' | 'listeners' | 'metricsAt' | 'control' | 'controlAt'> {
  readonly failure: NodeFailure
  readonly teardown: Teardown
}

function runningNode({ failure, teardown, ...facts }: RunningNodeParts): RunningNode {
  const stop = () => teardown.run()
  const failed = failure.promise.catch(async (error) => {
    await stop()
    throw error
  })
  // Whoever never looks at `failed` is not told by an unhandled rejection.
  failed.catch(() => {})
  return { ...facts, failed, stop, [Symbol.asyncDispose]: stop }
}
