import { OdradekError } from '../../base/errors.ts'
import type { Endpoint, Ports } from '../../base/ports.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import { formatHostPort } from '../../config/values/host-port.ts'
import { readLogDirectories } from '../../raft/format/log-directories.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { findCluster } from './find-cluster.ts'
import { clusterIdAt, type ToldBroker, type ToldCluster, type ToldVoter } from './told-cluster.ts'

export interface PrepareJoinOptions {
  readonly identity: NodeIdentity
  /** Nodes of the cluster. */
  readonly join: readonly Endpoint[]
  readonly ports: Pick<Ports, 'clock' | 'disk' | 'network' | 'timers'>
  readonly logger: Logger
}

/** What a node that joins is told of its cluster. */
export interface JoinedCluster {
  readonly clusterId: string
  /** Where its controllers are. */
  readonly controllers: readonly Endpoint[]
}

/** For a cluster that is started at the same time, by hand or by a script. */
export const JOIN_WAIT_MS = 10_000
const PROBE_MS = 2_000

/**
 * Finds the cluster that a node is to join. A node that has joined before knows its cluster: it is asked for once, and null means
 * that nobody answered and the node goes on with what it knows.
 *
 * Errors: JOIN_FAILED (nobody answers, what answers is no Kafka, another cluster answers than the directory's, the node's id
 * is taken by a node that lives); FORMAT for a directory of another node.
 */
export async function prepareJoin(options: PrepareJoinOptions): Promise<JoinedCluster | null> {
  const { identity, ports, logger } = options
  const { nodeId, logDirs, metadataLogDir } = identity
  const directories = await readLogDirectories([...new Set([...logDirs, metadataLogDir])], ports.disk, { nodeId })
  const formatted = directories.find(({ properties }) => properties !== null)
  if (formatted?.properties == null) return joinNew(options)
  const told = await askOnce(options)
  if (told === null) return null
  const { clusterId } = formatted.properties
  if (told.clusterId !== clusterId) throw otherCluster(options, told, { path: formatted.path, clusterId })
  logger.debug('the cluster that this node has joined before answers', { clusterId })
  return { clusterId, controllers: controllersOf(told.voters, identity) }
}

async function joinNew(options: PrepareJoinOptions): Promise<JoinedCluster> {
  const { identity, join, ports, logger } = options
  const told = await findCluster({ ...ports, endpoints: join, waitMs: JOIN_WAIT_MS, logger })
  await checkIsFree(told, options)
  const controllers = controllersOf(told.voters, identity)
  if (controllers.length === 0)
    throw failed(`The cluster ${told.clusterId} does not tell where its controllers are: set controller.quorum.bootstrap.servers to their addresses.`)
  logger.info('joining a cluster', { clusterId: told.clusterId, nodeId: identity.nodeId, controllers: controllers.map(textOf) })
  return { clusterId: told.clusterId, controllers }
}

async function askOnce({ join, ports, logger }: PrepareJoinOptions): Promise<ToldCluster | null> {
  try {
    return await findCluster({ ...ports, endpoints: join, waitMs: 0, logger })
  } catch (error) {
    if (!(error instanceof OdradekError)) throw error
    logger.info('the node that --join names does not answer, and is not needed: this node has joined before', { why: error.message })
    return null
  }
}

/** A registration whose node does not answer is of one that is gone: its id is this node's again, with an empty directory. */
async function checkIsFree({ clusterId, brokers, voters }: ToldCluster, { identity: { nodeId }, ports, logger }: PrepareJoinOptions): Promise<void> {
  const before = brokers.find(({ id }) => id === nodeId)
  if (before !== undefined && !before.isFenced && (await lives(before, clusterId, ports))) {
    throw failed(
      `Node ${nodeId} is in the cluster already and answers at ${textOf(before)}: choose another NODE-ID, or stop that one first if this is to take its place.`,
    )
  }
  if (before === undefined && !voters.some(({ id }) => id === nodeId)) return
  logger.warn('the cluster knows a node of this id, which does not answer: this one takes its place, and the others fill its empty directory', { nodeId })
}

async function lives(broker: ToldBroker, clusterId: string, { network, timers }: PrepareJoinOptions['ports']): Promise<boolean> {
  try {
    return (await clusterIdAt(broker, { network, timers, clientId: 'odradek-join', timeoutMs: PROBE_MS })) === clusterId
  } catch (error) {
    if (error instanceof OdradekError) return false
    throw error
  }
}

/** One address of each voter: of the listener that this node knows, where the voter has it. */
function controllersOf(voters: readonly ToldVoter[], { controllerListenerNames }: NodeIdentity): Endpoint[] {
  return voters.flatMap(({ listeners }) => {
    const known = listeners.find(({ name }) => controllerListenerNames.includes(name)) ?? listeners[0]
    return known === undefined ? [] : [{ host: known.host, port: known.port }]
  })
}

function otherCluster({ join }: PrepareJoinOptions, told: ToldCluster, own: { readonly path: string; readonly clusterId: string }): OdradekError {
  const where = join.map(textOf).join(',')
  return failed(
    `The directory ${own.path} belongs to cluster ${own.clusterId}, and ${where} is of cluster ${told.clusterId}: give this node another directory (log.dirs), or let --join name a node of its own cluster.`,
  )
}

function textOf({ host, port }: Endpoint): string {
  return formatHostPort(host, port)
}

function failed(message: string): OdradekError {
  return new OdradekError('JOIN_FAILED', message)
}
