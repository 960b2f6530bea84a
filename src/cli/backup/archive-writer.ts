import { createHash } from 'node:crypto'
import { BLOCK_BYTES, encodeTarHeader, padding } from './tar-header.ts'

/** One file as it stands in an archive. */
export interface FileDigest {
  readonly path: string
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

const END_BLOCKS = 2

/** Writes files into a tar stream, one after another. */
export class ArchiveWriter {
  readonly #write: (bytes: Buffer) => Promise<void>
  readonly #modifiedSeconds: number

  /**
   * @param write resolves when more may come; the bytes are not used again
   * @param nowMs the time that all entries bear
   */
  constructor(write: (bytes: Buffer) => Promise<void>, nowMs: number) {
    this.#write = write
    this.#modifiedSeconds = Math.max(0, Math.floor(nowMs / 1000))
  }

  /** @param content gives exactly `sizeBytes` bytes, in any number of chunks */
  async add(path: string, sizeBytes: number, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<FileDigest> {
    const hash = createHash('sha256')
    await this.#write(encodeTarHeader({ path, sizeBytes }, this.#modifiedSeconds))
    for await (const chunk of content) {
      hash.update(chunk)
      await this.#write(chunk)
    }
    const rest = padding(sizeBytes)
    if (rest.length > 0) await this.#write(rest)
    return { path, sizeBytes, sha256: hash.digest('hex') }
  }

  /** A file that is in memory. */
  addBuffer(path: string, content: Buffer): Promise<FileDigest> {
    return this.add(path, content.length, [content])
  }

  end(): Promise<void> {
    return this.#write(Buffer.alloc(END_BLOCKS * BLOCK_BYTES))
  }
}
