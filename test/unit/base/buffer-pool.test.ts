import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BufferPool } from '../../../src/base/buffer-pool.ts'

const MEGABYTE = 1 << 20

describe('BufferPool', () => {
  test('gives memory again that was given back, for any size of the same power of two', () => {
    const pool = new BufferPool(MEGABYTE)
    const first = pool.take(70_000)
    pool.giveBack(first)
    const second = pool.take(131_072)
    expect(second.buffer).toBe(first.buffer)
    expect(second.length).toBe(131_072)
    expect(pool.freeBytes).toBe(0)
  })

  test('keeps no more than its bound', () => {
    const pool = new BufferPool(3 * MEGABYTE)
    const taken = Array.from({ length: 5 }, () => pool.take(MEGABYTE))
    for (const buffer of taken) pool.giveBack(buffer)
    expect(pool.freeBytes).toBe(3 * MEGABYTE)
  })

  test.each([1000, 10 * MEGABYTE])('does not keep buffers of %d bytes', (sizeBytes) => {
    const pool = new BufferPool(100 * MEGABYTE)
    const buffer = pool.take(sizeBytes)
    expect(buffer.length).toBe(sizeBytes)
    pool.giveBack(buffer)
    expect(pool.freeBytes).toBe(0)
  })

  test('does not take in memory that others use, nor less than it would give', () => {
    const pool = new BufferPool(MEGABYTE)
    pool.giveBack(pool.take(100_000).subarray(0, 20_000))
    pool.giveBack(pool.take(100_000).subarray(10))
    pool.giveBack(Buffer.from('text'))
    pool.giveBack(Buffer.alloc(100_000))
    expect(pool.freeBytes).toBe(0)
  })

  test('never gives the same memory to two at once', () => {
    const steps = fc.array(fc.record({ sizeBytes: fc.integer({ min: 1, max: 5 * MEGABYTE }), back: fc.nat(5) }), { maxLength: 40 })
    fc.assert(
      fc.property(steps, (all) => {
        const pool = new BufferPool(4 * MEGABYTE)
        const inUse: Buffer[] = []
        for (const { sizeBytes, back } of all) {
          const buffer = pool.take(sizeBytes)
          expect(buffer.length).toBe(sizeBytes)
          if (sizeBytes >= 16_384) expect(inUse.some((other) => other.buffer === buffer.buffer)).toBe(false)
          inUse.push(buffer)
          for (const unused of inUse.splice(0, back)) pool.giveBack(unused)
          expect(pool.freeBytes).toBeLessThanOrEqual(4 * MEGABYTE)
        }
      }),
    )
  })
})
