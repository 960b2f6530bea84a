import { compressFrameSync } from 'lz4-napi'
import { describe, expect, test } from 'vitest'
import { DecompressionError } from '../../../../protocol/compression/byte-source.ts'
import { compress, decompress } from '../../../../protocol/compression/codecs.ts'
import { xxhash32 } from '../../../../protocol/compression/xxhash32.ts'

const TEXT = Buffer.from('a bird in the hand '.repeat(20_000))

describe('an lz4 frame', () => {
  test('is written with independent blocks, which is what Kafka reads', () => {
    expect((compress('lz4', TEXT).readUInt8(4) & 0x20) !== 0).toBe(true)
  })

  test.each([
    { contentChecksum: true, blockChecksums: true },
    { contentChecksum: true, blockChecksums: false },
    { contentChecksum: false, blockChecksums: true },
    { contentChecksum: false, blockChecksums: false },
  ])('is read with %j', (options) => {
    expect(decompress('lz4', compressFrameSync(TEXT, options), TEXT.length).equals(TEXT)).toBe(true)
  })

  test('is read with stored blocks and the size of its content', () => {
    const header = withChecksum(Buffer.from([0x68, 0x40, 5, 0, 0, 0, 0, 0, 0, 0]))
    const frame = Buffer.concat([header, Buffer.from([5, 0, 0, 0x80]), Buffer.from('hello'), Buffer.alloc(4)])
    expect(decompress('lz4', frame, 100).toString()).toBe('hello')
  })

  test('may be followed by other bytes, which Kafka does not look at', () => {
    expect(decompress('lz4', Buffer.concat([compress('lz4', TEXT), Buffer.from('more')]), TEXT.length).equals(TEXT)).toBe(true)
  })

  test.each([
    ['dependent blocks', withChecksum(Buffer.from([0x40, 0x40]))],
    ['another version', withChecksum(Buffer.from([0xa0, 0x40]))],
    ['reserved flags', withChecksum(Buffer.from([0x62, 0x40]))],
    ['a dictionary', withChecksum(Buffer.from([0x61, 0x40]))],
    ['an unknown block size', withChecksum(Buffer.from([0x60, 0x30]))],
    ['reserved descriptor bits', withChecksum(Buffer.from([0x60, 0x41]))],
    ['a wrong header checksum', Buffer.from('04224d18604000', 'hex')],
    ['another magic', Buffer.from('04224d19604082', 'hex')],
  ])('with %s is refused, as by Kafka', (_what, header) => {
    const frame = Buffer.concat([header, Buffer.from([1, 0, 0, 0x80, 0x41]), Buffer.alloc(4)])
    expect(() => decompress('lz4', frame, 100)).toThrow(DecompressionError)
  })

  test('with a wrong block checksum, a block beyond its size, or no end mark is refused', () => {
    const checked = compressFrameSync(TEXT, { blockChecksums: true })
    checked[20] = (checked[20] as number) ^ 1
    const oversized = Buffer.concat([withChecksum(Buffer.from([0x60, 0x40])), Buffer.from([1, 0, 1, 0x80]), Buffer.alloc(70_000)])
    for (const bad of [checked, oversized, compress('lz4', TEXT).subarray(0, -4)]) expect(() => decompress('lz4', bad, 1 << 20)).toThrow(DecompressionError)
  })
})

// The specification's own examples have no short vectors; these are of the reference implementation (xxhsum -H32).
test.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('xxHash of %j is as published', (text, expected) => {
  expect(xxhash32(Buffer.from(text))).toBe(expected)
})

function withChecksum(descriptor: Buffer): Buffer {
  return Buffer.concat([Buffer.from('04224d18', 'hex'), descriptor, Buffer.from([(xxhash32(descriptor) >>> 8) & 0xff])])
}
