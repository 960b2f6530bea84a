import { createRequire } from 'node:module'
import { type ByteSource, DecompressionError, MAX_CHUNK_BYTES } from './byte-source.ts'
import { xxhash32 } from './xxhash32.ts'

/**
 * LZ4 frames, read block by block: a block inflates to at most 4 MiB, so memory is bounded whatever the frame holds.
 * What the Java client cannot read is refused as there: dependent blocks, a wrong header checksum, a wrong block checksum.
 * As there, the content checksum is not verified (the batch has its CRC) and what follows the end mark is not looked at.
 *
 * Source: lz4_Frame_format.md; KIP-57.
 */

const load = createRequire(import.meta.url)
let loaded: typeof import('lz4-napi') | undefined

/** Loaded at first use: a node that meets no lz4 spares the memory. */
function lz4(): typeof import('lz4-napi') {
  loaded ??= load('lz4-napi') as typeof import('lz4-napi')
  return loaded
}

const MAGIC = 0x184d2204
const VERSION = 1
const BLOCK_INDEPENDENCE_FLAG = 0x20
const BLOCK_CHECKSUM_FLAG = 0x10
const CONTENT_SIZE_FLAG = 0x08
/** No sequence of a block inflates one byte to more. */
const MAX_EXPANSION = 255
const STORED_FLAG = 0x8000_0000

/** LZ4 frames, inflated block by block. Errors: `DecompressionError`. */
export function openLz4(compressed: Buffer): ByteSource {
  return new Lz4Source(compressed)
}

/** One frame of independent blocks of at most 64 KiB for small input and larger ones else, without checksums. lz4 has no level here. */
export function compressLz4(data: Buffer): Buffer {
  return lz4().compressFrameSync(data)
}

class Lz4Source implements ByteSource {
  readonly #input: Buffer
  readonly #maxBlockBytes: number
  readonly #hasBlockChecksums: boolean
  #position: number
  #ended = false
  /** What is left of the block that was inflated last. */
  #block: Buffer = Buffer.alloc(0)

  constructor(input: Buffer) {
    const header = readFrameHeader(input)
    this.#input = input
    this.#maxBlockBytes = header.maxBlockBytes
    this.#hasBlockChecksums = header.hasBlockChecksums
    this.#position = header.sizeBytes
  }

  next(): Buffer | null {
    while (this.#block.length === 0) {
      if (this.#ended) return null
      this.#block = this.#nextBlock()
    }
    const chunk = this.#block.subarray(0, MAX_CHUNK_BYTES)
    this.#block = this.#block.subarray(chunk.length)
    return chunk
  }

  close(): void {}

  #nextBlock(): Buffer {
    const head = this.#take(4).readUInt32LE()
    const isStored = head >= STORED_FLAG
    const length = isStored ? head - STORED_FLAG : head
    if (length === 0) {
      this.#ended = true
      return Buffer.alloc(0)
    }
    if (length > this.#maxBlockBytes) throw new DecompressionError(`lz4 block of ${length} bytes exceeds the ${this.#maxBlockBytes} of its frame`)
    const block = this.#take(length)
    if (this.#hasBlockChecksums && this.#take(4).readUInt32LE() !== xxhash32(block)) throw new DecompressionError('lz4 block has a wrong checksum')
    return isStored ? block : inflateBlock(block, this.#maxBlockBytes)
  }

  #take(count: number): Buffer {
    const at = this.#position
    if (count > this.#input.length - at) throw new DecompressionError('lz4 frame ends early')
    this.#position = at + count
    return this.#input.subarray(at, at + count)
  }
}

interface FrameHeader {
  readonly sizeBytes: number
  readonly maxBlockBytes: number
  readonly hasBlockChecksums: boolean
}

/** Magic, flags, block descriptor, optionally the content's size, checksum. */
function readFrameHeader(input: Buffer): FrameHeader {
  if (input.length < 7) throw new DecompressionError('lz4 frame ends early')
  if (input.readUInt32LE() !== MAGIC) throw new DecompressionError('not an lz4 frame')
  const flags = input.readUInt8(4)
  const descriptor = input.readUInt8(5)
  if (flags >> 6 !== VERSION || (flags & 0x03) !== 0) throw new DecompressionError(`lz4 frame with unknown version or flags ${flags.toString(16)}`)
  if ((flags & BLOCK_INDEPENDENCE_FLAG) === 0) throw new DecompressionError('lz4 frame with dependent blocks, which Kafka does not support')
  if (descriptor >> 4 < 4 || descriptor >> 4 > 7 || (descriptor & 0x0f) !== 0)
    throw new DecompressionError(`lz4 block descriptor ${descriptor.toString(16)} is unknown`)
  const checksumAt = (flags & CONTENT_SIZE_FLAG) === 0 ? 6 : 14
  if (input.length <= checksumAt) throw new DecompressionError('lz4 frame ends early')
  if (input[checksumAt] !== ((xxhash32(input.subarray(4, checksumAt)) >>> 8) & 0xff)) throw new DecompressionError('lz4 frame header has a wrong checksum')
  return { sizeBytes: checksumAt + 1, maxBlockBytes: 1 << (2 * (descriptor >> 4) + 8), hasBlockChecksums: (flags & BLOCK_CHECKSUM_FLAG) !== 0 }
}

/** The package takes a block after the size that it may fill. */
function inflateBlock(block: Buffer, maxBytes: number): Buffer {
  const sized = Buffer.allocUnsafe(4 + block.length)
  sized.writeUInt32LE(Math.min(maxBytes, block.length * MAX_EXPANSION))
  block.copy(sized, 4)
  try {
    return lz4().uncompressSync(sized)
  } catch (error) {
    throw new DecompressionError(`compressed records cannot be inflated: ${error instanceof Error ? error.message : error}`)
  }
}
