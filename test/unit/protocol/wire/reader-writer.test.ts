import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError, EncodeError } from '../../../../protocol/errors.ts'
import { Reader } from '../../../../protocol/wire/reader.ts'
import { Writer } from '../../../../protocol/wire/writer.ts'

function written(write: (writer: Writer) => void): Buffer {
  const writer = new Writer(1)
  write(writer)
  return writer.toBuffer()
}

describe('integers', () => {
  test('an int64 is read exactly up to 2^53 on both sides', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(new Reader(written((writer) => writer.int64(value))).int64()).toBe(value)
      }),
    )
  })

  test('an int64 outside ±2^53 is a DecodeError', () => {
    for (const value of [2n ** 53n + 2n ** 32n, -(2n ** 53n) - 2n ** 32n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      const bytes = written((writer) => writer.int64Exact(value))
      expect(() => new Reader(bytes).int64()).toThrow(DecodeError)
      expect(new Reader(bytes).int64Exact()).toBe(value)
    }
  })

  test('a number that is no safe integer is not written as an int64', () => {
    expect(() => new Writer().int64(2 ** 53)).toThrow(EncodeError)
    expect(() => new Writer().int64(0.5)).toThrow(EncodeError)
  })

  test('an unsigned varint holds 32 bits in at most five bytes', () => {
    for (const value of [0, 1, 127, 128, 16383, 16384, 2 ** 31 - 1, 2 ** 32 - 1]) {
      expect(new Reader(written((writer) => writer.unsignedVarint(value))).unsignedVarint()).toBe(value)
    }
    expect(() => new Reader(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x01])).unsignedVarint()).toThrow(DecodeError)
  })
})

describe('lengths', () => {
  test('a length beyond the bytes left is refused before anything is made', () => {
    expect(() => new Reader(Buffer.from([0x7f, 0xff, 0xff, 0xff])).bytes()).toThrow(DecodeError)
    expect(() => new Reader(Buffer.from([0x7f, 0xff])).string()).toThrow(DecodeError)
    expect(() => new Reader(Buffer.from([0x7f, 0xff, 0xff, 0xff, 0])).arrayLength()).toThrow(DecodeError)
    expect(() => new Reader(Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0])).compactArrayLength()).toThrow(DecodeError)
  })

  test('null is refused where it is not allowed', () => {
    const nullLength = Buffer.from([0xff, 0xff, 0xff, 0xff])
    expect(() => new Reader(nullLength).bytes()).toThrow(DecodeError)
    expect(() => new Reader(nullLength).string()).toThrow(DecodeError)
    expect(() => new Reader(nullLength).arrayLength()).toThrow(DecodeError)
    expect(() => new Reader(Buffer.from([0])).compactString()).toThrow(DecodeError)
    expect(new Reader(nullLength).nullableBytes()).toBeNull()
    expect(new Reader(Buffer.from([0])).compactNullableString()).toBeNull()
  })

  test('a string of more than 32767 bytes is not written with a 16-bit length', () => {
    expect(() => new Writer().string('x'.repeat(32768))).toThrow(EncodeError)
  })

  test('a reader does not look behind its end', () => {
    expect(() => new Reader(Buffer.from([0, 0, 0, 1]), 0, 3).int32()).toThrow(DecodeError)
  })
})

describe('chunks', () => {
  test('long bytes are passed on without a copy', () => {
    const long = Buffer.alloc(100_000, 7)
    const writer = new Writer()
    writer.int32(1)
    writer.bytes(long)
    writer.int32(2)
    const chunks = writer.finish()
    expect(chunks.includes(long)).toBe(true)
    expect(Buffer.concat(chunks).length).toBe(4 + 4 + long.length + 4)
  })

  test('the byte length is known at any time, whatever was written in which sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000)), (lengths) => {
        const writer = new Writer(1)
        let expected = 0
        for (const length of lengths) {
          writer.raw(Buffer.alloc(length, length % 256))
          expected += length
          expect(writer.byteLength).toBe(expected)
        }
        expect(writer.toBuffer().equals(Buffer.concat(lengths.map((length) => Buffer.alloc(length, length % 256))))).toBe(true)
      }),
    )
  })
})

test('a compact string is no longer than the other kind may be', () => {
  const text = 'a'.repeat(0x7fff)
  expect(new Reader(written((writer) => writer.compactString(text))).compactString()).toBe(text)
  const longer = written((writer) => {
    writer.unsignedVarint(0x8001)
    writer.raw(Buffer.alloc(0x8000, 'a'))
  })
  expect(() => new Reader(longer).compactString()).toThrow(DecodeError)
  expect(() => new Reader(longer).compactNullableString()).toThrow(DecodeError)
})
