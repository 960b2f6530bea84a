import { batches, isCrcValid, type RecordBatch } from '../../../../protocol/records/batch.ts'
import { METADATA_TOPIC_ID } from '../../../../protocol/uuid.ts'
import { decodePartitionMetadata, PARTITION_METADATA_FILE } from '../../../../src/storage/directory/partition-metadata.ts'
import type { FileContent } from '../../../support/world/file-content.ts'
import type { SimulatedNode } from '../../../support/world/simulated-node.ts'
import type { DirectoryNode } from '../../../support/world/volume.ts'

/** A log as it stands in the files of one machine, seen from outside of the program. */
export interface StoredLog {
  readonly machine: string
  readonly name: string
  readonly topicId: string
  readonly partition: number
  /** In order; up to the first that is not whole, behind which recovery cuts. */
  readonly batches: readonly RecordBatch[]
}

const SEGMENT_SUFFIX = '.log'
const PARTITION_DIRECTORY = /^(.+-(\d+))$/
const DELETED_DIRECTORY = /^(.+-(\d+))\.[0-9a-f]{32}-delete$/

export const METADATA_LOG = '__cluster_metadata-0'

/** All logs in a data directory, except those that are being deleted, copied or were set aside. */
export function storedLogs(machine: SimulatedNode, directory: string): StoredLog[] {
  return logsIn(machine, directory, PARTITION_DIRECTORY)
}

/** Logs that were to be deleted, as those of replicas that were moved away, and are not gone yet; by the names that they had. */
export function deletedLogs(machine: SimulatedNode, directory: string): StoredLog[] {
  return logsIn(machine, directory, DELETED_DIRECTORY)
}

/** @param pattern of names of directories: what the log is called, and the number of its partition */
function logsIn(machine: SimulatedNode, directory: string, pattern: RegExp): StoredLog[] {
  const node = machine.volume.find(directory)
  if (node?.kind !== 'directory') return []
  const logs: StoredLog[] = []
  for (const [directoryName, child] of node.names) {
    const [, name, partition] = pattern.exec(directoryName) ?? []
    if (child.kind !== 'directory' || name === undefined) continue
    const topicId = topicIdOf(name, child)
    if (topicId !== null) logs.push({ machine: machine.name, name, topicId, partition: Number(partition), batches: batchesOf(child) })
  }
  return logs
}

export function storedMetadataLog(machine: SimulatedNode, directory: string): StoredLog | null {
  const node = machine.volume.find(`${directory}/${METADATA_LOG}`)
  if (node?.kind !== 'directory') return null
  return { machine: machine.name, name: METADATA_LOG, topicId: METADATA_TOPIC_ID, partition: 0, batches: batchesOf(node) }
}

function topicIdOf(name: string, directory: DirectoryNode): string | null {
  if (name === METADATA_LOG) return METADATA_TOPIC_ID
  const file = directory.names.get(PARTITION_METADATA_FILE)
  return file?.kind === 'file' ? decodePartitionMetadata(file.content.bytes()) : null
}

/** A directory as it was looked at last: the files of its segments, and how far each was written. */
interface SeenDirectory {
  readonly files: readonly FileContent[]
  readonly marks: readonly number[]
  readonly batches: readonly RecordBatch[]
}

const seenDirectories = new WeakMap<DirectoryNode, SeenDirectory>()

/** Put together anew only where a file has changed, or there are others. */
function batchesOf(directory: DirectoryNode): readonly RecordBatch[] {
  const files = segmentsOf(directory)
  const before = seenDirectories.get(directory)
  const isAsBefore = before?.files.length === files.length && files.every((file, at) => file === before.files[at] && file.flushMark() === before.marks[at])
  if (before !== undefined && isAsBefore) return before.batches
  const now = { files, marks: files.map((file) => file.flushMark()), batches: joined(files) }
  seenDirectories.set(directory, now)
  return now.batches
}

/** In order. */
function segmentsOf(directory: DirectoryNode): FileContent[] {
  const segments: (readonly [string, FileContent])[] = []
  for (const [name, file] of directory.names) if (file.kind === 'file' && name.endsWith(SEGMENT_SUFFIX)) segments.push([name, file.content])
  return segments.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, content]) => content)
}

function joined(files: readonly FileContent[]): RecordBatch[] {
  const found: RecordBatch[] = []
  for (const file of files) {
    const { batches: inFile, bytes } = batchesIn(file)
    if (!continues(inFile[0], found.at(-1))) return found
    found.push(...inFile)
    if (bytes.length < file.sizeBytes) return found
  }
  return found
}

/** A file as it was looked at last. */
interface SeenFile {
  readonly mark: number
  /** Up to the end of the last whole batch. */
  readonly bytes: Buffer
  readonly batches: readonly RecordBatch[]
}

const UNSEEN: SeenFile = { mark: -1, bytes: Buffer.alloc(0), batches: [] }

const seen = new WeakMap<FileContent, SeenFile>()

/**
 * Looked at anew only where it has changed: most files have not, most of the time, and others have grown. Where all is there
 * that was, batches keep their objects, so that what was found out about them need not be found out again.
 */
function batchesIn(content: FileContent): SeenFile {
  const mark = content.flushMark()
  const before = seen.get(content) ?? UNSEEN
  if (before.mark === mark) return before
  const bytes = content.bytes()
  const { bytes: known, batches: kept } = bytes.subarray(0, before.bytes.length).equals(before.bytes) ? before : UNSEEN
  const added = [...wholeOnes(Buffer.from(bytes.subarray(known.length)), kept.at(-1))]
  const now = { mark, bytes: bytes.subarray(0, known.length + (added.at(-1)?.end ?? 0)), batches: [...kept, ...added] }
  seen.set(content, now)
  return now
}

function continues(batch: RecordBatch | undefined, previous: RecordBatch | undefined): boolean {
  return batch === undefined || previous === undefined || batch.baseOffset >= previous.nextOffset
}

/** What stands behind the first that is damaged, or does not continue the one before, is not looked at. */
function* wholeOnes(bytes: Buffer, before: RecordBatch | undefined): Generator<RecordBatch> {
  const all = batches(bytes)
  for (let previous = before; ; ) {
    try {
      const { value: batch } = all.next()
      if (batch === undefined || batch.recordCount === 0 || !isCrcValid(batch) || !continues(batch, previous)) return
      previous = batch
      yield batch
    } catch {
      // No batch can begin here: the end of what is whole.
      return
    }
  }
}
