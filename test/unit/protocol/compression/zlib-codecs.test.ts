import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type ByteSource, DecompressionError, DecompressionLimitError, MAX_CHUNK_BYTES } from '../../../../protocol/compression/byte-source.ts'
import { decompress } from '../../../../protocol/compression/codecs.ts'
import { MAX_ONE_SHOT_BYTES, openGzip, openOneShot, openZstd } from '../../../../protocol/compression/zlib-codecs.ts'

const TEXT = Buffer.from('a bird in the hand '.repeat(100_000))

describe('zlib, with its handle driven in chunks and at once', () => {
  test.each([
    ['gzip', openGzip(gzipSync(TEXT)), openOneShot(gunzipSync, gzipSync(TEXT))],
    ['zstd', openZstd(zstdCompressSync(TEXT)), openOneShot(zstdDecompressSync, zstdCompressSync(TEXT))],
  ])('gives the same of %s', (_codec, driven, once) => {
    expect(all(driven).equals(TEXT)).toBe(true)
    expect(all(once).equals(TEXT)).toBe(true)
  })

  test('is in fact driven in chunks by this Node', () => {
    expect(openGzip(gzipSync(TEXT)).next()).toHaveLength(64 * 1024)
    expect(openZstd(zstdCompressSync(TEXT)).next()).toHaveLength(64 * 1024)
  })

  test('refuses at once what is over the limit or damaged', () => {
    const bomb = zstdCompressSync(Buffer.alloc(MAX_ONE_SHOT_BYTES + 1))
    expect(() => openOneShot(zstdDecompressSync, bomb)).toThrow(DecompressionLimitError)
    expect(() => openOneShot(gunzipSync, Buffer.from('no gzip'))).toThrow(DecompressionError)
  })

  test('reads members and frames one after another', () => {
    const two = (compressed: Buffer): Buffer => Buffer.concat([compressed, compressed])
    expect(decompress('gzip', two(gzipSync('ab')), 10).toString()).toBe('abab')
    expect(decompress('zstd', two(zstdCompressSync('ab')), 10).toString()).toBe('abab')
  })

  test('takes no bytes for sound zstd, and zeros behind gzip for padding', () => {
    expect(decompress('zstd', Buffer.alloc(0), 10)).toHaveLength(0)
    expect(decompress('gzip', Buffer.concat([gzipSync('ab'), Buffer.alloc(9)]), 10).toString()).toBe('ab')
    expect(() => decompress('gzip', Buffer.alloc(0), 10)).toThrow(DecompressionError)
  })
})

function all(source: ByteSource): Buffer {
  const chunks: Buffer[] = []
  for (let chunk = source.next(); chunk !== null; chunk = source.next()) {
    expect(chunk.length).toBeLessThanOrEqual(MAX_CHUNK_BYTES)
    chunks.push(Buffer.from(chunk))
  }
  source.close()
  return Buffer.concat(chunks)
}
