import { DecodeError } from '../errors.ts'
import { type Uuid, uuidFromBytes } from '../uuid.ts'

const MAX_SAFE_HIGH = 0x1fffff
const MIN_SAFE_HIGH = -0x200000

const MAX_STRING_BYTES = 0x7fff

/**
 * Reads the protocol's primitive types from a buffer, front to back. Every length is checked against the bytes left
 * before anything is allocated, and nothing but `DecodeError` is thrown. Byte fields are views of the buffer.
 *
 * Source: Kafka protocol guide, "Protocol Primitive Types".
 */
export class Reader {
  readonly #buffer: Buffer
  #position: number
  readonly #end: number

  constructor(buffer: Buffer, position = 0, end = buffer.length) {
    this.#buffer = buffer
    this.#position = position
    this.#end = end
  }

  get position(): number {
    return this.#position
  }

  get remaining(): number {
    return this.#end - this.#position
  }

  int8(): number {
    const at = this.#take(1)
    return ((this.#buffer[at] as number) << 24) >> 24
  }

  bool(): boolean {
    return this.#buffer[this.#take(1)] !== 0
  }

  int16(): number {
    return this.#buffer.readInt16BE(this.#take(2))
  }

  uint16(): number {
    return this.#buffer.readUInt16BE(this.#take(2))
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#take(4))
  }

  uint32(): number {
    return this.#buffer.readUInt32BE(this.#take(4))
  }

  /** A number; values outside ±2^53 are a `DecodeError`, since no offset, epoch, id or duration reaches them. */
  int64(): number {
    const at = this.#take(8)
    const high = this.#buffer.readInt32BE(at)
    if (high > MAX_SAFE_HIGH || high < MIN_SAFE_HIGH) throw new DecodeError(`int64 at byte ${at} is outside of ±2^53`)
    return high * 0x1_0000_0000 + this.#buffer.readUInt32BE(at + 4)
  }

  int64Exact(): bigint {
    return this.#buffer.readBigInt64BE(this.#take(8))
  }

  float64(): number {
    return this.#buffer.readDoubleBE(this.#take(8))
  }

  uuid(): Uuid {
    return uuidFromBytes(this.#buffer, this.#take(16))
  }

  /** Source: protocol guide, UNSIGNED_VARINT: 7 bits a byte, low bits first, five bytes at most. */
  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#buffer[this.#take(1)] as number
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw new DecodeError(`varint that ends at byte ${this.#position} is longer than five bytes`)
  }

  string(): string {
    return this.#text(this.int16(), 'string')
  }

  nullableString(): string | null {
    const length = this.int16()
    return length < 0 ? null : this.#text(length, 'string')
  }

  compactString(): string {
    return this.#text(this.#compactTextLength(), 'string')
  }

  compactNullableString(): string | null {
    const length = this.#compactTextLength()
    return length < 0 ? null : this.#text(length, 'string')
  }

  bytes(): Buffer {
    return this.#view(this.int32())
  }

  nullableBytes(): Buffer | null {
    const length = this.int32()
    return length < 0 ? null : this.#view(length)
  }

  compactBytes(): Buffer {
    return this.#view(this.unsignedVarint() - 1)
  }

  compactNullableBytes(): Buffer | null {
    const length = this.unsignedVarint() - 1
    return length < 0 ? null : this.#view(length)
  }

  /** The count of an array whose elements take at least one byte each. */
  arrayLength(): number {
    return this.#count(this.int32())
  }

  /** -1 for null. */
  nullableArrayLength(): number {
    const count = this.int32()
    return count < 0 ? -1 : this.#count(count)
  }

  compactArrayLength(): number {
    return this.#count(this.unsignedVarint() - 1)
  }

  compactNullableArrayLength(): number {
    const count = this.unsignedVarint() - 1
    return count < 0 ? -1 : this.#count(count)
  }

  skip(count: number): void {
    this.#take(count)
  }

  /** Passes over a whole tagged-field section, as for a struct that declares no tag. Source: KIP-482. */
  skipTaggedFields(): void {
    for (let count = this.unsignedVarint(); count > 0; count--) {
      this.unsignedVarint()
      this.#take(this.unsignedVarint())
    }
  }

  /** Checks that a tagged field took the bytes that it announced. */
  expectPosition(position: number): void {
    if (this.#position !== position) throw new DecodeError(`tagged field ends at byte ${this.#position}, announced was ${position}`)
  }

  #take(count: number): number {
    const at = this.#position
    if (count > this.#end - at) throw new DecodeError(`${count} bytes needed at byte ${at}, ${this.#end - at} left`)
    this.#position = at + count
    return at
  }

  /** The compact form could hold more; Kafka takes no more than the other. */
  #compactTextLength(): number {
    const length = this.unsignedVarint() - 1
    if (length > MAX_STRING_BYTES) throw new DecodeError(`string of ${length} bytes is longer than ${MAX_STRING_BYTES}`)
    return length
  }

  #text(length: number, what: string): string {
    if (length < 0) throw new DecodeError(`null ${what} at byte ${this.#position} where null is not allowed`)
    const at = this.#take(length)
    return this.#buffer.toString('utf8', at, at + length)
  }

  #view(length: number): Buffer {
    if (length < 0) throw new DecodeError(`null bytes at byte ${this.#position} where null is not allowed`)
    const at = this.#take(length)
    return this.#buffer.subarray(at, at + length)
  }

  #count(count: number): number {
    if (count < 0) throw new DecodeError(`null array at byte ${this.#position} where null is not allowed`)
    if (count > this.remaining) throw new DecodeError(`array of ${count} elements at byte ${this.#position}, ${this.remaining} bytes left`)
    return count
  }
}
