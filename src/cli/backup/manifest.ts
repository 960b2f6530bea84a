import { DecodeError } from '../../../protocol/errors.ts'
import { parseUuid, type Uuid } from '../../../protocol/uuid.ts'
import { type Fields, type Refuse, readDocument } from '../read-document.ts'
import type { FileDigest } from './archive-writer.ts'

const FORMAT = 'odradek-backup'
const FORMAT_VERSION = 1
const MOST_DIRECTORIES = 10_000
const HIGHEST_ID = 2_147_483_647

/** What stands first in an archive: whose it is. */
export interface BackupHeader {
  /** Of the program that wrote it. */
  readonly programVersion: string
  /** ISO 8601. What was acknowledged before is in the archive. */
  readonly startedAt: string
  readonly clusterId: string
  readonly nodeId: number
  /** In the order of `data-0`, `data-1` and so on. */
  readonly directories: readonly BackupDirectory[]
  /** Of all files when the copy began: about what a restored node takes. */
  readonly estimatedBytes: number
}

export interface BackupDirectory {
  /** Where it was. */
  readonly path: string
  readonly directoryId: Uuid
  readonly holdsMetadata: boolean
}

/** What stands last: each file that counts. What else the archive holds was overtaken while it was written. */
export interface BackupManifest {
  readonly endedAt: string
  readonly files: readonly FileDigest[]
}

export function encodeHeader(header: BackupHeader): Buffer {
  return Buffer.from(`${JSON.stringify({ format: FORMAT, formatVersion: FORMAT_VERSION, ...header }, null, 2)}\n`)
}

/** Errors: `DecodeError` that says what is wrong. */
export function decodeHeader(content: Buffer): BackupHeader {
  return readDocument(content.toString('utf8'), refuse('first entry'), (root) => {
    if (!root.has('format') || root.text('format') !== FORMAT) throw new DecodeError('it is no backup of a node')
    const formatVersion = root.integer('formatVersion', 0, Number.MAX_SAFE_INTEGER)
    if (formatVersion !== FORMAT_VERSION) throw new DecodeError(`it has version ${formatVersion} of the format, and ${FORMAT_VERSION} is known here`)
    const header = {
      programVersion: root.text('programVersion'),
      startedAt: root.text('startedAt'),
      clusterId: root.text('clusterId'),
      nodeId: root.integer('nodeId', 0, HIGHEST_ID),
      directories: root.list('directories', directoryIn),
      estimatedBytes: root.integer('estimatedBytes', 0, Number.MAX_SAFE_INTEGER),
    }
    if (header.directories.length === 0 || header.directories.length > MOST_DIRECTORIES) throw root.wrong('directories', `a list of 1 to ${MOST_DIRECTORIES}`)
    if (header.directories.filter(({ holdsMetadata }) => holdsMetadata).length !== 1)
      throw new DecodeError('it does not name one directory with the metadata log')
    return header
  })
}

export function encodeManifest(manifest: BackupManifest): Buffer {
  const files = manifest.files.map((file) => JSON.stringify(file)).join(',\n')
  return Buffer.from(`{"endedAt":${JSON.stringify(manifest.endedAt)},"files":[\n${files}\n]}\n`)
}

/** Errors: `DecodeError` that says what is wrong. */
export function decodeManifest(content: Buffer): BackupManifest {
  return readDocument(content.toString('utf8'), refuse('manifest'), (root) => ({ endedAt: root.text('endedAt'), files: root.list('files', digestIn) }))
}

function directoryIn(fields: Fields): BackupDirectory {
  const directoryId = parseUuid(fields.text('directoryId'))
  if (directoryId === null) throw fields.wrong('directoryId', 'an id of 22 characters')
  return { path: fields.text('path'), directoryId, holdsMetadata: fields.flag('holdsMetadata') }
}

function digestIn(fields: Fields): FileDigest {
  const sha256 = fields.text('sha256')
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw fields.wrong('sha256', '64 hexadecimal digits')
  return { path: fields.text('path'), sizeBytes: fields.integer('sizeBytes', 0, Number.MAX_SAFE_INTEGER), sha256 }
}

function refuse(entry: string): Refuse {
  return (why, options) => new DecodeError(`its ${entry} is not as it should be: ${why}`, options)
}
