import { createHash } from 'node:crypto'
import { DiskError } from '../../base/errors.ts'
import type { Disk, DiskFile } from '../../base/ports.ts'
import type { ArchiveWriter, FileDigest } from './archive-writer.ts'

/** Read at a time: what a copy takes of memory. */
export const CHUNK_BYTES = 1024 * 1024

export interface CopyFileOptions {
  readonly disk: Disk
  readonly writer: ArchiveWriter
  readonly from: string
  /** In the archive. */
  readonly to: string
  /** null: as long as it is when it is opened. */
  readonly sizeBytes: number | null
  readonly chunkBytes?: number
}

/**
 * Copies a file, or its first bytes, while others may append to it, cut it or remove it.
 * @returns 'gone' where it is not there; 'short' where it ended early. An entry is in the archive all the same then, and is to be left out of the manifest.
 */
export async function copyFile({
  disk,
  writer,
  from,
  to,
  sizeBytes: wanted,
  chunkBytes = CHUNK_BYTES,
}: CopyFileOptions): Promise<FileDigest | 'gone' | 'short'> {
  const file = await openIfThere(disk, from)
  if (file === null) return 'gone'
  try {
    const sizeBytes = wanted ?? file.sizeBytes()
    const reading = new Reading(file, sizeBytes, chunkBytes)
    const digest = await writer.add(to, sizeBytes, reading.chunks())
    return reading.isShort ? 'short' : digest
  } finally {
    file.close()
  }
}

/** Whether a file still begins as it was copied. One that is gone does not tell otherwise. */
export async function isAsCopied(disk: Disk, path: string, { sizeBytes, sha256 }: FileDigest, chunkBytes = CHUNK_BYTES): Promise<boolean> {
  const file = await openIfThere(disk, path)
  if (file === null) return true
  try {
    return (await digestOf(new Reading(file, sizeBytes, chunkBytes))) === sha256
  } finally {
    file.close()
  }
}

/** The bytes of a file as far as they were promised; what is missing of them is zeros. */
class Reading {
  isShort = false
  readonly #file: DiskFile
  readonly #sizeBytes: number
  readonly #chunkBytes: number

  constructor(file: DiskFile, sizeBytes: number, chunkBytes: number) {
    this.#file = file
    this.#sizeBytes = sizeBytes
    this.#chunkBytes = chunkBytes
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for (let position = 0; position < this.#sizeBytes; position += this.#chunkBytes) {
      const chunk = Buffer.alloc(Math.min(this.#chunkBytes, this.#sizeBytes - position))
      if ((await this.#file.readAtAsync(chunk, position)) < chunk.length) this.isShort = true
      yield chunk
    }
  }
}

async function digestOf(reading: Reading): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of reading.chunks()) hash.update(chunk)
  return hash.digest('hex')
}

async function openIfThere(disk: Disk, path: string): Promise<DiskFile | null> {
  try {
    return await disk.open(path, 'read')
  } catch (error) {
    if (error instanceof DiskError && error.reason === 'not-found') return null
    throw error
  }
}
