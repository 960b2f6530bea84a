import { deferred } from '../../base/deferred.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Disk, Ports } from '../../base/ports.ts'
import { type LoadedConfig, loadConfig } from '../../config/load-config.ts'
import type { LocalPorts } from '../../config/started-as.ts'
import { MemoryDisk } from '../../platform/disk/memory-disk.ts'
import { machineName, temporaryPath } from '../../platform/host-facts.ts'
import { startLog } from '../../platform/logs/pino-logger.ts'
import { nodePorts } from '../../platform/node-ports.ts'
import { KeptPorts } from '../../platform/stoppable/kept-ports.ts'
import { Links } from '../../platform/stoppable/links.ts'
import { stoppablePorts } from '../../platform/stoppable/stoppable-ports.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Cluster, StartClusterOptions } from '../in-process/cluster-api.ts'
import { checkClusterOptions } from '../in-process/start-options.ts'
import { Teardown } from '../lifetime/teardown.ts'
import { ClusterMember } from './cluster-member.ts'
import { planCluster } from './cluster-plan.ts'
import { InProcessCluster } from './in-process-cluster.ts'
import { MetricsDoor } from './metrics-door.ts'

const LOOPBACK = '127.0.0.1'
const NODES = 3

/**
 * Starts a cluster in this process, on free ports of the loopback. All nodes serve when the promise resolves.
 *
 * Errors: `OdradekError`, whose `code` says what kind and whose message what to do.
 */
export async function startCluster(options: StartClusterOptions = {}): Promise<Cluster> {
  checkClusterOptions(options)
  if (options.storage === 'memory' && options.dataDirectory !== undefined)
    throw new OdradekError('CONFIG_INVALID', `Nothing can be kept in ${options.dataDirectory} by nodes in memory: leave out dataDirectory or storage.`)
  const log = options.logger === undefined ? startLog({ level: options.logLevel ?? 'warn' }) : { logger: options.logger, levels: null }
  const teardown = new Teardown(log.logger)
  try {
    const { cluster, whenStarted } = await makeCluster(options, log, teardown)
    teardown.add('the nodes', () => cluster.stopNodes())
    await cluster.startNodes()
    await whenStarted()
    return cluster
  } catch (error) {
    await teardown.run()
    throw error
  }
}

type Log = Pick<ReturnType<typeof startLog>, 'logger'> & { readonly levels: ReturnType<typeof startLog>['levels'] | null }

interface MadeCluster {
  readonly cluster: InProcessCluster
  whenStarted(): Promise<void>
}

async function makeCluster(options: StartClusterOptions, { logger, levels }: Log, teardown: Teardown): Promise<MadeCluster> {
  const real = nodePorts()
  const directory = options.dataDirectory ?? temporaryDirectory(real, teardown)
  const network = new KeptPorts(real.network)
  teardown.add('the ports', () => network[Symbol.asyncDispose]())
  const doors = await openDoors(options, logger, teardown)
  const places = await takePlaces(network, doors)
  const configs = places.map((_, index) => configOf(options, index + 1, places, directory))
  for (const warning of configs[0]?.warnings ?? []) logger.warn(warning)
  const identities = configs.map(({ identity }) => identity)
  const plan = await planCluster({ ...real, disk: diskFor(options, real), identities })
  const links = new Links()
  const failure = deferred<never>()
  // It is `failed` of the cluster: whoever never looks at that is not told by an unhandled rejection.
  failure.promise.catch(() => {})
  const common = { hostname: machineName(), logLevels: levels, formatAs: { clusterId: plan.clusterId }, brokersAwaited: configs.length }
  const members = configs.map((loaded, index) => {
    const { nodeId } = loaded.identity
    const { clients, controller } = places[index] as LocalPorts
    for (const port of [clients, controller]) links.own(port, nodeId)
    const disk = diskFor(options, real)
    const ofNode = logger.child('node', { node: nodeId })
    const makePorts = () => stoppablePorts(nodeId, { ...nodePorts(), disk }, network, links, ofNode)
    return new ClusterMember({ loaded, port: clients, makePorts, door: doors[index] ?? null, options: common, onFailure: failure.reject })
  })
  const cluster = new InProcessCluster({ clusterId: plan.clusterId, members, links, timers: real.timers, failed: failure.promise, teardown })
  return { cluster, whenStarted: () => plan.complete() }
}

function temporaryDirectory({ disk, random }: Ports, teardown: Teardown): string {
  const directory = temporaryPath((count) => random.bytes(count))
  teardown.add('the data', () => disk.removeDirectory(directory))
  return directory
}

/** Of a node in memory one of its own, which outlives what is killed. */
function diskFor({ storage }: StartClusterOptions, real: Ports): Disk {
  return storage === 'memory' ? new MemoryDisk(real.clock) : real.disk
}

/** One for each node, null where no metrics were asked for. */
async function openDoors({ nodes = NODES, metrics = false }: StartClusterOptions, logger: Logger, teardown: Teardown): Promise<(MetricsDoor | null)[]> {
  const doors: (MetricsDoor | null)[] = []
  for (let index = 0; index < nodes; index++) {
    const door = metrics ? await MetricsDoor.open(LOOPBACK, logger) : null
    if (door !== null) teardown.add('a metrics port', () => door[Symbol.asyncDispose]())
    doors.push(door)
  }
  return doors
}

async function takePlaces(network: KeptPorts, doors: readonly (MetricsDoor | null)[]): Promise<LocalPorts[]> {
  const places: LocalPorts[] = []
  for (const door of doors) places.push({ clients: await network.take(LOOPBACK), controller: await network.take(LOOPBACK), metrics: door?.at.port ?? 0 })
  return places
}

function configOf({ config = {}, topics = [] }: StartClusterOptions, nodeNumber: number, places: readonly LocalPorts[], directory: string): LoadedConfig {
  const settings = { 'log.dirs': directory, ...config }
  return loadConfig({
    profile: 'dev',
    startedAs: { nodeNumber, nodeCount: places.length, places },
    topics,
    assignments: Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    origins: { assignments: 'config', topics: 'topics' },
  })
}
