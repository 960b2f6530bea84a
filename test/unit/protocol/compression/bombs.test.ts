import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { DecompressionError, DecompressionLimitError } from '../../../../protocol/compression/byte-source.ts'
import { openDecompressor } from '../../../../protocol/compression/codecs.ts'
import { openSnappy } from '../../../../protocol/compression/snappy.ts'

const MIB = 1024 * 1024
/** What the collector may leave lying about of blocks that were read; the bombs are many times as large. */
const MAX_GROWTH_BYTES = 256 * MIB

describe('a bomb is inflated in bounded memory', () => {
  test('of gzip', async () => {
    const bomb = await zeros(createGzip({ level: constants.Z_BEST_COMPRESSION }), 600)
    expectBounded(bomb, 'gzip', 600 * MIB)
  })

  test('of zstd', async () => {
    const bomb = await zeros(createZstdCompress(), 1600)
    expect(bomb.length).toBeLessThan(200_000)
    expectBounded(bomb, 'zstd', 1600 * MIB)
  })

  test('of lz4', () => {
    // Frame header with blocks of 4 MiB, and one block of zeros 400 times.
    const block = lz4Zeros(4 * MIB)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(block.length)
    const header = Buffer.from('04224d18607073', 'hex')
    const bomb = Buffer.concat([header, ...Array.from({ length: 400 }, () => Buffer.concat([length, block])), Buffer.alloc(4)])
    expectBounded(bomb, 'lz4', 1600 * MIB)
  })
})

describe('a false length in front of snappy', () => {
  test('is refused before anything is allocated when the block cannot hold as much', () => {
    const before = process.memoryUsage().rss
    // 2^32-1 bytes announced by a block of 8.
    expect(() => openDecompressor('snappy', Buffer.from('ffffffff0f000102', 'hex')).next()).toThrow(DecompressionError)
    expect(process.memoryUsage().rss - before).toBeLessThan(MAX_GROWTH_BYTES)
  })

  test('is refused by the limit when the block might hold as much', () => {
    const block = Buffer.concat([Buffer.from('80808020', 'hex'), Buffer.alloc(4 * MIB)])
    expect(() => openSnappy(block, 32 * MIB).next()).toThrow(DecompressionLimitError)
  })

  test('is refused when it is no length at all', () => {
    expect(() => openDecompressor('snappy', Buffer.alloc(8, 0xff)).next()).toThrow(DecompressionError)
    expect(() => openDecompressor('snappy', Buffer.alloc(3, 0xff)).next()).toThrow(DecompressionError)
  })
})

function expectBounded(bomb: Buffer, codec: 'gzip' | 'lz4' | 'zstd', expectedBytes: number): void {
  const before = process.memoryUsage().rss
  let peak = before
  let total = 0
  const source = openDecompressor(codec, bomb)
  for (let chunk = source.next(); chunk !== null; chunk = source.next()) {
    total += chunk.length
    peak = Math.max(peak, process.memoryUsage().rss)
  }
  source.close()
  expect(total).toBe(expectedBytes)
  expect(peak - before).toBeLessThan(MAX_GROWTH_BYTES)
}

/** Zeros by the mebibyte through a stream, so that making the bomb needs no memory either. */
async function zeros(codec: ReturnType<typeof createGzip> | ReturnType<typeof createZstdCompress>, mebibytes: number): Promise<Buffer> {
  const zero = Buffer.alloc(MIB)
  const output: Buffer[] = []
  codec.on('data', (chunk: Buffer) => output.push(chunk))
  for (let count = 0; count < mebibytes; count++) if (!codec.write(zero)) await new Promise((resolve) => codec.once('drain', resolve))
  await new Promise<void>((resolve) => codec.end(resolve))
  await new Promise((resolve) => (codec.readableEnded ? resolve(null) : codec.once('end', resolve)))
  return Buffer.concat(output)
}

/** One literal zero, a match of all but the last five bytes with itself, five literals. Source: lz4_Block_format.md. */
function lz4Zeros(count: number): Buffer {
  const matchRest = count - 1 - 5 - 19
  const longs = Buffer.alloc(Math.floor(matchRest / 255), 0xff)
  return Buffer.concat([Buffer.from([0x1f, 0, 1, 0]), longs, Buffer.from([matchRest % 255, 0x50, 0, 0, 0, 0, 0])])
}
