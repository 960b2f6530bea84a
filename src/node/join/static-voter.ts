import { OdradekError } from '../../base/errors.ts'
import type { Endpoint, Ports } from '../../base/ports.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import { formatHostPort } from '../../config/values/host-port.ts'
import { readLogDirectories } from '../../raft/format/log-directories.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { FormatAs } from '../directories/format-node.ts'
import { clusterIdAt } from './told-cluster.ts'

export interface StaticVoterOptions {
  readonly identity: NodeIdentity
  /** What the node was told of its cluster. */
  readonly formatAs: FormatAs | undefined
  /** `--replace-voter`: the directory is lost for good, and its node is to vote all the same. */
  readonly replaceVoter: boolean
  readonly ports: Pick<Ports, 'disk' | 'network' | 'timers'>
  readonly logger: Logger
}

const PROBE_MS = 2_000

/**
 * What a voter of `controller.quorum.voters` with others is formatted as, whose directory is empty. The others know it by its
 * number alone, so it might vote a second time in an epoch in which it has voted already, for another: then two nodes
 * lead at once, and metadata that were committed are lost. Nobody but an operator knows whether the directory is new or lost.
 *
 * Errors: VOTER_DIRECTORY_EMPTY that says which of the two it looks like, the risk, and what to do.
 */
export async function staticVoterFormat(options: StaticVoterOptions): Promise<FormatAs | undefined> {
  const { identity, formatAs, ports } = options
  const { nodeId, quorumVoters, isController, metadataLogDir } = identity
  const others = quorumVoters.filter(({ id }) => id !== nodeId)
  if (!isController || others.length === 0 || formatAs?.clusterId !== undefined) return formatAs
  const [directory] = await readLogDirectories([metadataLogDir], ports.disk, { nodeId })
  if (directory?.properties !== null) return formatAs
  const clusterId = await clusterIdOf(others, ports)
  if (clusterId === null) throw nobodyAnswers(metadataLogDir, others)
  if (!options.replaceVoter) throw mayVoteTwice(identity, clusterId)
  options.logger.warn('a voter begins with an empty directory: if it voted in the present epoch before, it may vote twice', { nodeId, clusterId })
  return { ...formatAs, clusterId }
}

/** null where none answers. */
async function clusterIdOf(voters: readonly Endpoint[], { network, timers }: StaticVoterOptions['ports']): Promise<string | null> {
  const answers = voters.map(async (voter) => {
    try {
      return await clusterIdAt(voter, { network, timers, clientId: 'odradek-voter', timeoutMs: PROBE_MS })
    } catch (error) {
      if (error instanceof OdradekError) return null
      throw error
    }
  })
  return (await Promise.all(answers)).find((answer) => answer !== null) ?? null
}

function mayVoteTwice({ nodeId, metadataLogDir }: NodeIdentity, clusterId: string): OdradekError {
  const message =
    `The directory ${metadataLogDir} is empty, and node ${nodeId} is a voter of cluster ${clusterId} by controller.quorum.voters. ` +
    `If the node is new, format the directory: odradek format --cluster-id ${clusterId}, with the same settings. If it had a directory that is lost, what it had voted is lost with it: ` +
    'it may vote twice in one epoch, and committed metadata may be lost. To take that risk, best while all other voters run, start it once with --replace-voter.'
  return new OdradekError('VOTER_DIRECTORY_EMPTY', message, { fields: { nodeId, clusterId } })
}

function nobodyAnswers(path: string, others: readonly Endpoint[]): OdradekError {
  const where = others.map(({ host, port }) => formatHostPort(host, port)).join(', ')
  const message =
    `The directory ${path} is not formatted, and none of the other voters (${where}) answers, so nobody says which cluster this is. ` +
    'For a new cluster format the directories of all its nodes with one id: odradek format --cluster-id ID, with the settings of each.'
  return new OdradekError('VOTER_DIRECTORY_EMPTY', message, { fields: { path } })
}
