import { randomUuid } from '../../protocol/uuid.ts'
import { OdradekError } from '../base/errors.ts'
import type { Ports } from '../base/ports.ts'
import type { NodeIdentity } from '../config/node-identity.ts'
import { bootstrapRecords } from '../metadata/bootstrap-records.ts'
import { metadataRecordSerde } from '../metadata/record-serde.ts'
import { formatDirectories, readLogDirectories } from '../raft/format/format-directories.ts'
import type { AdvertisedListener } from './node-listeners.ts'

export interface FormatNodeOptions {
  readonly identity: NodeIdentity
  /** undefined: the one that formatted directories name, or a new one. */
  readonly clusterId: string | undefined
  /** This node's controller as others reach it; of the configuration where not given. */
  readonly controller?: AdvertisedListener | undefined
  /** Directories formatted before stay as they are; else one of them is an error. */
  readonly ignoreFormatted: boolean
  readonly ports: Pick<Ports, 'clock' | 'disk' | 'random'>
}

export interface FormattedNode {
  readonly clusterId: string
  /** Directories formatted now. */
  readonly formatted: readonly string[]
}

/**
 * Makes the directories of a node its own where they are not yet. Without `controller.quorum.voters` the node becomes the
 * only voter of a dynamic quorum.
 * Errors: FORMAT for a directory of another node or cluster, or that is formatted already; `DiskError`.
 */
export async function formatNode({ identity, clusterId: wanted, controller, ignoreFormatted, ports }: FormatNodeOptions): Promise<FormattedNode> {
  const { nodeId, logDirs, metadataLogDir, quorumVoters } = identity
  const directories = [...new Set([...logDirs, metadataLogDir])]
  const before = await readLogDirectories(directories, ports.disk, { nodeId, clusterId: wanted })
  const present = before.filter(({ properties }) => properties !== null).map(({ path }) => path)
  if (present.length > 0 && !ignoreFormatted) {
    throw new OdradekError('FORMAT', `Log directory ${present[0]} is already formatted. Use --ignore-formatted to ignore this directory and format the others.`)
  }
  const known = before.find(({ properties }) => properties !== null)?.properties?.clusterId
  const clusterId = wanted ?? known ?? randomUuid((count) => ports.random.bytes(count))
  const voter = controller ?? identity.advertisedControllerListeners[0]
  await formatDirectories({
    clusterId,
    nodeId,
    // Others alone would look as if this one had been lost: see `checkMetadataDirectory`.
    logDirs: [...new Set([metadataLogDir, ...directories])],
    metadataLogDir,
    standaloneVoter: quorumVoters.length > 0 || voter === undefined ? null : { name: voter.name, host: voter.host, port: voter.port },
    bootstrapRecords: bootstrapRecords(),
    serde: metadataRecordSerde,
    ports,
  })
  return { clusterId, formatted: directories.filter((path) => !present.includes(path)) }
}
