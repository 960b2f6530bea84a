import { EncodeError } from '../errors.ts'
import { type Uuid, writeUuid } from '../uuid.ts'

/** Byte fields at least this long are sent as they are instead of being copied. */
const REFERENCE_BYTES = 2048

/**
 * Writes the protocol's primitive types into a list of chunks. Long byte fields become chunks of their own without a
 * copy, so a fetch response refers to the bytes that were read from the log; they must not change until they are sent.
 *
 * Source: Kafka protocol guide, "Protocol Primitive Types".
 */
export class Writer {
  #buffer: Buffer
  #start = 0
  #position = 0
  #chunks: Uint8Array[] = []
  #finishedBytes = 0

  constructor(initialBytes = 256) {
    this.#buffer = Buffer.allocUnsafe(initialBytes)
  }

  /** Bytes written so far, over all chunks. */
  get byteLength(): number {
    return this.#finishedBytes + this.#position - this.#start
  }

  /** The chunks in order. The writer is done after this. */
  finish(): Uint8Array[] {
    this.#cut()
    return this.#chunks
  }

  /** All bytes in one buffer. The writer is done after this. */
  toBuffer(): Buffer {
    const chunks = this.finish()
    const only = chunks[0]
    return chunks.length === 1 && only instanceof Buffer ? only : Buffer.concat(chunks)
  }

  int8(value: number): void {
    const at = this.#reserve(1)
    this.#buffer.writeInt8(value, at)
  }

  bool(value: boolean): void {
    const at = this.#reserve(1)
    this.#buffer[at] = value ? 1 : 0
  }

  int16(value: number): void {
    const at = this.#reserve(2)
    this.#buffer.writeInt16BE(value, at)
  }

  uint16(value: number): void {
    const at = this.#reserve(2)
    this.#buffer.writeUInt16BE(value, at)
  }

  int32(value: number): void {
    const at = this.#reserve(4)
    this.#buffer.writeInt32BE(value, at)
  }

  uint32(value: number): void {
    const at = this.#reserve(4)
    this.#buffer.writeUInt32BE(value, at)
  }

  int64(value: number): void {
    if (!Number.isSafeInteger(value)) throw new EncodeError(`int64 ${value} is not a safe integer`)
    const at = this.#reserve(8)
    const high = Math.floor(value / 0x1_0000_0000)
    this.#buffer.writeInt32BE(high, at)
    this.#buffer.writeUInt32BE(value - high * 0x1_0000_0000, at + 4)
  }

  int64Exact(value: bigint): void {
    const at = this.#reserve(8)
    this.#buffer.writeBigInt64BE(value, at)
  }

  float64(value: number): void {
    const at = this.#reserve(8)
    this.#buffer.writeDoubleBE(value, at)
  }

  uuid(value: Uuid): void {
    const at = this.#reserve(16)
    writeUuid(value, this.#buffer, at)
  }

  unsignedVarint(value: number): void {
    let at = this.#reserve(5)
    let rest = value
    while (rest >= 0x80) {
      this.#buffer[at++] = (rest & 0x7f) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.#buffer[at++] = rest
    this.#position = at
  }

  string(value: string): void {
    const length = Buffer.byteLength(value)
    if (length > 0x7fff) throw new EncodeError(`string of ${length} bytes is longer than 32767`)
    this.int16(length)
    this.#text(value, length)
  }

  nullableString(value: string | null): void {
    if (value === null) this.int16(-1)
    else this.string(value)
  }

  compactString(value: string): void {
    const length = Buffer.byteLength(value)
    this.unsignedVarint(length + 1)
    this.#text(value, length)
  }

  compactNullableString(value: string | null): void {
    if (value === null) this.unsignedVarint(0)
    else this.compactString(value)
  }

  bytes(value: Uint8Array): void {
    this.int32(value.length)
    this.raw(value)
  }

  nullableBytes(value: Uint8Array | null): void {
    if (value === null) this.int32(-1)
    else this.bytes(value)
  }

  compactBytes(value: Uint8Array): void {
    this.unsignedVarint(value.length + 1)
    this.raw(value)
  }

  compactNullableBytes(value: Uint8Array | null): void {
    if (value === null) this.unsignedVarint(0)
    else this.compactBytes(value)
  }

  arrayLength(count: number): void {
    this.int32(count)
  }

  compactArrayLength(count: number): void {
    this.unsignedVarint(count + 1)
  }

  /** The bytes alone, without a length. */
  raw(value: Uint8Array): void {
    if (value.length >= REFERENCE_BYTES) {
      this.#cut()
      this.#chunks.push(value)
      this.#finishedBytes += value.length
      return
    }
    const at = this.#reserve(value.length)
    this.#buffer.set(value, at)
  }

  /** One tagged field: its tag, its size and what `write` writes. Source: KIP-482. */
  tagged(tag: number, write: (writer: Writer) => void): void {
    const inner = new Writer(64)
    write(inner)
    this.unsignedVarint(tag)
    this.unsignedVarint(inner.byteLength)
    for (const chunk of inner.finish()) this.raw(chunk)
  }

  #text(value: string, length: number): void {
    const at = this.#reserve(length)
    this.#buffer.write(value, at, length, 'utf8')
  }

  /** May replace `#buffer`: call it before the buffer is read. */
  #reserve(count: number): number {
    const at = this.#position
    if (at + count > this.#buffer.length) return this.#grow(count)
    this.#position = at + count
    return at
  }

  /** Starts a larger buffer with the bytes that are not yet cut off into a chunk. */
  #grow(count: number): number {
    const pending = this.#position - this.#start
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, pending + count + 64))
    this.#buffer.copy(larger, 0, this.#start, this.#position)
    this.#buffer = larger
    this.#start = 0
    this.#position = pending + count
    return pending
  }

  #cut(): void {
    if (this.#position === this.#start) return
    this.#chunks.push(this.#buffer.subarray(this.#start, this.#position))
    this.#finishedBytes += this.#position - this.#start
    this.#start = this.#position
  }
}
