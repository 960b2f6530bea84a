import { formatHostPort } from '../config/values/host-port.ts'
import { handlers } from '../handlers/registry.ts'
import type { Services } from '../handlers/services.ts'
import { ApiTable } from '../server/api-table.ts'
import { Server } from '../server/server.ts'
import { FrugalDisk } from '../storage/files/frugal-disk.ts'
import { openDirectories, withAbsolutePaths } from './directories/open-directories.ts'
import { openMetrics } from './health/open-metrics.ts'
import { staticVoterFormat } from './join/static-voter.ts'
import { guardedTimers } from './lifetime/guarded-timers.ts'
import { keepAwake } from './lifetime/keep-awake.ts'
import { NodeFailure } from './lifetime/node-failure.ts'
import { Teardown } from './lifetime/teardown.ts'
import { addClusterMetrics } from './metrics/add-metrics.ts'
import { type AdvertisedListener, listenerSpecs, toldAddresses, warnOfOpenListeners } from './node-listeners.ts'
import type { NodeOptions } from './node-options.ts'
import { openMetadata } from './parts/open-metadata.ts'
import { askController } from './roles/ask-controller.ts'
import { followQuorum } from './roles/follow-quorum.ts'
import { registerController } from './roles/register-controller.ts'
import { startBroker } from './roles/start-broker.ts'
import { startControllerAlone } from './roles/start-controller.ts'
import type { BoundListener, RunningNode } from './running-node.ts'
import { controllerServices } from './services/controller-services.ts'
import { checkOwnPorts } from './settings/own-ports.ts'
import { serverSettings } from './settings/server-settings.ts'
import { refuseUnserved } from './settings/unserved-settings.ts'

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
  using _ = keepAwake(ports.timers)
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
  const { nodeId } = identity
  refuseUnserved(config, identity)
  checkOwnPorts(config, identity)
  const apis = new ApiTable<Services>(options.handlers ?? handlers)
  const server = await claimPorts(options, apis, failure, teardown)
  const { health, metrics, traffic, at: metricsAt } = await openMetrics({ node: options, server, failure, teardown })
  const told = addressesTold(options, server)
  const shared = { config, identity, ports, logger, failure, teardown }
  const replaceVoter = options.replaceVoter ?? false
  const formatAs = await staticVoterFormat({ ...shared, formatAs: options.formatAs, replaceVoter })
  const directories = await openDirectories({ ...shared, controller: told.controllers[0], formatAs })
  const metadata = await openMetadata({ ...shared, directories, controllers: told.controllers, replaceVoter })
  const active = askController({ ...shared, quorum: metadata.quorum, local: identity.isController ? metadata.controller : null })
  const services = controllerServices({ options, directories, apis, metadata })
  addClusterMetrics(metrics, { clock: ports.clock, isController: identity.isController, metadata })
  // Without the others nobody leads, or this node waits for them to register: they ask it before it serves clients.
  if (identity.isController && (!metadata.isAlone || hasOthersToCome(options))) await server.openKind('controller', services)
  await followQuorum({ ...shared, metadata })
  if (identity.isController) await registerController({ ...shared, metadata, active })
  teardown.add('the wait for other brokers to leave', () => options.untilBrokersLeft?.())
  const facts = { nodeId, clusterId: directories.clusterId, bootstrapServers: bootstrapServers(told.brokers) }
  const parts = { ...shared, options, server, apis, directories, metadata, active, services, metrics, traffic, disk, advertised: told.brokers, facts }
  const control = identity.isBroker ? await startBroker(parts) : await startControllerAlone(parts)
  warnOfOpenListeners(listenerSpecs(identity), (name) => server.endpoint(name), logger)
  health.becameReady()
  teardown.add('readiness', () => health.becameStopping())
  return runningNode({
    nodeId,
    clusterId: directories.clusterId,
    listeners: boundListeners(options, server, told.brokers),
    metricsAt,
    ...control,
    failure,
    teardown,
  })
}

function hasOthersToCome({ brokersAwaited = 1 }: NodeOptions): boolean {
  return brokersAwaited > 1
}

async function claimPorts(
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
  await server.claimPorts()
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
