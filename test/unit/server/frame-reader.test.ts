import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../../protocol/errors.ts'
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
  for (let frame = reader.next(MAX_BYTES); frame !== null; frame = reader.next(MAX_BYTES)) frames.push(frame)
  return frames
}

function readAll(chunks: readonly Buffer[]): { readonly frames: Buffer[]; readonly reader: FrameReader } {
  const reader = new FrameReader()
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

  test('a request that lies in one chunk is a view of it', () => {
    const chunk = framed(Buffer.from('one'), Buffer.from('two'))
    const { frames } = readAll([chunk])
    expect(frames.map(String)).toEqual(['one', 'two'])
    for (const frame of frames) expect(frame.buffer).toBe(chunk.buffer)
  })

  test('a request over several chunks gets a buffer of exactly its size', () => {
    const body = Buffer.alloc(300_000, 7)
    const stream = framed(body)
    const { frames } = readAll([stream.subarray(0, 65_536), stream.subarray(65_536, 131_072), stream.subarray(131_072)])
    expect(frames).toHaveLength(1)
    expect(frames[0]?.equals(body)).toBe(true)
    expect(frames[0]?.buffer.byteLength).toBe(300_000)
  })

  test('holds memory for the bytes that came, not for the length that was announced', () => {
    const reader = new FrameReader()
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
    const whole = new FrameReader()
    whole.push(Buffer.from('GET / HTTP/1.1'))
    expect(() => whole.next(MAX_BYTES)).toThrow(DecodeError)
    expect(whole.sample(16).toString()).toBe('GET / HTTP/1.1')

    const pieces = new FrameReader()
    pieces.push(Buffer.from('GE'))
    expect(pieces.next(MAX_BYTES)).toBeNull()
    pieces.push(Buffer.from('T / HTTP'))
    expect(() => pieces.next(MAX_BYTES)).toThrow(DecodeError)
    expect(pieces.sample(16).toString()).toBe('GET / HTTP')
  })
})
