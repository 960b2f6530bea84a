import { DecodeError } from '../errors.ts'

/**
 * Signed varints, as records have them: zigzag, then 7 bits a byte, low bits first; at most 5 bytes for 32 bits and 10 for 64.
 * Source: Kafka protocol guide, VARINT and VARLONG.
 */

/** The bytes that `value` (an int32) takes. */
export function varintBytes(value: number): number {
  const bits = 32 - Math.clz32(((value << 1) ^ (value >> 31)) >>> 0)
  return bits <= 7 ? 1 : Math.ceil(bits / 7)
}

/** Writes `value` (an int32) at `at` and returns the position after it. The target has room. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  let position = at
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  while (rest >= 0x80) {
    target[position++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  target[position++] = rest
  return position
}

/** The bytes that `value` (an int64) takes. */
export function varlongBytes(value: bigint): number {
  let rest = zigzag(value)
  let count = 1
  while (rest >= 0x80n) {
    rest >>= 7n
    count++
  }
  return count
}

/** Writes `value` (an int64) at `at` and returns the position after it. The target has room. */
export function writeVarlong(target: Uint8Array, at: number, value: bigint): number {
  if (value >= -0x4000_0000n && value < 0x4000_0000n) return writeVarint(target, at, Number(value))
  let position = at
  let rest = zigzag(value)
  while (rest >= 0x80n) {
    target[position++] = Number(rest & 0x7fn) | 0x80
    rest >>= 7n
  }
  target[position++] = Number(rest)
  return position
}

function zigzag(value: bigint): bigint {
  return BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
}

/** @param value of at most 49 bits, unsigned */
function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

/**
 * Reads varints and byte ranges from a buffer, front to back, and throws nothing but `DecodeError`.
 * Made for the pass over every record of every produce request: one and two bytes, what records mostly have, are read first.
 */
export class VarintReader {
  readonly #buffer: Buffer
  readonly #end: number
  #position: number

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

  varint(): number {
    const buffer = this.#buffer
    let at = this.#position
    let value = buffer[at++] as number
    if (value >= 0x80) {
      const second = buffer[at++] as number
      value = (value & 0x7f) | (second << 7)
      if (second >= 0x80) return this.#longVarint()
    }
    if (at > this.#end) throw this.#ended(1)
    this.#position = at
    return (value >>> 1) ^ -(value & 1)
  }

  varlong(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asIntN(64, (BigInt.asUintN(64, value) >> 1n) ^ -(value & 1n))
    }
    throw new DecodeError(`varlong that ends at byte ${this.#position} is longer than 10 bytes`)
  }

  /** A varlong as a number; NaN when it takes more than 7 bytes, for it may be beyond ±2^48 then. */
  smallVarlong(): number {
    let at = this.#position
    const first = this.#buffer[at++] as number
    const second = this.#buffer[at++] as number
    if (at > this.#end || (first >= 0x80 && second >= 0x80)) return this.#longVarlong()
    const value = first < 0x80 ? first : (first & 0x7f) | (second << 7)
    this.#position = first < 0x80 ? at - 1 : at
    return (value >>> 1) ^ -(value & 1)
  }

  /** A view of the next `count` bytes. */
  take(count: number): Buffer {
    const at = this.#position
    this.skip(count)
    return this.#buffer.subarray(at, at + count)
  }

  skip(count: number): void {
    if (count < 0 || count > this.#end - this.#position) throw this.#ended(count)
    this.#position += count
  }

  /** A length, then as `take`; null for any negative length, as Kafka reads it. */
  nullableBytes(): Buffer | null {
    const length = this.varint()
    return length < 0 ? null : this.take(length)
  }

  #longVarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    throw new DecodeError(`varint that ends at byte ${this.#position} is longer than 5 bytes`)
  }

  #longVarlong(): number {
    let value = 0
    for (let index = 0; index < 10; index++) {
      const byte = this.#byte()
      value += (byte & 0x7f) * 2 ** (7 * index)
      if (byte < 0x80) return index < 7 ? unzigzag(value) : Number.NaN
    }
    throw new DecodeError(`varlong that ends at byte ${this.#position} is longer than 10 bytes`)
  }

  #byte(): number {
    if (this.#position >= this.#end) throw this.#ended(1)
    return this.#buffer[this.#position++] as number
  }

  #ended(count: number): DecodeError {
    return new DecodeError(`${count} bytes needed at byte ${this.#position}, ${this.remaining} left`)
  }
}
