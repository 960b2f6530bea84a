import { constants, createGunzip, createZstdDecompress, gzipSync, zstdCompressSync } from 'node:zlib'
import { type ByteSource, DecompressionError } from './byte-source.ts'

/**
 * Gzip and zstd, by `node:zlib`. Its synchronous functions inflate everything at once, and its streams work on other threads;
 * so a stream is made for its native handle alone, which is driven synchronously into one small buffer. That handle is not
 * documented: docs/decisions/chunked-decompression.md says why it is used and what guards it.
 */

const CHUNK_BYTES = 64 * 1024

/** What zlib's streams hold; the same since Node 12. */
interface ZlibStream {
  readonly _handle: ZlibHandle
  /** After each write: the bytes left of the output buffer and of the input. */
  readonly _writeState: Uint32Array
  close(): void
}

interface ZlibHandle {
  onerror: (message: string, errorNumber: number, code: string) => void
  writeSync(flush: number, input: Buffer, inputAt: number, inputBytes: number, output: Buffer, outputAt: number, outputBytes: number): void
}

/** The stream allocates this for itself and it is never used. */
const UNUSED = { chunkSize: 64 }

/** No frames at all are sound zstd. */
const NOTHING: ByteSource = { next: () => null, close: () => {} }

export function openGzip(compressed: Buffer): ByteSource {
  return new ZlibSource(createGunzip(UNUSED) as unknown as ZlibStream, constants.Z_FINISH, compressed)
}

/** Frames may lack their content size. A frame's window, and with it the memory, is at most 128 MiB, as in zstd's own tools. */
export function openZstd(compressed: Buffer): ByteSource {
  if (compressed.length === 0) return NOTHING
  return new ZlibSource(createZstdDecompress(UNUSED) as unknown as ZlibStream, constants.ZSTD_e_end, compressed)
}

/** @param level 1–9, or -1 for zlib's own default */
export function compressGzip(data: Buffer, level: number | undefined): Buffer {
  return gzipSync(data, { level: level ?? constants.Z_DEFAULT_COMPRESSION })
}

/** @param level -131072–22; 3 is the default */
export function compressZstd(data: Buffer, level: number | undefined): Buffer {
  return zstdCompressSync(data, { params: { [constants.ZSTD_c_compressionLevel]: level ?? 3 } })
}

class ZlibSource implements ByteSource {
  readonly #stream: ZlibStream
  /** Says that no input follows, so that input which ends early is an error. */
  readonly #flush: number
  readonly #input: Buffer
  readonly #output = Buffer.allocUnsafe(CHUNK_BYTES)
  #inputAt = 0
  #ended = false
  #error: DecompressionError | null = null

  constructor(stream: ZlibStream, flush: number, input: Buffer) {
    this.#stream = stream
    this.#flush = flush
    this.#input = input
    stream._handle.onerror = (message, _errorNumber, code) => {
      this.#error = new DecompressionError(`compressed records cannot be inflated: ${message} (${code})`)
    }
  }

  next(): Buffer | null {
    if (this.#ended) return null
    const { _handle: handle, _writeState: left } = this.#stream
    const inputBytes = this.#input.length - this.#inputAt
    handle.writeSync(this.#flush, this.#input, this.#inputAt, inputBytes, this.#output, 0, CHUNK_BYTES)
    if (this.#error !== null) throw this.#error
    const [outputLeft = 0, inputLeft = 0] = left
    this.#inputAt = this.#input.length - inputLeft
    // Output that is not full means that all input was used, but for zeros that may follow the end of a gzip member.
    this.#ended = outputLeft > 0 && (inputLeft === 0 || inputLeft === inputBytes)
    if (outputLeft < CHUNK_BYTES) return this.#output.subarray(0, CHUNK_BYTES - outputLeft)
    return this.next()
  }

  close(): void {
    this.#stream.close()
  }
}
