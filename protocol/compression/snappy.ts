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
const LENGTH_BYTES = 4
const BLOCK_BYTES = 32 * 1024
/** The densest element is a copy of 64 bytes in 3; one more byte of input may stand for the first literal. */
const MAX_EXPANSION = 22

/**
 * Snappy as xerial frames it, or one raw block.
 *
 * @param maxBlockBytes bytes to which one block may inflate
 * Errors: `DecompressionError`, also above `maxBlockBytes`.
 */
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
    const length = Buffer.allocUnsafe(LENGTH_BYTES)
    length.writeInt32BE(block.length)
    chunks.push(length, block)
  }
  return Buffer.concat(chunks)
}

class SnappySource implements ByteSource {
  readonly #input: Buffer
  readonly #maxBlockBytes: number
  readonly #framed: boolean
  #position = 0
  /** What is left of the block that was inflated last. */
  #block: Buffer = Buffer.alloc(0)

  constructor(input: Buffer, maxBlockBytes: number) {
    if (input.length === 0) throw new DecompressionError('snappy of no bytes')
    this.#input = input
    this.#maxBlockBytes = maxBlockBytes
    this.#framed = isFrameHeader(input, 0)
  }

  next(): Buffer | null {
    while (this.#block.length === 0) {
      const block = this.#framed ? this.#nextFramed() : this.#wholeInput()
      if (block === null) return null
      this.#block = inflateBlock(block, this.#maxBlockBytes)
    }
    const chunk = this.#block.subarray(0, MAX_CHUNK_BYTES)
    this.#block = this.#block.subarray(chunk.length)
    return chunk
  }

  close(): void {}

  #wholeInput(): Buffer | null {
    const rest = this.#input.subarray(this.#position)
    this.#position = this.#input.length
    return rest.length === 0 ? null : rest
  }

  /** The compressed bytes of the next block; null at the end, for which fewer bytes than a length stand too, as in the Java library. */
  #nextFramed(): Buffer | null {
    // A header may stand between blocks, where one writer's output was appended to another's.
    while (isFrameHeader(this.#input, this.#position)) this.#position += FRAME_HEADER_BYTES
    const left = this.#input.length - this.#position - LENGTH_BYTES
    if (left < 0) return null
    const length = this.#input.readInt32BE(this.#position)
    if (length < 0 || length > left) throw new DecompressionError(`snappy block of ${length} bytes, ${left} left`)
    const start = this.#position + LENGTH_BYTES
    this.#position = start + length
    return this.#input.subarray(start, start + length)
  }
}

function isFrameHeader(input: Buffer, at: number): boolean {
  return input.length - at >= FRAME_HEADER_BYTES && input.compare(FRAME_MAGIC, 0, FRAME_MAGIC.length, at, at + FRAME_MAGIC.length) === 0
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
