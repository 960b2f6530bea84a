import { createRequire } from 'node:module'
import { type ByteSource, DecompressionError, DecompressionLimitError, MAX_CHUNK_BYTES } from './byte-source.ts'

/**
 * Snappy, in the two forms that Kafka's clients send: framed by the Java library ("xerial": a header, then blocks with
 * their lengths) and as one bare block. A block inflates as a whole; how far is bounded before anything is allocated,
 * by the caller's limit and by what the format itself can do.
 *
 * Source: snappy's format_description.txt; SnappyOutputStream of snappy-java for the framing.
 */

const load = createRequire(import.meta.url)
let loaded: typeof import('snappy') | undefined

/** Loaded at first use: a node that meets no snappy spares the memory. */
function snappy(): typeof import('snappy') {
  loaded ??= load('snappy') as typeof import('snappy')
  return loaded
}

const FRAME_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
/** Magic, version, least compatible version. */
const FRAME_HEADER_BYTES = 16
const FRAME_VERSION = 1
const BLOCK_BYTES = 32 * 1024
/** The densest element is a copy of 64 bytes in 3; one more byte of input may stand for the first literal. */
const MAX_EXPANSION = 22

export function openSnappy(compressed: Buffer, maxBlockBytes: number): ByteSource {
  return new SnappySource(compressed, maxBlockBytes)
}

/** In xerial framing with blocks of 32 KiB, as the Java client writes it. */
export function compressSnappy(data: Buffer): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES)
  FRAME_MAGIC.copy(header)
  header.writeInt32BE(FRAME_VERSION, 8)
  header.writeInt32BE(FRAME_VERSION, 12)
  const chunks: Buffer[] = [header]
  for (let at = 0; at < data.length; at += BLOCK_BYTES) {
    const block = snappy().compressSync(data.subarray(at, at + BLOCK_BYTES))
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(block.length)
    chunks.push(length, block)
  }
  return Buffer.concat(chunks)
}

class SnappySource implements ByteSource {
  readonly #input: Buffer
  readonly #maxBlockBytes: number
  readonly #framed: boolean
  #position: number
  /** What is left of the block that was inflated last. */
  #block: Buffer = Buffer.alloc(0)

  constructor(input: Buffer, maxBlockBytes: number) {
    if (input.length === 0) throw new DecompressionError('snappy of no bytes')
    this.#input = input
    this.#maxBlockBytes = maxBlockBytes
    this.#framed = input.length >= FRAME_HEADER_BYTES && input.subarray(0, FRAME_MAGIC.length).equals(FRAME_MAGIC)
    this.#position = this.#framed ? FRAME_HEADER_BYTES : 0
    if (this.#framed && input.readInt32BE(8) < FRAME_VERSION) throw new DecompressionError(`snappy frame of unknown version ${input.readInt32BE(8)}`)
  }

  next(): Buffer | null {
    while (this.#block.length === 0) {
      if (this.#position === this.#input.length) return null
      this.#block = inflateBlock(this.#nextBlock(), this.#maxBlockBytes)
    }
    const chunk = this.#block.subarray(0, MAX_CHUNK_BYTES)
    this.#block = this.#block.subarray(chunk.length)
    return chunk
  }

  close(): void {}

  /** The compressed bytes of the next block. A frame header may stand between blocks, where writers appended to each other. */
  #nextBlock(): Buffer {
    const input = this.#input
    const at = this.#position
    if (!this.#framed) {
      this.#position = input.length
      return input
    }
    if (input.length - at >= FRAME_HEADER_BYTES && input.subarray(at, at + FRAME_MAGIC.length).equals(FRAME_MAGIC)) {
      this.#position += FRAME_HEADER_BYTES
      return input.subarray(at, at)
    }
    if (input.length - at < 4) throw new DecompressionError('snappy frame ends within the length of a block')
    const length = input.readInt32BE(at)
    if (length < 0 || length > input.length - at - 4) throw new DecompressionError(`snappy block of ${length} bytes, ${input.length - at - 4} left`)
    this.#position = at + 4 + length
    return input.subarray(at + 4, at + 4 + length)
  }
}

function inflateBlock(block: Buffer, maxBytes: number): Buffer {
  if (block.length === 0) return block
  const declared = declaredBytes(block)
  if (declared > block.length * MAX_EXPANSION)
    throw new DecompressionError(`snappy block of ${block.length} bytes cannot hold the ${declared} that it declares`)
  if (declared > maxBytes) throw new DecompressionLimitError(`snappy block of ${declared} bytes exceeds the limit of ${maxBytes}`)
  try {
    return snappy().uncompressSync(block) as Buffer
  } catch (error) {
    throw new DecompressionError(`compressed records cannot be inflated: ${error instanceof Error ? error.message : error}`)
  }
}

/** The length, uncompressed, that a block begins with: an unsigned varint of 32 bits. */
function declaredBytes(block: Buffer): number {
  let value = 0
  for (let index = 0; index < 5; index++) {
    const byte = block[index]
    if (byte === undefined) break
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return value
  }
  throw new DecompressionError('snappy block does not begin with a length')
}
