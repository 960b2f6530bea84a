import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import { randomUuid, type Uuid } from '../../../protocol/uuid.ts'
import type { Ports } from '../../base/ports.ts'
import { makeDurableDirectory } from '../../storage/directory/durable-directory.ts'
import type { RecordSerde } from '../record-serde.ts'
import { encodeSnapshot } from '../snapshot-file.ts'
import { snapshotFileName } from '../snapshot-name.ts'
import type { VoterEndpoint, VoterSet } from '../voter-set.ts'
import { BOOTSTRAP_FILE } from './bootstrap-file.ts'
import { type LogDirectory, readLogDirectories } from './log-directories.ts'
import { encodeMetaProperties, META_PROPERTIES_FILE, type MetaProperties } from './meta-properties.ts'

/**
 * Makes log directories a node's own, as `kafka-storage format` does: `meta.properties` in each, the bootstrap records
 * beside it, and in the metadata directory of a dynamic quorum the snapshot 0-0 that names the voters.
 *
 * `meta.properties` is written last: a directory without it is not formatted, and the next attempt begins anew.
 * Source: KIP-631, KIP-853; org.apache.kafka.metadata.storage.Formatter.
 */
export interface FormatOptions<T> {
  readonly clusterId: string
  readonly nodeId: number
  /** All of `log.dirs`; the metadata directory is among them. */
  readonly logDirs: readonly string[]
  readonly metadataLogDir: string
  /** The controller endpoint of this node as the only voter of a dynamic quorum; null when `controller.quorum.voters` is set. */
  readonly standaloneVoter: VoterEndpoint | null
  /**
   * The voters of a dynamic quorum that begins with several, and not with this node alone: each node is formatted with the
   * same ones. This node's metadata directory gets the id that it has among them, where it is one.
   */
  readonly initialVoters?: VoterSet
  /** What the first controller writes into an empty log. */
  readonly bootstrapRecords: readonly T[]
  readonly serde: RecordSerde<T>
  readonly ports: Pick<Ports, 'clock' | 'disk' | 'random'>
}

export const METADATA_LOG_DIRECTORY = `${METADATA_TOPIC}-0`
/** The level of `kraft.version` of a dynamic quorum, and the highest that is known. */
export const KRAFT_VERSION = 1
const BOOTSTRAP_SNAPSHOT = { offset: 0, epoch: 0 }

/** Formats the directories that are not yet; those that are stay as they are. Gives all of them. */
export async function formatDirectories<T>(options: FormatOptions<T>): Promise<readonly (LogDirectory & { readonly properties: MetaProperties })[]> {
  const { logDirs, nodeId, clusterId, ports } = options
  const found = await readLogDirectories(logDirs, ports.disk, { nodeId, clusterId })
  const taken = new Set(found.map((directory) => directory.properties?.directoryId))
  const formatted: (LogDirectory & { readonly properties: MetaProperties })[] = []
  for (const { path, properties } of found) {
    if (properties !== null) {
      formatted.push({ path, properties })
      continue
    }
    const fresh = { clusterId, nodeId, directoryId: plannedDirectoryId(path, options) ?? freshDirectoryId(taken, ports.random) }
    await formatDirectory(path, fresh, options)
    formatted.push({ path, properties: fresh })
  }
  return formatted
}

async function formatDirectory<T>(path: string, properties: MetaProperties, options: FormatOptions<T>): Promise<void> {
  const { disk, clock } = options.ports
  await makeDurableDirectory(path, disk)
  const nowMs = clock.nowMs()
  const header = { epoch: 0, nowMs, lastContainedLogTimestampMs: 0, kraftVersion: 0, voters: [] }
  await writeSnapshotFile(`${path}/${BOOTSTRAP_FILE}`, encodeSnapshot(header, options.bootstrapRecords, options.serde), disk)
  const voters = votersOf(properties.directoryId, options)
  if (path === options.metadataLogDir && voters !== null) await writeVoters(path, voters, options)
  await disk.writeFileAtomic(`${path}/${META_PROPERTIES_FILE}`, encodeMetaProperties(properties))
}

function plannedDirectoryId<T>(path: string, { metadataLogDir, initialVoters = [], nodeId }: FormatOptions<T>): Uuid | undefined {
  return path === metadataLogDir ? initialVoters.find(({ id }) => id === nodeId)?.directoryId : undefined
}

function votersOf<T>(directoryId: Uuid, { initialVoters, standaloneVoter, nodeId }: FormatOptions<T>): VoterSet | null {
  if (initialVoters !== undefined) return initialVoters
  if (standaloneVoter === null) return null
  return [{ id: nodeId, directoryId, endpoints: [standaloneVoter], minKraftVersion: 0, maxKraftVersion: KRAFT_VERSION }]
}

async function writeVoters<T>(path: string, voters: VoterSet, options: FormatOptions<T>): Promise<void> {
  const { disk, clock } = options.ports
  const directory = `${path}/${METADATA_LOG_DIRECTORY}`
  await disk.makeDirectory(directory)
  await disk.flushDirectory(path)
  const nowMs = clock.nowMs()
  const header = { epoch: 0, nowMs, lastContainedLogTimestampMs: nowMs, kraftVersion: KRAFT_VERSION, voters }
  await writeSnapshotFile(`${directory}/${snapshotFileName(BOOTSTRAP_SNAPSHOT)}`, encodeSnapshot(header, [], options.serde), disk)
}

/** Small files: in one piece, and durable before `meta.properties` says that all is there. */
async function writeSnapshotFile(path: string, batches: Iterable<Buffer>, disk: Ports['disk']): Promise<void> {
  await disk.writeFileAtomic(path, Buffer.concat([...batches]))
}

function freshDirectoryId(taken: Set<Uuid | undefined>, random: Ports['random']): Uuid {
  for (;;) {
    const id = randomUuid((count) => random.bytes(count))
    if (taken.has(id)) continue
    taken.add(id)
    return id
  }
}
