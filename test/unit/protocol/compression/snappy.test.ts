import { compressSync } from 'snappy'
import { describe, expect, test } from 'vitest'
import { DecompressionError } from '../../../../protocol/compression/byte-source.ts'
import { compress, decompress } from '../../../../protocol/compression/codecs.ts'

const TEXT = Buffer.from('a bird in the hand '.repeat(5000))

describe('snappy', () => {
  test('is read as one bare block, as clients in Go and C send it', () => {
    expect(decompress('snappy', compressSync(TEXT), TEXT.length).equals(TEXT)).toBe(true)
  })

  test('is written in the framing of the Java library, in blocks of 32 KiB', () => {
    const framed = compress('snappy', TEXT)
    expect(framed.subarray(0, 16).toString('hex')).toBe('82534e41505059000000000100000001')
    const first = framed.readInt32BE(16)
    expect(decompress('snappy', framed.subarray(20, 20 + first), TEXT.length)).toHaveLength(32 * 1024)
  })

  test('is read on over a second header, where outputs of two writers were joined', () => {
    const joined = Buffer.concat([compress('snappy', TEXT), compress('snappy', Buffer.from('the end'))])
    expect(decompress('snappy', joined, 1 << 20).toString()).toBe(`${TEXT}the end`)
  })

  test('ends, as in the Java library, where less than a length is left', () => {
    expect(decompress('snappy', Buffer.concat([compress('snappy', TEXT), Buffer.alloc(3)]), 1 << 20).equals(TEXT)).toBe(true)
  })

  test('of no bytes, with a block cut off, and with a negative length is refused', () => {
    const framed = compress('snappy', TEXT)
    const negative = Buffer.from(framed)
    negative.writeInt32BE(-5, 16)
    for (const bad of [Buffer.alloc(0), framed.subarray(0, -1), negative]) expect(() => decompress('snappy', bad, 1 << 20)).toThrow(DecompressionError)
  })
})
