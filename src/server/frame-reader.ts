import { DecodeError } from '../../protocol/errors.ts'
import type { BufferPool } from '../base/buffer-pool.ts'

/** The size that stands before each request. Source: Kafka protocol guide, "Network". */
const LENGTH_BYTES = 4
/** What a request begins with. Source: Kafka protocol guide, "Request Header". */
const API_KEY_BYTES = 2
/** A request that does not lie in one chunk gets at first this much, or what has arrived if that is more. */
const FIRST_CAPACITY_BYTES = 4096
/** How much larger than the bytes received the buffer of a request may be. Each byte is copied once, and 1/3 time more at most. */
const GROWTH_FACTOR = 4
const NO_BYTES: Buffer = Buffer.alloc(0)

/**
 * Cuts a stream of bytes into requests. A request that lies in one chunk is a view of it; another is put together in a
 * buffer from the pool, which grows with the bytes that arrive and never with what the length merely claims. Either is
 * valid until the next call of `next`, `keepUnread` or `close`; what must live longer is taken over by `detach`.
 *
 * Holds at most one chunk that is not yet cut up: the owner stops reading until `next` has returned null.
 */
export class FrameReader {
  readonly #buffers: BufferPool
  #chunk = NO_BYTES
  #position = 0
  #lengthBytesRead = 0
  #length = 0
  #assembly: Buffer | null = null
  #filled = 0
  /** The buffer of the request that `next` gave, when it was put together. */
  #given: Buffer | null = null

  constructor(buffers: BufferPool) {
    this.#buffers = buffers
  }

  /** Bytes that this reader keeps from being freed, as far as the stream brought them. */
  get heldBytes(): number {
    return this.#chunk.length - this.#position + this.#lengthBytesRead + (this.#assembly?.length ?? 0)
  }

  /** Whether `next` would have to look at bytes already received. */
  get hasUnread(): boolean {
    return this.#position < this.#chunk.length
  }

  /** Whether the stream ends here in the middle of a request. */
  get isInsideFrame(): boolean {
    return this.#lengthBytesRead > 0 || this.hasUnread
  }

  /** The API of the request that `next` gives next, as far as it has come; null where its first bytes are missing or came in pieces. */
  get nextApiKey(): number | null {
    if (this.#assembly !== null) return this.#filled < API_KEY_BYTES ? null : apiKeyOf(this.#assembly)
    const start = this.#position + LENGTH_BYTES
    return this.#lengthBytesRead > 0 || start + API_KEY_BYTES > this.#chunk.length ? null : this.#chunk.readInt16BE(start)
  }

  /** @param chunk must not change before `next` has returned null or `keepUnread` was called. Call only when `hasUnread` is false. */
  push(chunk: Buffer): void {
    this.#chunk = chunk
    this.#position = 0
  }

  /**
   * The next whole request without its length, or null when more bytes are needed.
   *
   * @param maxBytes the largest length that is accepted (`socket.request.max.bytes`)
   * Errors: `DecodeError` for a length that is negative or over `maxBytes`; the stream cannot be read further.
   */
  next(maxBytes: number): Buffer | null {
    this.#recycle()
    const start = this.#position + LENGTH_BYTES
    if (this.#lengthBytesRead > 0 || start > this.#chunk.length) return this.#assemble(maxBytes)
    const length = this.#chunk.readInt32BE(this.#position)
    checkLength(length, maxBytes)
    if (start + length > this.#chunk.length) return this.#assemble(maxBytes)
    this.#position = start + length
    return this.#chunk.subarray(start, this.#position)
  }

  /** The bytes of `frame`, which `next` gave last, for as long as anybody keeps them. */
  detach(frame: Buffer): Buffer {
    if (this.#given === null) return Buffer.from(frame)
    this.#given = null
    return frame
  }

  /** Copies what is not yet cut up: the memory of the chunk is used for something else from now on. */
  keepUnread(): void {
    if (this.hasUnread) this.push(Buffer.from(this.#chunk.subarray(this.#position)))
  }

  /** Gives back all memory. The stream is not read any further. */
  close(): void {
    this.#recycle()
    if (this.#assembly !== null) this.#buffers.giveBack(this.#assembly)
    this.#assembly = null
    this.#filled = 0
    this.#lengthBytesRead = 0
    this.#length = 0
    this.#starve()
  }

  /** The bytes at which `next` threw: the length and what follows it in the chunk. */
  sample(count: number): Buffer {
    const rest = this.#chunk.subarray(this.#position, this.#position + count)
    if (this.#lengthBytesRead < LENGTH_BYTES) return rest
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeInt32BE(this.#length)
    return Buffer.concat([length, rest])
  }

  #assemble(maxBytes: number): Buffer | null {
    if (!this.#readLength(maxBytes)) return this.#starve()
    const available = Math.min(this.#length - this.#filled, this.#chunk.length - this.#position)
    if (available > 0) this.#take(available)
    if (this.#filled < this.#length) return this.#starve()
    const frame = this.#assembly ?? NO_BYTES
    this.#given = this.#assembly
    this.#assembly = null
    this.#filled = 0
    this.#lengthBytesRead = 0
    this.#length = 0
    return frame
  }

  #recycle(): void {
    if (this.#given === null) return
    this.#buffers.giveBack(this.#given)
    this.#given = null
  }

  /** Whether the whole length has been read. */
  #readLength(maxBytes: number): boolean {
    if (this.#lengthBytesRead === LENGTH_BYTES) return true
    while (this.#lengthBytesRead < LENGTH_BYTES) {
      if (this.#position === this.#chunk.length) return false
      this.#length = (this.#length << 8) | (this.#chunk[this.#position++] as number)
      this.#lengthBytesRead++
    }
    checkLength(this.#length, maxBytes)
    return true
  }

  #take(count: number): void {
    const filled = this.#filled + count
    const assembly = this.#withRoomFor(filled)
    this.#chunk.copy(assembly, this.#filled, this.#position, this.#position + count)
    this.#filled = filled
    this.#position += count
  }

  #withRoomFor(bytes: number): Buffer {
    const current = this.#assembly
    if (current !== null && current.length >= bytes) return current
    const capacity = Math.min(this.#length, Math.max(bytes * GROWTH_FACTOR, FIRST_CAPACITY_BYTES))
    const larger = this.#buffers.take(capacity)
    if (current !== null) {
      current.copy(larger, 0, 0, this.#filled)
      this.#buffers.giveBack(current)
    }
    this.#assembly = larger
    return larger
  }

  #starve(): null {
    this.#chunk = NO_BYTES
    this.#position = 0
    return null
  }
}

/** @param frame a request without its length, or the beginning of one */
export function apiKeyOf(frame: Buffer): number {
  return frame.readInt16BE(0)
}

function checkLength(length: number, maxBytes: number): void {
  if (length < 0) throw new DecodeError(`the length of the request is ${length}`)
  if (length > maxBytes) throw new DecodeError(`the length of the request is ${length}, more than socket.request.max.bytes = ${maxBytes}`)
}
