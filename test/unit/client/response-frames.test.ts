import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecodeError } from '../../../protocol/errors.ts'
import { ResponseFrames } from '../../../src/client/response-frames.ts'

function framed(payload: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(payload.length)
  return Buffer.concat([length, payload])
}

describe('responses', () => {
  it('are cut alike however their bytes come, and stay when the memory of a chunk is used again', () => {
    const payloads = fc.array(fc.uint8Array({ minLength: 4, maxLength: 60 }), { maxLength: 5 })
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }), (sent, sizes) => {
        const frames = new ResponseFrames({ maxBytes: 1000 })
        const bytes = Buffer.concat(sent.map(framed))
        const got: Buffer[] = []
        for (let position = 0, turn = 0; position < bytes.length; turn++) {
          const chunk = Buffer.from(bytes.subarray(position, position + (sizes[turn % sizes.length] as number)))
          got.push(...frames.push(chunk))
          position += chunk.length
          chunk.fill(0xee)
        }
        expect(got.map((frame) => frame.toString('hex'))).toEqual(sent.map((payload) => Buffer.from(payload).toString('hex')))
      }),
    )
  })

  it('share memory where that is asked for, each valid until the next', () => {
    const frames = new ResponseFrames({ maxBytes: 1_000_000, reusesMemory: true })
    const [first] = frames.push(framed(Buffer.alloc(5000, 1)))
    expect(first?.equals(Buffer.alloc(5000, 1))).toBe(true)
    const [second] = frames.push(framed(Buffer.alloc(4000, 2)))
    expect(second?.equals(Buffer.alloc(4000, 2))).toBe(true)
    expect(second?.buffer).toBe(first?.buffer)
    const [larger] = frames.push(framed(Buffer.alloc(200_000, 3)))
    expect(larger?.equals(Buffer.alloc(200_000, 3))).toBe(true)
  })

  it('may be larger than what is allocated at first', () => {
    const payload = Buffer.alloc(40 * 1024 * 1024, 7)
    const [frame] = new ResponseFrames({ maxBytes: payload.length }).push(framed(payload))
    expect(frame?.equals(payload)).toBe(true)
  })

  it.each([
    ['-1', Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['3, less than a header', Buffer.from([0, 0, 0, 3])],
    ['more than allowed', Buffer.from([0, 0, 4, 0])],
    ['HTTP', Buffer.from('HTTP/1.1')],
  ])('of a length that none has are refused: %s', (_, bytes) => {
    expect(() => new ResponseFrames({ maxBytes: 1000 }).push(bytes)).toThrow(DecodeError)
  })
})
