import { DecodeError } from '../errors.ts'

/** How a field's value is written. Source: protobuf's encoding guide. */
export const WIRE = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 } as const

const MAX_VARINT_BYTES = 10
const MAX_FIELD_NUMBER = 0x1fff_ffff

/**
 * Reads the fields of one protobuf message, one after another: `next` goes to a field, then one of the reading methods, or
 * `skip`, takes its value. Values that are bytes are views.
 *
 * Errors: `DecodeError` for bytes that are no message. Source: protobuf's encoding guide.
 */
export class ProtobufReader {
  /** The number of the field at which the reader is. */
  field = 0
  /** One of `WIRE`. */
  wireType = 0
  readonly #bytes: Buffer
  #position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** @returns false at the end of the message */
  next(): boolean {
    if (this.#position === this.#bytes.length) return false
    const tag = this.#varint()
    const field = Number(tag >> 3n)
    if (field < 1 || field > MAX_FIELD_NUMBER) throw new DecodeError(`protobuf has no field ${field}`)
    this.field = field
    this.wireType = Number(tag & 7n)
    return true
  }

  /** As it is written: negative numbers are large ones. */
  varint(): bigint {
    this.#expect(WIRE.VARINT)
    return this.#varint()
  }

  double(): number {
    this.#expect(WIRE.FIXED64)
    return this.#bytes.readDoubleLE(this.#take(8))
  }

  signedFixed64(): bigint {
    this.#expect(WIRE.FIXED64)
    return this.#bytes.readBigInt64LE(this.#take(8))
  }

  bytes(): Buffer {
    this.#expect(WIRE.BYTES)
    return this.#lengthDelimited()
  }

  /** What is not UTF-8 is replaced. */
  string(): string {
    return this.bytes().toString('utf8')
  }

  skip(): void {
    switch (this.wireType) {
      case WIRE.VARINT:
        this.#varint()
        return
      case WIRE.FIXED64:
        this.#take(8)
        return
      case WIRE.BYTES:
        this.#lengthDelimited()
        return
      case WIRE.FIXED32:
        this.#take(4)
        return
      default:
        throw new DecodeError(`protobuf field ${this.field} has the wire type ${this.wireType}`)
    }
  }

  #expect(wireType: number): void {
    if (this.wireType !== wireType) throw new DecodeError(`protobuf field ${this.field} has the wire type ${this.wireType}, not ${wireType}`)
  }

  #lengthDelimited(): Buffer {
    const length = this.#varint()
    if (length > BigInt(this.#bytes.length)) throw new DecodeError(`protobuf field of ${length} bytes`)
    const start = this.#take(Number(length))
    return this.#bytes.subarray(start, this.#position)
  }

  #varint(): bigint {
    const first = this.#bytes[this.#position]
    if (first !== undefined && first < 0x80) {
      this.#position += 1
      return BigInt(first)
    }
    let value = 0n
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      const byte = this.#bytes[this.#take(1)] as number
      value |= BigInt(byte & 0x7f) << BigInt(7 * index)
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new DecodeError('protobuf number of more than ten bytes')
  }

  /** @returns where the bytes begin */
  #take(count: number): number {
    const start = this.#position
    if (count > this.#bytes.length - start) throw new DecodeError(`protobuf message ends early: ${count} bytes are missing at ${start}`)
    this.#position = start + count
    return start
  }
}
