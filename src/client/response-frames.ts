import { DecodeError } from '../../protocol/errors.ts'

const LENGTH_BYTES = 4
/** How an answer of HTTP begins, taken for a length: more than a gigabyte. */
const HTTP = Buffer.from('HTTP').readInt32BE()
/** What is allocated for a response before its bytes have come; a larger one grows as they come. Also the most that is kept for others. */
const FIRST_ALLOCATED_BYTES = 16 * 1024 * 1024
/** The least that is allocated where memory is used again, so that sizes which vary a little find it large enough. */
const REUSED_STEP_BYTES = 64 * 1024

export interface ResponseFramesOptions {
  /** Of one response. */
  readonly maxBytes: number
  /** A response is valid only until the next one begins to come: its memory is used again. */
  readonly reusesMemory?: boolean
}

/** Cuts what a broker sends into responses, each copied once. Holds little more than has come. */
export class ResponseFrames {
  readonly #maxBytes: number
  readonly #reusesMemory: boolean
  readonly #length = Buffer.alloc(LENGTH_BYTES)
  #lengthFilled = 0
  /** Of the response that is coming; -1 while its length is not known. */
  #sizeBytes = -1
  #frame: Buffer = this.#length
  #filled = 0

  /** What earlier responses came in, where memory is used again. */
  #kept: Buffer = this.#length

  constructor({ maxBytes, reusesMemory = false }: ResponseFramesOptions) {
    this.#maxBytes = maxBytes
    this.#reusesMemory = reusesMemory
  }

  /**
   * @param chunk copied: its memory may be used again
   * @returns the responses that are complete now, without their lengths, the caller's own where memory is not used again
   * Errors: `DecodeError` for a length that no response has. Nothing can be read behind it.
   */
  push(chunk: Buffer): Buffer[] {
    const frames: Buffer[] = []
    for (let position = 0; position < chunk.length; ) {
      position += this.#sizeBytes < 0 ? this.#takeLength(chunk, position) : this.#takeBytes(chunk, position)
      if (this.#filled === this.#sizeBytes) frames.push(this.#finish())
    }
    return frames
  }

  #takeLength(chunk: Buffer, position: number): number {
    const count = chunk.copy(this.#length, this.#lengthFilled, position)
    this.#lengthFilled += count
    if (this.#lengthFilled === LENGTH_BYTES) this.#begin(this.#length.readInt32BE(0))
    return count
  }

  #begin(sizeBytes: number): void {
    if (sizeBytes === HTTP) throw new DecodeError('it is an answer of HTTP, as of a web server or of metrics.port')
    if (sizeBytes < LENGTH_BYTES || sizeBytes > this.#maxBytes) throw new DecodeError(`a response of ${sizeBytes} bytes is announced`)
    this.#lengthFilled = 0
    this.#sizeBytes = sizeBytes
    this.#frame = this.#memory(Math.min(sizeBytes, FIRST_ALLOCATED_BYTES))
    this.#filled = 0
  }

  #memory(sizeBytes: number): Buffer {
    if (!this.#reusesMemory) return Buffer.allocUnsafe(sizeBytes)
    if (this.#kept.length < sizeBytes) this.#kept = Buffer.allocUnsafe(Math.ceil(sizeBytes / REUSED_STEP_BYTES) * REUSED_STEP_BYTES)
    return this.#kept.subarray(0, sizeBytes)
  }

  #takeBytes(chunk: Buffer, position: number): number {
    if (this.#filled === this.#frame.length) this.#grow()
    const count = chunk.copy(this.#frame, this.#filled, position)
    this.#filled += count
    return count
  }

  #grow(): void {
    const grown = Buffer.allocUnsafe(Math.min(this.#sizeBytes, 2 * this.#frame.length))
    this.#frame.copy(grown)
    this.#frame = grown
  }

  #finish(): Buffer {
    const frame = this.#frame
    this.#frame = this.#length
    this.#sizeBytes = -1
    this.#filled = 0
    return frame
  }
}
