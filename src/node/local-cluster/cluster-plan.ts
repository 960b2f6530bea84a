import { posix } from 'node:path'
import { parseUuid, randomUuid, type Uuid } from '../../../protocol/uuid.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Disk, Random } from '../../base/ports.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import { readLogDirectories } from '../../raft/format/log-directories.ts'
import { makeDurableDirectory } from '../../storage/directory/durable-directory.ts'

/** Stands beside the nodes' directories from before the first is formatted until all nodes have served once. */
export const NEW_CLUSTER_FILE = 'new-cluster.json'

/** A voter of a cluster that is made, with the id that its directory is to get. */
export interface InitialVoter {
  readonly id: number
  readonly directoryId: Uuid
  readonly host: string
  readonly port: number
}

/** Which cluster nodes that are started together are to be. */
export interface ClusterPlan {
  readonly clusterId: string
  /** For the directory of this node where it is not formatted yet; null for one that finds the cluster there. */
  initialVotersFor(nodeNumber: number): readonly InitialVoter[] | null
  /** All nodes have served: whichever directory is empty from now on has been lost, and its node joins anew. */
  complete(): Promise<void>
}

export interface PlanOptions {
  /** As many as there are nodes; those that vote have a listener for their controller. */
  readonly identities: readonly NodeIdentity[]
  readonly disk: Disk
  readonly random: Pick<Random, 'bytes'>
}

/**
 * Directories that exist say which cluster it is. Where there are none a new cluster is planned, with the ids of its
 * voters' directories, and the plan is kept in a file: if the start ends half-way, the next one goes on with the same ids.
 * A voter that was given another directory than the others know would never be one.
 *
 * Errors: FORMAT for directories of other nodes or of several clusters; `DiskError`.
 */
export async function planCluster(options: PlanOptions): Promise<ClusterPlan> {
  const { identities, disk } = options
  const path = planPath(identities)
  const begun = await readPlan(path, disk)
  const found = await clusterIdOf(identities, disk)
  const plan = begun ?? (found === null ? newPlan(options) : { clusterId: found, voters: [] })
  if (begun === null && found === null) await keepPlan(path, plan, disk)
  return {
    clusterId: plan.clusterId,
    initialVotersFor: (nodeNumber) => (plan.voters.some(({ id }) => id === nodeNumber) ? plan.voters : null),
    complete: () => disk.removeFile(path),
  }
}

interface KeptPlan {
  readonly clusterId: string
  readonly voters: readonly InitialVoter[]
}

function newPlan({ identities, random }: PlanOptions): KeptPlan {
  const newId = () => randomUuid((count) => random.bytes(count))
  const voters = identities.flatMap(({ nodeId, advertisedControllerListeners: [listener] }) =>
    listener === undefined ? [] : [{ id: nodeId, directoryId: newId(), host: listener.host, port: listener.port }],
  )
  return { clusterId: newId(), voters }
}

/** null where no directory is formatted. */
async function clusterIdOf(identities: readonly NodeIdentity[], disk: Disk): Promise<string | null> {
  let first: { readonly path: string; readonly clusterId: string } | null = null
  for (const { nodeId, logDirs, metadataLogDir } of identities) {
    for (const { path, properties } of await readLogDirectories([...new Set([...logDirs, metadataLogDir])], disk, { nodeId })) {
      if (properties === null) continue
      first ??= { path, clusterId: properties.clusterId }
      if (properties.clusterId !== first.clusterId) throw twoClusters(first, { path, clusterId: properties.clusterId })
    }
  }
  return first?.clusterId ?? null
}

interface FoundCluster {
  readonly path: string
  readonly clusterId: string
}

function twoClusters(one: FoundCluster, other: FoundCluster): OdradekError {
  const found = [one, other].map(({ path, clusterId }) => `${path} to cluster ${clusterId}`).join(', and ')
  return new OdradekError('FORMAT', `These directories were not made together: ${found}. Move one away, and its node joins the cluster of the other.`)
}

/** Beside the directory of the first node, which is never alone in it. */
function planPath([first]: readonly NodeIdentity[]): string {
  return posix.join(posix.dirname(first?.metadataLogDir ?? ''), NEW_CLUSTER_FILE)
}

async function keepPlan(path: string, plan: KeptPlan, disk: Disk): Promise<void> {
  await makeDurableDirectory(posix.dirname(path), disk)
  await disk.writeFileAtomic(path, Buffer.from(`${JSON.stringify(plan, null, 2)}\n`))
}

async function readPlan(path: string, disk: Disk): Promise<KeptPlan | null> {
  const content = await disk.readFile(path)
  if (content === null) return null
  const plan = parsed(content.toString())
  if (isPlan(plan)) return plan
  const message = `${path} is damaged. It belongs to a cluster that was being made: remove it, and the directories of the nodes beside it if nothing in them is needed.`
  throw new OdradekError('FORMAT', message, { fields: { path } })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function isPlan(value: unknown): value is KeptPlan {
  const { clusterId, voters } = Object(value) as Partial<Record<keyof KeptPlan, unknown>>
  return typeof clusterId === 'string' && Array.isArray(voters) && voters.every(isVoter)
}

function isVoter(value: unknown): value is InitialVoter {
  const { id, directoryId, host, port } = Object(value) as Partial<Record<keyof InitialVoter, unknown>>
  return Number.isInteger(id) && typeof directoryId === 'string' && parseUuid(directoryId) !== null && typeof host === 'string' && Number.isInteger(port)
}
