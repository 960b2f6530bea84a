import { randomUuid } from '../../../protocol/uuid.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Ports } from '../../base/ports.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import { bootstrapRecords } from '../../metadata/bootstrap-records.ts'
import { metadataRecordSerde } from '../../metadata/record-serde.ts'
import { formatDirectories } from '../../raft/format/format-directories.ts'
import { readLogDirectories } from '../../raft/format/log-directories.ts'
import type { VoterEndpoint, VoterSet } from '../../raft/voter-set.ts'
import type { AdvertisedListener } from '../node-listeners.ts'

/**
 * How the quorum of a node that is formatted begins, unless `controller.quorum.voters` names it: with this node as its only
 * voter; with several, this one among them; or elsewhere, where this node finds it (`--no-initial-controllers`).
 */
export type BeginQuorum = 'standalone' | 'elsewhere' | VoterSet

/** What a node is told that is to be one of a cluster with others. */
export interface FormatAs {
  /** Of a cluster that is there; a directory of another one is refused. */
  readonly clusterId?: string
  readonly quorum?: BeginQuorum
}

export interface FormatNodeOptions {
  readonly identity: NodeIdentity
  /** undefined: the one that formatted directories name, or a new one. */
  readonly clusterId: string | undefined
  /** This node's controller as others reach it; of the configuration where not given. */
  readonly controller?: AdvertisedListener | undefined
  /** `standalone` where not given. */
  readonly quorum?: BeginQuorum
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
 * Makes the directories of a node its own where they are not yet. `quorum` says who votes.
 * Errors: FORMAT for a directory of another node or cluster, or that is formatted already; `DiskError`.
 */
export async function formatNode({
  identity,
  clusterId: wanted,
  controller,
  quorum = 'standalone',
  ignoreFormatted,
  ports,
}: FormatNodeOptions): Promise<FormattedNode> {
  const { nodeId, logDirs, metadataLogDir } = identity
  const directories = [...new Set([...logDirs, metadataLogDir])]
  const before = await readLogDirectories(directories, ports.disk, { nodeId, clusterId: wanted })
  const present = before.filter(({ properties }) => properties !== null).map(({ path }) => path)
  if (present.length > 0 && !ignoreFormatted) {
    throw new OdradekError('FORMAT', `Log directory ${present[0]} is already formatted. Use --ignore-formatted to ignore this directory and format the others.`)
  }
  const known = before.find(({ properties }) => properties !== null)?.properties?.clusterId
  const clusterId = wanted ?? known ?? randomUuid((count) => ports.random.bytes(count))
  await formatDirectories({
    clusterId,
    nodeId,
    // Others alone would look as if this one had been lost: see `checkMetadataDirectory`.
    logDirs: [...new Set([metadataLogDir, ...directories])],
    metadataLogDir,
    ...votersOf(quorum, identity, controller),
    bootstrapRecords: bootstrapRecords(),
    serde: metadataRecordSerde,
    ports,
  })
  return { clusterId, formatted: directories.filter((path) => !present.includes(path)) }
}

interface Voters {
  readonly standaloneVoter: VoterEndpoint | null
  readonly initialVoters?: VoterSet
}

function votersOf(quorum: BeginQuorum, { quorumVoters, advertisedControllerListeners }: NodeIdentity, controller: AdvertisedListener | undefined): Voters {
  const voter = controller ?? advertisedControllerListeners[0]
  if (quorumVoters.length > 0 || quorum === 'elsewhere') return { standaloneVoter: null }
  if (quorum !== 'standalone') return { standaloneVoter: null, initialVoters: quorum }
  return { standaloneVoter: voter === undefined ? null : { name: voter.name, host: voter.host, port: voter.port } }
}
