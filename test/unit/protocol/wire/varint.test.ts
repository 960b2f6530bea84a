import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../../../protocol/errors.ts'
import { VarintReader, varintBytes, varlongBytes, writeVarint, writeVarlong } from '../../../../protocol/wire/varint.ts'

const int32 = fc.oneof(fc.integer(), fc.integer({ min: -200, max: 200 }))
const int64 = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -20_000n, max: 20_000n }))

describe('signed varints', () => {
  test.each([
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [63, '7e'],
    [-64, '7f'],
    [64, '8001'],
    [8191, 'fe7f'],
    [-8192, 'ff7f'],
    [2 ** 31 - 1, 'feffffff0f'],
    [-(2 ** 31), 'ffffffff0f'],
  ])('%i is %s', (value, hex) => {
    const target = Buffer.alloc(5)
    expect(target.subarray(0, writeVarint(target, 0, value)).toString('hex')).toBe(hex)
  })

  test('of 32 bits come back from the bytes that were announced', () => {
    fc.assert(
      fc.property(int32, (value) => {
        const target = Buffer.alloc(5)
        const end = writeVarint(target, 0, value)
        expect(end).toBe(varintBytes(value))
        expect(new VarintReader(target, 0, end).varint()).toBe(value)
      }),
    )
  })

  test('of 64 bits come back from the bytes that were announced, as numbers while they are small', () => {
    fc.assert(
      fc.property(int64, (value) => {
        const target = Buffer.alloc(10)
        const end = writeVarlong(target, 0, value)
        expect(end).toBe(varlongBytes(value))
        expect(new VarintReader(target, 0, end).varlong()).toBe(value)
        expect(new VarintReader(target, 0, end).smallVarlong()).toBe(end > 7 ? Number.NaN : Number(value))
      }),
    )
  })

  test('that do not end are a DecodeError', () => {
    for (const length of [0, 1, 2, 4, 5, 9, 10, 20]) {
      const endless = Buffer.alloc(length, 0xff)
      expect(() => new VarintReader(endless).varint()).toThrow(DecodeError)
      expect(() => new VarintReader(endless).varlong()).toThrow(DecodeError)
      expect(() => new VarintReader(endless).smallVarlong()).toThrow(DecodeError)
    }
  })

  test('are not read beyond the end that was given, though the buffer goes on', () => {
    expect(() => new VarintReader(Buffer.from([0x80, 0x01]), 0, 1).varint()).toThrow(DecodeError)
    expect(() => new VarintReader(Buffer.from([0x80, 0x01]), 0, 1).smallVarlong()).toThrow(DecodeError)
    expect(() => new VarintReader(Buffer.from([2]), 0, 0).varint()).toThrow(DecodeError)
    expect(new VarintReader(Buffer.from([2, 0x80, 0x80]), 0, 1).smallVarlong()).toBe(1)
  })
})
