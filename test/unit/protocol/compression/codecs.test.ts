import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ByteSource, DecompressionError, DecompressionLimitError, MAX_CHUNK_BYTES } from '../../../../protocol/compression/byte-source.ts'
import { COMPRESSIONS, compress, decompress, openDecompressor } from '../../../../protocol/compression/codecs.ts'

const CODECS = COMPRESSIONS.filter((compression) => compression !== 'none')
const text = fc.oneof(
  fc.uint8Array({ maxLength: 5000 }),
  fc.tuple(fc.string({ maxLength: 50 }), fc.nat(5000)).map(([part, count]) => Buffer.from(part.repeat(count))),
)

describe.each(CODECS)('%s', (codec) => {
  test('gives back what was compressed', () => {
    fc.assert(
      fc.property(text, (data) => {
        const bytes = Buffer.from(data)
        fc.pre(bytes.length > 0)
        expect(decompress(codec, compress(codec, bytes), bytes.length).equals(bytes)).toBe(true)
      }),
    )
  })

  test('inflates in chunks of at most 1 MiB, none of them empty', () => {
    const bytes = Buffer.alloc(5_000_000, 'all work and no play ')
    const source = openDecompressor(codec, compress(codec, bytes))
    let total = 0
    for (const chunk of chunksOf(source)) {
      expect(chunk.length).toBeGreaterThan(0)
      expect(chunk.length).toBeLessThanOrEqual(MAX_CHUNK_BYTES)
      total += chunk.length
    }
    expect(total).toBe(bytes.length)
  })

  test('says so when the limit is exceeded, and not before', () => {
    const compressed = compress(codec, Buffer.alloc(100_000, 'x'))
    expect(decompress(codec, compressed, 100_000)).toHaveLength(100_000)
    expect(() => decompress(codec, compressed, 99_999)).toThrow(DecompressionLimitError)
  })

  test('gives bytes or a DecompressionError for arbitrary, truncated and damaged input', () => {
    const sound = compress(codec, Buffer.from('the quick brown fox jumps over the lazy dog '.repeat(20)))
    const damaged = fc.tuple(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length)).map(([at, byte, end]) => {
      const copy = Buffer.from(sound)
      copy[at] = byte
      return copy.subarray(0, end)
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), (input) => {
        try {
          decompress(codec, Buffer.from(input), 1 << 20)
        } catch (error) {
          expect(error).toSatisfy((thrown) => thrown instanceof DecompressionError || thrown instanceof DecompressionLimitError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

function* chunksOf(source: ByteSource): Generator<Buffer> {
  try {
    for (let chunk = source.next(); chunk !== null; chunk = source.next()) yield chunk
  } finally {
    source.close()
  }
}
