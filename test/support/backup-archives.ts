import type { Uuid } from '../../protocol/uuid.ts'
import { HEADER_FILE, MANIFEST_FILE } from '../../src/cli/backup/archive-layout.ts'
import { ArchiveWriter, type FileDigest } from '../../src/cli/backup/archive-writer.ts'
import { type BackupHeader, encodeHeader, encodeManifest } from '../../src/cli/backup/manifest.ts'
import { encodeMetaProperties } from '../../src/raft/format/meta-properties.ts'

/** A directory id in its 22 characters. */
export const DIRECTORY_ID = 'AAAAAAAAAAAAAAAAAAAAAQ' as Uuid
export const CLUSTER_ID = 'cluster'

export const HEADER: BackupHeader = {
  programVersion: '0.1.0',
  startedAt: '2026-01-01T00:00:00.000Z',
  clusterId: CLUSTER_ID,
  nodeId: 1,
  directories: [{ path: '/data', directoryId: DIRECTORY_ID, holdsMetadata: true }],
  estimatedBytes: 10,
}

export type ArchiveEntry = readonly [path: string, content: string | Buffer]

/** What the smallest sound archive of a node has. */
export const ENTRIES: readonly ArchiveEntry[] = [
  ['data-0/meta.properties', encodeMetaProperties({ clusterId: CLUSTER_ID, nodeId: 1, directoryId: DIRECTORY_ID })],
  ['data-0/orders-0/00000000000000000000.log', 'records'],
  ['data-0/__cluster_metadata-0/00000000000000000000.log', 'metadata'],
]

export interface ArchiveShape {
  readonly header?: BackupHeader | Buffer
  readonly entries?: readonly ArchiveEntry[]
  /** Paths that the manifest leaves out. */
  readonly overtaken?: readonly string[]
  /** What the manifest says in place of what is so. */
  readonly digests?: (files: readonly FileDigest[]) => readonly FileDigest[]
}

/** A tar stream in one piece. */
export async function archiveOf({ header = HEADER, entries = ENTRIES, overtaken = [], digests = (files) => files }: ArchiveShape = {}): Promise<Buffer> {
  const parts: Buffer[] = []
  const writer = new ArchiveWriter(async (bytes) => void parts.push(Buffer.from(bytes)), 0)
  const files = [await writer.addBuffer(HEADER_FILE, Buffer.isBuffer(header) ? header : encodeHeader(header))]
  for (const [path, content] of entries) {
    const digest = await writer.addBuffer(path, Buffer.from(content))
    if (!overtaken.includes(path)) files.push(digest)
  }
  const counted = files.filter(({ path }, index) => files.findLastIndex((file) => file.path === path) === index)
  await writer.addBuffer(MANIFEST_FILE, encodeManifest({ endedAt: '2026-01-01T00:00:01.000Z', files: digests(counted) }))
  await writer.end()
  return Buffer.concat(parts)
}

/** In chunks of this size, as from a file. */
export async function* inChunks(bytes: Uint8Array, chunkBytes = 1000): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes)
}
