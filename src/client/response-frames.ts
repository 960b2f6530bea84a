import { DecodeError } from '../../protocol/errors.ts'

const LENGTH_BYTES = 4
/** How an answer of HTTP begins, taken for a length: more than a gigabyte. */
const HTTP = Buffer.from('HTTP').readInt32BE()
const NOTHING: Buffer = Buffer.alloc(0)

/** Cuts what a broker sends into responses. Holds no more than has come. */
export class ResponseFrames {
  readonly #maxBytes: number
  #chunks: Buffer[] = []
  #heldBytes = 0
  /** Of the response that is coming; -1 while its length is not known. */
  #sizeBytes = -1

  /** @param maxBytes of one response */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /**
   * @param chunk copied: its memory may be used again
   * @returns the responses that are complete now, without their lengths, the caller's own
   * Errors: `DecodeError` for a length that no response has. Nothing can be read behind it.
   */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(Buffer.from(chunk))
    this.#heldBytes += chunk.length
    const frames: Buffer[] = []
    for (let frame = this.#next(); frame !== null; frame = this.#next()) frames.push(frame)
    return frames
  }

  #next(): Buffer | null {
    if (this.#sizeBytes < 0) {
      if (this.#heldBytes < LENGTH_BYTES) return null
      this.#sizeBytes = this.#take(LENGTH_BYTES).readInt32BE(0)
      if (this.#sizeBytes === HTTP) throw new DecodeError('it is an answer of HTTP, as of a web server or of metrics.port')
      if (this.#sizeBytes < LENGTH_BYTES || this.#sizeBytes > this.#maxBytes) throw new DecodeError(`a response of ${this.#sizeBytes} bytes is announced`)
    }
    if (this.#heldBytes < this.#sizeBytes) return null
    const frame = this.#take(this.#sizeBytes)
    this.#sizeBytes = -1
    return frame
  }

  #take(count: number): Buffer {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks, this.#heldBytes)
    this.#heldBytes -= count
    this.#chunks = this.#heldBytes === 0 ? [] : [all.subarray(count)]
    return count === 0 ? NOTHING : all.subarray(0, count)
  }
}
