import { constants, createGunzip, createZstdDecompress, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type ByteSource, DecompressionError, DecompressionLimitError, MAX_CHUNK_BYTES } from './byte-source.ts'

/**
 * Gzip and zstd, by `node:zlib`. Its synchronous functions inflate everything at once, and its streams work on other threads;
 * so a stream is made for its native handle alone, which is driven synchronously into one small buffer. That handle is not
 * documented: docs/decisions/chunked-decompression.md says why it is used. Where it is missing, everything is inflated at once
 * up to a limit.
 */

const CHUNK_BYTES = 64 * 1024

/** For runtimes without the handle. */
export const MAX_ONE_SHOT_BYTES = 64 * 1024 * 1024

/** What zlib's streams hold; the same since Node 12. */
interface ZlibStream {
  readonly _handle?: ZlibHandle
  /** After each write: the bytes left of the output buffer and of the input. */
  readonly _writeState?: Uint32Array
  close(): void
}

interface ZlibHandle {
  onerror: (message: string, errorNumber: number, code: string) => void
  writeSync(flush: number, input: Buffer, inputAt: number, inputBytes: number, output: Buffer, outputAt: number, outputBytes: number): void
}

/** The stream allocates this for itself and it is never used. */
const UNUSED = { chunkSize: 64 }

/** No frames at all are sound zstd. */
const NOTHING: ByteSource = { next: () => null, close() {} }

/** One or more gzip members, inflated in chunks where Node allows it, else at once up to a bound. Errors: `DecompressionError`. */
export function openGzip(compressed: Buffer): ByteSource {
  return drive(createGunzip(UNUSED), constants.Z_FINISH, compressed) ?? openOneShot(gunzipSync, compressed)
}

/** Frames may lack their content size. A frame's window, and with it the memory, is at most 128 MiB, as in zstd's own tools. */
export function openZstd(compressed: Buffer): ByteSource {
  if (compressed.length === 0) return NOTHING
  return drive(createZstdDecompress(UNUSED), constants.ZSTD_e_end, compressed) ?? openOneShot(zstdDecompressSync, compressed)
}

/** @param level 1–9, or -1 for zlib's own default */
export function compressGzip(data: Buffer, level: number | undefined): Buffer {
  return gzipSync(data, { level: level ?? constants.Z_DEFAULT_COMPRESSION })
}

/** @param level -131072–22; 3 is the default */
export function compressZstd(data: Buffer, level: number | undefined): Buffer {
  return zstdCompressSync(data, { params: { [constants.ZSTD_c_compressionLevel]: level ?? 3 } })
}

/** null when the stream is not made as this code knows it. */
function drive(stream: object, flush: number, input: Buffer): ByteSource | null {
  const { _handle: handle, _writeState: left } = stream as ZlibStream
  if (typeof handle?.writeSync !== 'function' || left === undefined) return null
  return new ZlibSource({ stream: stream as ZlibStream, handle, left, flush, input })
}

interface DrivenStream {
  readonly stream: ZlibStream
  readonly handle: ZlibHandle
  readonly left: Uint32Array
  /** Says that no input follows, so that input which ends early is an error. */
  readonly flush: number
  readonly input: Buffer
}

class ZlibSource implements ByteSource {
  readonly #driven: DrivenStream
  readonly #output = Buffer.allocUnsafe(CHUNK_BYTES)
  #inputAt = 0
  #ended = false
  #error: DecompressionError | null = null

  constructor(driven: DrivenStream) {
    this.#driven = driven
    driven.handle.onerror = (message, _errorNumber, code) => {
      this.#error = inflateError(`${message} (${code})`)
    }
  }

  next(): Buffer | null {
    if (this.#ended) return null
    const { handle, left, flush, input } = this.#driven
    const inputBytes = input.length - this.#inputAt
    handle.writeSync(flush, input, this.#inputAt, inputBytes, this.#output, 0, CHUNK_BYTES)
    if (this.#error !== null) throw this.#error
    const [outputLeft = 0, inputLeft = 0] = left
    this.#inputAt = input.length - inputLeft
    // Output that is not full means that all input was used, but for zeros that may follow the end of a gzip member.
    this.#ended = outputLeft > 0 && (inputLeft === 0 || inputLeft === inputBytes)
    if (outputLeft < CHUNK_BYTES) return this.#output.subarray(0, CHUNK_BYTES - outputLeft)
    return this.next()
  }

  close(): void {
    this.#driven.stream.close()
  }
}

/** @param inflate `gunzipSync` or `zstdDecompressSync` */
export function openOneShot(inflate: (input: Buffer, options: { maxOutputLength: number }) => Buffer, compressed: Buffer): ByteSource {
  let rest = inflateOnce(inflate, compressed)
  return {
    next() {
      if (rest.length === 0) return null
      const chunk = rest.subarray(0, MAX_CHUNK_BYTES)
      rest = rest.subarray(chunk.length)
      return chunk
    },
    close() {},
  }
}

function inflateOnce(inflate: (input: Buffer, options: { maxOutputLength: number }) => Buffer, compressed: Buffer): Buffer {
  try {
    return inflate(compressed, { maxOutputLength: MAX_ONE_SHOT_BYTES })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DecompressionLimitError(`compressed records inflate to more than the ${MAX_ONE_SHOT_BYTES} bytes that this runtime allows`)
    }
    throw inflateError(error instanceof Error ? error.message : String(error))
  }
}

function inflateError(why: string): DecompressionError {
  return new DecompressionError(`compressed records cannot be inflated: ${why}`)
}
