import { type ByteSource, DecompressionLimitError } from '../compression/byte-source.ts'
import { DecodeError } from '../errors.ts'
import { VarintReader } from '../wire/varint.ts'

/** The most that a varint or varlong takes. */
const MAX_VARINT_BYTES = 10

/**
 * Reads varints from decompressed bytes that come in chunks, and skips over the rest, so that no more than a chunk is in memory.
 * Throws a `DecodeError` where the bytes end early, and what the source throws.
 */
export class ByteStream {
  readonly #source: ByteSource
  readonly #maxBytes: number
  #bytes = 0
  #chunk: Buffer = Buffer.alloc(0)
  #reader = new VarintReader(this.#chunk)
  #isSourceEmpty = false

  /** @param maxBytes more than this is a `DecompressionLimitError` */
  constructor(source: ByteSource, maxBytes: number) {
    this.#source = source
    this.#maxBytes = maxBytes
  }

  /** Closes the source. */
  close(): void {
    this.#source.close()
  }

  varint(): number {
    return this.#near().varint()
  }

  varlong(): bigint {
    return this.#near().varlong()
  }

  /** See `VarintReader`. */
  smallVarlong(): number {
    return this.#near().smallVarlong()
  }

  skip(count: number): void {
    let left = count
    while (left > this.#reader.remaining) {
      left -= this.#reader.remaining
      this.#reader.skip(this.#reader.remaining)
      if (!this.#advance()) throw new DecodeError(`the decompressed records end ${left} bytes early`)
    }
    this.#reader.skip(left)
  }

  get isAtEnd(): boolean {
    return this.#reader.remaining === 0 && !this.#advance()
  }

  /** The reader, with any varint whole in its chunk. */
  #near(): VarintReader {
    while (this.#reader.remaining < MAX_VARINT_BYTES && this.#advance()) {}
    return this.#reader
  }

  /** Goes on to the next chunk, with what is unread of this one before it. False at the end. */
  #advance(): boolean {
    if (this.#isSourceEmpty) return false
    const unread = Buffer.from(this.#chunk.subarray(this.#reader.position))
    const next = this.#source.next()
    this.#isSourceEmpty = next === null
    this.#bytes += next?.length ?? 0
    if (this.#bytes > this.#maxBytes) throw new DecompressionLimitError(`compressed records inflate to more than the limit of ${this.#maxBytes} bytes`)
    this.#chunk = next === null ? unread : unread.length === 0 ? next : Buffer.concat([unread, next])
    this.#reader = new VarintReader(this.#chunk)
    return next !== null
  }
}
