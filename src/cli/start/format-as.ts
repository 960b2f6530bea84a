import { OdradekError } from '../../base/errors.ts'
import type { Disk } from '../../base/ports.ts'
import type { LoadedConfig } from '../../config/load-config.ts'
import type { FormatAs } from '../../node/directories/format-node.ts'
import type { JoinedCluster } from '../../node/join/prepare-join.ts'
import { readLogDirectories } from '../../raft/format/log-directories.ts'

/**
 * The id that a new cluster of several voters gets when nobody told them one: all must be told the same. Nothing else than the
 * formatting of blank directories, as in the image `apache/kafka`, which sets it.
 */
const NEW_CLUSTER_ID = 'ODRADEK_NEW_CLUSTER_ID'

export interface FormatAsOptions {
  readonly loaded: Pick<LoadedConfig, 'identity' | 'clusterId'>
  /** The cluster that `--join` found, null where it found none; undefined without `--join`. */
  readonly joined: JoinedCluster | null | undefined
  readonly disk: Disk
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * What a node is told of its cluster for directories that are not formatted; one of another cluster is refused when it is opened.
 * A controller of a dynamic quorum of several is told nothing: whether it begins the quorum or joins it is not said by an id.
 *
 * Errors: JOIN_FAILED where the cluster that was found is not the one that variables name.
 */
export async function formatAs(options: FormatAsOptions): Promise<FormatAs | undefined> {
  const { loaded, joined } = options
  const { identity, clusterId } = loaded
  if (joined !== undefined) return { quorum: 'elsewhere', ...idOf(joined?.clusterId ?? null, clusterId) }
  const { isController, isOneOfMany, quorumVoters } = identity
  if (quorumVoters.length > 0) return told(clusterId ?? (await newClusterId(options)))
  if (!isOneOfMany) return told(clusterId)
  if (!isController && clusterId !== null) return { clusterId, quorum: 'elsewhere' }
  return (await isFormatted(options)) ? told(clusterId) : undefined
}

function told(clusterId: string | null): FormatAs | undefined {
  return clusterId === null ? undefined : { clusterId }
}

function idOf(found: string | null, given: string | null): Pick<FormatAs, 'clusterId'> {
  if (found !== null && given !== null && found !== given) {
    const message = `--join found the cluster ${found}, and CLUSTER_ID is ${given}: let --join name a node of that cluster, or leave CLUSTER_ID out.`
    throw new OdradekError('JOIN_FAILED', message)
  }
  const clusterId = found ?? given
  return clusterId === null ? {} : { clusterId }
}

async function newClusterId(options: FormatAsOptions): Promise<string | null> {
  const id = options.environment[NEW_CLUSTER_ID] ?? ''
  if (id === '' || options.loaded.identity.quorumVoters.length < 2) return null
  return (await isFormatted(options)) ? null : id
}

async function isFormatted({ loaded: { identity }, disk }: FormatAsOptions): Promise<boolean> {
  const { nodeId, logDirs, metadataLogDir } = identity
  const directories = await readLogDirectories([...new Set([...logDirs, metadataLogDir])], disk, { nodeId })
  return directories.some(({ properties }) => properties !== null)
}
