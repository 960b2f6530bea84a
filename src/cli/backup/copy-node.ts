/**
 * Writes an archive of a node's directories, whether it runs or not. The order is part of what is promised:
 *
 * 1. checkpoints, which must not be ahead of the logs; recovery points are read here, and written when it is known how the logs were copied;
 * 2. committed offsets and transactions, so that no group is ahead of what it reads;
 * 3. all other logs; those that came up meanwhile elsewhere, as a replica does that moves between directories, until none do;
 * 4. the metadata log, which so knows every leader epoch, topic and producer id that the logs hold.
 *
 * Errors: BACKUP_UNSETTLED, `DiskError`, those of `write`.
 *
 * One log that changes meanwhile is the job of `copyPartition`; what the bytes look like that of `ArchiveWriter` and the manifest.
 */
import { OFFSETS_TOPIC, TRANSACTION_STATE_TOPIC } from '../../../protocol/internal-topics.ts'
import type { Clock, Disk, Timers } from '../../base/ports.ts'
import { parseTopicPartitionKey } from '../../base/topic-partition.ts'
import { encodeOffsets, RECOVERY_POINT_CHECKPOINT } from '../../storage/checkpoint/offset-checkpoint.ts'
import { archivePath, DIRECTORY_FILES, HEADER_FILE, isPartitionDirectory, MANIFEST_FILE, METADATA_DIRECTORY } from './archive-layout.ts'
import { ArchiveWriter, type FileDigest } from './archive-writer.ts'
import type { BackedUpNode } from './backed-up-node.ts'
import { type CopiedPartition, copyPartition } from './copy-partition.ts'
import { lookAtPartition } from './look-at-partition.ts'
import { encodeHeader, encodeManifest } from './manifest.ts'
import { type RecoveryPoints, readRecoveryPoints, recoveryPointOfCopy } from './recovery-points.ts'

export interface CopyNodeOptions {
  readonly node: BackedUpNode
  readonly disk: Disk
  readonly clock: Pick<Clock, 'nowMs'>
  readonly timers: Pick<Timers, 'sleep'>
  readonly programVersion: string
  /** Takes the archive, a tar stream; resolves when more may come. */
  readonly write: (bytes: Buffer) => Promise<void>
  /** Told before anything is copied. */
  readonly onEstimate?: (bytes: number) => void
}

export interface CopiedNode {
  readonly partitions: number
  readonly files: number
  readonly bytes: number
}

/** A partition that has moved to another directory is looked for again, so often. */
const MOST_ROUNDS = 10

interface Found {
  readonly directory: number
  readonly root: string
  readonly name: string
}

/** See the head of this file. */
export async function copyNode(options: CopyNodeOptions): Promise<CopiedNode> {
  const { node, disk, clock, programVersion, write } = options
  const writer = new ArchiveWriter(write, clock.nowMs())
  const startedAt = new Date(clock.nowMs()).toISOString()
  const partitions = inOrder(await listPartitions(node, disk))
  const estimatedBytes = await estimate(partitions, node, disk)
  options.onEstimate?.(estimatedBytes)
  const header = { programVersion, startedAt, ...node, estimatedBytes }
  const files: FileDigest[] = [await writer.addBuffer(HEADER_FILE, encodeHeader(header))]
  const recoveryPoints: (RecoveryPoints | null)[] = []
  for (const { path } of node.directories) recoveryPoints.push(await readRecoveryPoints(disk, path))
  files.push(...(await copyDirectoryFiles(node, disk, writer)))
  const logs = await copyLogs(partitions, { ...options, writer })
  for (const copied of logs.values()) files.push(...copied.files)
  files.push(...(await addRecoveryPoints(recoveryPoints, logs, writer)))
  files.push(...(await copyMetadata({ ...options, writer })))
  const endedAt = new Date(clock.nowMs()).toISOString()
  await writer.addBuffer(MANIFEST_FILE, encodeManifest({ endedAt, files }))
  await writer.end()
  return { partitions: logs.size, files: files.length, bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) }
}

type Copying = CopyNodeOptions & { readonly writer: ArchiveWriter }

async function copyDirectoryFiles(node: BackedUpNode, disk: Disk, writer: ArchiveWriter): Promise<FileDigest[]> {
  const contents: { readonly path: string; readonly content: Buffer }[] = []
  for (const [directory, { path: root }] of node.directories.entries()) {
    for (const name of DIRECTORY_FILES) {
      if (name === RECOVERY_POINT_CHECKPOINT) continue
      const content = await disk.readFile(`${root}/${name}`)
      if (content !== null) contents.push({ path: archivePath(directory, name), content })
    }
  }
  const files: FileDigest[] = []
  for (const { path, content } of contents) files.push(await writer.addBuffer(path, content))
  return files
}

/** Of the logs that were copied, as they were copied. Of the others nothing is said, and all of them is looked at. */
async function addRecoveryPoints(noted: readonly (RecoveryPoints | null)[], logs: CopiedLogs, writer: ArchiveWriter): Promise<FileDigest[]> {
  const files: FileDigest[] = []
  for (const [index, points] of noted.entries()) {
    if (points === null) continue
    const offsets = new Map<string, number>()
    for (const [name, { directory, segments }] of logs) {
      const offset = directory === index ? points.offsets.get(name) : undefined
      if (offset !== undefined) offsets.set(name, recoveryPointOfCopy(offset, points.writtenMs, segments))
    }
    files.push(await writer.addBuffer(archivePath(index, RECOVERY_POINT_CHECKPOINT), encodeOffsets(offsets)))
  }
  return files
}

/** By partition. */
type CopiedLogs = ReadonlyMap<string, CopiedPartition & { readonly directory: number }>

async function copyLogs(first: readonly Found[], options: Copying): Promise<CopiedLogs> {
  const logs = new Map<string, CopiedPartition & { readonly directory: number }>()
  const seen = new Set<string>()
  let todo = first
  for (let round = 1; todo.length > 0 && round <= MOST_ROUNDS; round++) {
    for (const found of todo) {
      seen.add(`${found.directory}/${found.name}`)
      const copied = await copyPartition({ ...options, ...found })
      // One that is in two directories has moved from the first.
      if (copied.files.length > 0) logs.set(found.name, { ...copied, directory: found.directory })
    }
    todo = inOrder(await listPartitions(options.node, options.disk)).filter(({ directory, name }) => !seen.has(`${directory}/${name}`))
  }
  return logs
}

async function copyMetadata(options: Copying): Promise<readonly FileDigest[]> {
  const directory = options.node.directories.findIndex(({ holdsMetadata }) => holdsMetadata)
  const root = options.node.directories[directory]?.path as string
  return (await copyPartition({ ...options, root, directory, name: METADATA_DIRECTORY })).files
}

async function listPartitions(node: BackedUpNode, disk: Disk): Promise<Found[]> {
  const found: Found[] = []
  for (const [directory, { path: root }] of node.directories.entries()) {
    for (const { name, kind } of await disk.list(root)) {
      if (kind === 'directory' && name !== METADATA_DIRECTORY && isPartitionDirectory(name)) found.push({ directory, root, name })
    }
  }
  return found
}

/** Those of coordinators first. */
function inOrder(partitions: readonly Found[]): readonly Found[] {
  return [...partitions].sort((a, b) => Number(isOfCoordinator(b)) - Number(isOfCoordinator(a)))
}

function isOfCoordinator({ name }: Found): boolean {
  const topic = parseTopicPartitionKey(name)?.topic
  return topic === OFFSETS_TOPIC || topic === TRANSACTION_STATE_TOPIC
}

async function estimate(partitions: readonly Found[], node: BackedUpNode, disk: Disk): Promise<number> {
  const metadata = node.directories.filter(({ holdsMetadata }) => holdsMetadata).map(({ path }) => `${path}/${METADATA_DIRECTORY}`)
  let bytes = 0
  for (const directory of [...partitions.map(({ root, name }) => `${root}/${name}`), ...metadata]) bytes += await sizeOf(directory, disk)
  return bytes
}

async function sizeOf(directory: string, disk: Disk): Promise<number> {
  let bytes = 0
  const view = await lookAtPartition(disk, directory)
  for (const { sizeBytes } of view?.segments ?? []) bytes += sizeBytes
  return bytes
}
