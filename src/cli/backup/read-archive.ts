import { createHash } from 'node:crypto'
import { DecodeError } from '../../../protocol/errors.ts'
import { type ArchivePlace, HEADER_FILE, MANIFEST_FILE, parseArchivePath } from './archive-layout.ts'
import type { FileDigest } from './archive-writer.ts'
import { type BackupHeader, decodeHeader, decodeManifest } from './manifest.ts'
import { readTar, type TarFile } from './read-tar.ts'

const MOST_HEADER_BYTES = 16 * 1024 * 1024
const MOST_MANIFEST_BYTES = 256 * 1024 * 1024

/** Where the files of an archive go while it is read. Nothing of it may count before all of it is known to be sound. */
export interface ArchiveReceiver {
  /** Called first and once. Throws to refuse the archive. */
  begin(header: BackupHeader): Promise<void>
  /** A file, or another one in its place. The chunks are not used again. */
  receive(place: ArchivePlace, content: AsyncIterable<Buffer>): Promise<void>
  /** One that was received and does not count. */
  discard(place: ArchivePlace): Promise<void>
}

export interface ReadArchive {
  readonly header: BackupHeader
  readonly files: number
  readonly bytes: number
}

/**
 * Reads an archive to its end and checks all of it: that each file of the manifest is there as it says, and that nothing else is but what it says was overtaken.
 * @param chunks a tar stream
 * Errors: `DecodeError` for whatever is wrong with the archive; those of `chunks` and of the receiver.
 */
export async function readArchive(chunks: AsyncIterable<Uint8Array>, receiver: ArchiveReceiver): Promise<ReadArchive> {
  const reading = new ArchiveReading(receiver)
  for await (const file of readTar(chunks)) await reading.take(file)
  return reading.end()
}

class ArchiveReading {
  readonly #receiver: ArchiveReceiver
  /** By path, as the last entry of that path has it. */
  readonly #found = new Map<string, FileDigest>()
  #header: BackupHeader | null = null
  #manifest: readonly FileDigest[] | null = null

  constructor(receiver: ArchiveReceiver) {
    this.#receiver = receiver
  }

  async take(file: TarFile): Promise<void> {
    if (this.#manifest !== null) throw new DecodeError('something stands behind its manifest')
    if (this.#header === null) return this.#begin(file)
    if (file.path === MANIFEST_FILE) {
      this.#manifest = decodeManifest(await wholeOf(file, MOST_MANIFEST_BYTES)).files
      return
    }
    const place = parseArchivePath(file.path)
    if (place === null || place.directory >= this.#header.directories.length)
      throw new DecodeError(`it holds ${JSON.stringify(file.path)}, which no backup does`)
    const hash = createHash('sha256')
    await this.#receiver.receive(
      place,
      hashed(file.content, (chunk) => hash.update(chunk)),
    )
    this.#found.set(file.path, { path: file.path, sizeBytes: file.sizeBytes, sha256: hash.digest('hex') })
  }

  async end(): Promise<ReadArchive> {
    if (this.#header === null || this.#manifest === null) throw new DecodeError('it has no manifest at its end')
    let bytes = 0
    const counted = new Set<string>()
    for (const file of this.#manifest) {
      checkDigest(file, this.#found.get(file.path))
      counted.add(file.path)
      bytes += file.sizeBytes
    }
    for (const path of this.#found.keys()) {
      const place = counted.has(path) ? null : parseArchivePath(path)
      if (place !== null) await this.#receiver.discard(place)
    }
    return { header: this.#header, files: counted.size, bytes }
  }

  async #begin(file: TarFile): Promise<void> {
    if (file.path !== HEADER_FILE) throw new DecodeError(`it begins with ${JSON.stringify(file.path)}, and a backup with ${HEADER_FILE}`)
    const content = await wholeOf(file, MOST_HEADER_BYTES)
    this.#header = decodeHeader(content)
    this.#found.set(file.path, { path: file.path, sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex') })
    await this.#receiver.begin(this.#header)
  }
}

function checkDigest(expected: FileDigest, found: FileDigest | undefined): void {
  if (found === undefined) throw new DecodeError(`it lacks ${expected.path}, which its manifest names`)
  if (found.sizeBytes !== expected.sizeBytes || found.sha256 !== expected.sha256) throw new DecodeError(`${expected.path} in it is not what its manifest says`)
}

async function* hashed(content: AsyncIterable<Buffer>, update: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    update(chunk)
    yield chunk
  }
}

async function wholeOf({ path, sizeBytes, content }: TarFile, mostBytes: number): Promise<Buffer> {
  if (sizeBytes > mostBytes) throw new DecodeError(`${path} in it is larger than any`)
  const parts: Buffer[] = []
  for await (const part of content) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}
