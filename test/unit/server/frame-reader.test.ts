import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../../protocol/errors.ts'
import { BufferPool } from '../../../src/base/buffer-pool.ts'
import { FrameReader } from '../../../src/server/frame-reader.ts'

const MAX_BYTES = 1_000_000

function framed(...bodies: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    bodies.flatMap((body) => {
      const length = Buffer.alloc(4)
      length.writeInt32BE(body.length)
      return [length, body]
    }),
  )
}

function split(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const positions = [...new Set([0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length])].sort((a, b) => a - b)
  return positions.slice(1).map((end, index) => stream.subarray(positions[index], end))
}

function drain(reader: FrameReader): Buffer[] {
  const frames: Buffer[] = []
  for (let frame = reader.next(MAX_BYTES); frame !== null; frame = reader.next(MAX_BYTES)) frames.push(reader.detach(frame))
  return frames
}

/** As a view that the reader may take back. */
function nextInPieces(reader: FrameReader, body: Buffer): Buffer {
  const stream = framed(body)
  reader.push(stream.subarray(0, 65_536))
  expect(reader.next(MAX_BYTES)).toBeNull()
  reader.push(stream.subarray(65_536))
  return reader.next(MAX_BYTES) as Buffer
}

function readAll(chunks: readonly Buffer[]): { readonly frames: Buffer[]; readonly reader: FrameReader } {
  const reader = new FrameReader(new BufferPool(0))
  const frames = chunks.flatMap((chunk) => {
    reader.push(chunk)
    return drain(reader)
  })
  return { frames, reader }
}

describe('FrameReader', () => {
  test('gives the same requests however the stream is split', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 20_000 }), { maxLength: 6 })
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(200_000), { maxLength: 12 }), (expected, cuts) => {
        const { frames, reader } = readAll(split(framed(...expected), cuts))
        expect(frames.map((frame) => frame.toString('hex'))).toEqual(expected.map((body) => Buffer.from(body).toString('hex')))
        expect(reader.heldBytes).toBe(0)
        expect(reader.isInsideFrame).toBe(false)
      }),
    )
  })

  test('any bytes give requests, a wait for more, or a DecodeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.array(fc.nat(5_000), { maxLength: 8 }), (bytes, cuts) => {
        try {
          readAll(split(Buffer.from(bytes), cuts))
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
    )
  })

  test('tells the API of a request before it is taken, if its first bytes are there, and never that of another', () => {
    const bodies = fc.array(fc.uint8Array({ minLength: 2, maxLength: 2_000 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(20_000), { maxLength: 12 }), (expected, cuts) => {
        const reader = new FrameReader(new BufferPool(0))
        let told: number | null = null
        const keys: number[] = []
        for (const chunk of split(framed(...expected), cuts)) {
          reader.push(chunk)
          for (;;) {
            told = reader.nextApiKey ?? told
            const frame = reader.next(MAX_BYTES)
            if (frame === null) break
            if (told !== null) expect(told).toBe(frame.readInt16BE(0))
            told = null
            keys.push(frame.readInt16BE(0))
          }
        }
        expect(keys).toEqual(expected.map((body) => Buffer.from(body).readInt16BE(0)))
      }),
    )
    const whole = new FrameReader(new BufferPool(0))
    whole.push(framed(Buffer.from([0, 7])))
    expect(whole.nextApiKey).toBe(7)
  })

  test('a request that lies in one chunk is a view of it, and a copy when it is detached', () => {
    const chunk = framed(Buffer.from('one'), Buffer.from('two'))
    const reader = new FrameReader(new BufferPool(0))
    reader.push(chunk)
    const one = reader.next(MAX_BYTES) as Buffer
    expect(one.buffer).toBe(chunk.buffer)
    const kept = reader.detach(one)
    chunk.fill(0, 0, 7)
    expect(kept.toString()).toBe('one')
    expect(reader.next(MAX_BYTES)?.toString()).toBe('two')
  })

  test('a request over several chunks has memory that the next one uses again', () => {
    const reader = new FrameReader(new BufferPool(1_000_000))
    const first = nextInPieces(reader, Buffer.alloc(300_000, 7))
    expect(first.equals(Buffer.alloc(300_000, 7))).toBe(true)
    const second = nextInPieces(reader, Buffer.alloc(299_000, 8))
    expect(second.equals(Buffer.alloc(299_000, 8))).toBe(true)
    expect(second.buffer).toBe(first.buffer)
  })

  test('a request that was detached keeps its memory', () => {
    const reader = new FrameReader(new BufferPool(1_000_000))
    const first = reader.detach(nextInPieces(reader, Buffer.alloc(300_000, 7)))
    nextInPieces(reader, Buffer.alloc(300_000, 8))
    expect(first.equals(Buffer.alloc(300_000, 7))).toBe(true)
  })

  test('what is not yet cut up outlives its chunk', () => {
    const reader = new FrameReader(new BufferPool(0))
    const chunk = framed(Buffer.from('one'), Buffer.from('two'))
    reader.push(chunk)
    expect(reader.next(MAX_BYTES)?.toString()).toBe('one')
    reader.keepUnread()
    chunk.fill(0)
    expect(reader.next(MAX_BYTES)?.toString()).toBe('two')
    expect(reader.next(MAX_BYTES)).toBeNull()
  })

  test('a reader that is closed gives back all memory', () => {
    const buffers = new BufferPool(1_000_000)
    const reader = new FrameReader(buffers)
    nextInPieces(reader, Buffer.alloc(100_000))
    reader.push(framed(Buffer.alloc(400_000)).subarray(0, 300_000))
    expect(reader.next(MAX_BYTES)).toBeNull()
    reader.close()
    expect(reader.heldBytes).toBe(0)
    expect(buffers.freeBytes).toBe(2 ** 17 + 2 ** 19)
  })

  test('holds memory for the bytes that came, not for the length that was announced', () => {
    const reader = new FrameReader(new BufferPool(0))
    const start = Buffer.alloc(1_004)
    start.writeInt32BE(100_000_000)
    reader.push(start)
    expect(reader.next(100_000_000)).toBeNull()
    expect(reader.heldBytes).toBeLessThan(10_000)
  })

  test.each([
    ['a negative length', -1],
    ['a length over the bound', MAX_BYTES + 1],
  ])('%s is a DecodeError, in one chunk or byte by byte', (_name, length) => {
    const bytes = Buffer.alloc(8)
    bytes.writeInt32BE(length)
    expect(() => readAll([bytes])).toThrow(DecodeError)
    expect(() => readAll(split(bytes, [1, 2, 3, 4, 5, 6, 7]))).toThrow(DecodeError)
  })

  test('shows the bytes at which it failed', () => {
    const whole = new FrameReader(new BufferPool(0))
    whole.push(Buffer.from('GET / HTTP/1.1'))
    expect(() => whole.next(MAX_BYTES)).toThrow(DecodeError)
    expect(whole.sample(16).toString()).toBe('GET / HTTP/1.1')

    const pieces = new FrameReader(new BufferPool(0))
    pieces.push(Buffer.from('GE'))
    expect(pieces.next(MAX_BYTES)).toBeNull()
    pieces.push(Buffer.from('T / HTTP'))
    expect(() => pieces.next(MAX_BYTES)).toThrow(DecodeError)
    expect(pieces.sample(16).toString()).toBe('GET / HTTP')
  })
})
