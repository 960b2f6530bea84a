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
const PARTITION_DIRECTORY = /^(.+)-(\d+)$/

export const METADATA_LOG = '__cluster_metadata-0'

/** All logs in a data directory, except those that are being deleted, copied or were set aside. */
export function storedLogs(machine: SimulatedNode, directory: string): StoredLog[] {
  const node = machine.volume.find(directory)
  if (node?.kind !== 'directory') return []
  const logs: StoredLog[] = []
  for (const [name, child] of node.names) {
    const [, , partition] = PARTITION_DIRECTORY.exec(name) ?? []
    if (child.kind !== 'directory' || partition === undefined) continue
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

function batchesOf(directory: DirectoryNode): RecordBatch[] {
  const segments = [...directory.names].filter(([name]) => name.endsWith(SEGMENT_SUFFIX)).sort(([a], [b]) => (a < b ? -1 : 1))
  const found: RecordBatch[] = []
  for (const [, file] of segments) {
    if (file.kind !== 'file') continue
    const { batches: inFile, bytes } = batchesIn(file.content)
    if (!continues(inFile[0], found.at(-1))) return found
    found.push(...inFile)
    if (bytes.length < file.content.sizeBytes) return found
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
