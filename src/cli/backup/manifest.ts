import { DecodeError } from '../../../protocol/errors.ts'
import { parseUuid, type Uuid } from '../../../protocol/uuid.ts'
import { type FileDigest, isDigest } from './archive-writer.ts'

const FORMAT = 'odradek-backup'
const FORMAT_VERSION = 1
const MOST_DIRECTORIES = 10_000

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
  const { format, formatVersion, programVersion, startedAt, clusterId, nodeId, directories, estimatedBytes } = objectIn(content)
  if (format !== FORMAT) throw new DecodeError('it is no backup of a node')
  if (formatVersion !== FORMAT_VERSION)
    throw new DecodeError(`it has version ${JSON.stringify(formatVersion)} of the format, and ${FORMAT_VERSION} is known here`)
  if (!isText(programVersion) || !isText(startedAt) || !isText(clusterId) || !isCount(nodeId) || !isCount(estimatedBytes))
    throw new DecodeError('its first entry lacks a field')
  if (!Array.isArray(directories) || directories.length === 0 || directories.length > MOST_DIRECTORIES) throw new DecodeError('it names no directories')
  const read = directories.map(directoryIn)
  if (read.filter(({ holdsMetadata }) => holdsMetadata).length !== 1) throw new DecodeError('it does not name one directory with the metadata log')
  return { programVersion, startedAt, clusterId, nodeId, directories: read, estimatedBytes }
}

export function encodeManifest(manifest: BackupManifest): Buffer {
  const files = manifest.files.map((file) => JSON.stringify(file)).join(',\n')
  return Buffer.from(`{"endedAt":${JSON.stringify(manifest.endedAt)},"files":[\n${files}\n]}\n`)
}

/** Errors: `DecodeError` that says what is wrong. */
export function decodeManifest(content: Buffer): BackupManifest {
  const { endedAt, files } = objectIn(content)
  if (!isText(endedAt) || !Array.isArray(files) || !files.every(isDigest)) throw new DecodeError('its manifest is none')
  return { endedAt, files }
}

function objectIn(content: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(content.toString('utf8'))
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>
  } catch (cause) {
    throw new DecodeError('an entry that should be JSON is none', { cause })
  }
  throw new DecodeError('an entry that should be an object of JSON is none')
}

function directoryIn(value: unknown): BackupDirectory {
  const { path, directoryId, holdsMetadata } = (value ?? {}) as Readonly<Record<string, unknown>>
  const id = isText(directoryId) ? parseUuid(directoryId) : null
  if (!isText(path) || id === null || typeof holdsMetadata !== 'boolean') throw new DecodeError('it names a directory that is none')
  return { path, directoryId: id, holdsMetadata }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
