import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32c, nativeCrc32c, portableCrc32c } from '../../../protocol/crc32c.ts'

describe('CRC-32C', () => {
  // The check value of the CRC catalogue, and the vectors of RFC 3720, B.4.
  test.each([
    [Buffer.from('123456789'), 0xe3069283],
    [Buffer.alloc(32, 0), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
    [Buffer.alloc(0), 0],
  ])('of %j is as published', (bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected)
    expect(portableCrc32c()(bytes)).toBe(expected)
  })

  test('is the same natively and in JavaScript', () => {
    const native = nativeCrc32c()
    const portable = portableCrc32c()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => native(bytes) === portable(bytes)))
  })
})
