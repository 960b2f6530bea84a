import { DecodeError } from '../../../protocol/errors.ts'
import { BLOCK_BYTES, decodePathRecord, decodeTarHeader, padding, type TarFileHeader } from './tar-header.ts'

export interface TarFile extends TarFileHeader {
  /** To be read before the next file is asked for; what is not read is passed over. Views of the chunks. */
  readonly content: AsyncIterable<Buffer>
}

/**
 * The files of an archive, one after another, in the memory of one chunk.
 * Errors: `DecodeError` for whatever is no such archive, or not the whole of one; those of `chunks`.
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const source = new ByteSource(chunks)
  try {
    yield* readFiles(source)
    await source.onlyZeros()
  } finally {
    await source.close()
  }
}

async function* readFiles(source: ByteSource): AsyncGenerator<TarFile> {
  let longPath: string | null = null
  for (;;) {
    const header = decodeTarHeader(await source.exactly(BLOCK_BYTES))
    if (header.kind === 'end') break
    const { sizeBytes } = header
    if (header.kind === 'records') {
      if (longPath !== null) throw new DecodeError('an entry has its records twice')
      longPath = decodePathRecord(await source.exactly(sizeBytes))
    } else {
      const content = source.take(sizeBytes)
      yield { path: longPath ?? header.path, sizeBytes, content }
      longPath = null
      await passOver(content)
    }
    const rest = padding(sizeBytes)
    if (!(await source.exactly(rest.length)).equals(rest)) throw new DecodeError('something stands behind an entry')
  }
  if (longPath !== null) throw new DecodeError('it ends behind the records of an entry')
}

async function passOver(content: AsyncIterable<Buffer>): Promise<void> {
  const bytes = content[Symbol.asyncIterator]()
  while ((await bytes.next()).done !== true);
}

class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>
  #left: Buffer = Buffer.alloc(0)

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  async exactly(bytes: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for await (const part of this.take(bytes)) parts.push(part)
    return Buffer.concat(parts)
  }

  /** The next bytes, once, however often it is iterated. */
  take(bytes: number): AsyncIterable<Buffer> {
    let missing = bytes
    const next = async (): Promise<IteratorResult<Buffer>> => {
      if (missing === 0) return { done: true, value: undefined }
      const value = await this.#some(missing)
      if (value === null) throw new DecodeError('it ends too early')
      missing -= value.length
      return { done: false, value }
    }
    return { [Symbol.asyncIterator]: () => ({ next }) }
  }

  /** What is behind the first block of zeros: another one, and more of them up to a multiple that the writer liked. */
  async onlyZeros(): Promise<void> {
    let seen = 0
    for (let part = await this.#some(BLOCK_BYTES); part !== null; part = await this.#some(BLOCK_BYTES)) {
      if (part.some((byte) => byte !== 0)) throw new DecodeError('something stands behind its end')
      seen += part.length
    }
    if (seen < BLOCK_BYTES) throw new DecodeError('it ends too early')
  }

  /** Of a stream that is not read to its end. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  async #some(mostBytes: number): Promise<Buffer | null> {
    while (this.#left.length === 0) {
      const { done, value } = await this.#chunks.next()
      if (done === true) return null
      this.#left = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    }
    const part = this.#left.subarray(0, mostBytes)
    this.#left = this.#left.subarray(part.length)
    return part
  }
}
