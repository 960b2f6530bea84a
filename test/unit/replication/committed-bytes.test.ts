import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommittedBytes } from '../../../src/replication/committed-bytes.ts'

describe('committed bytes', () => {
  it('count at once where appends are committed at once', () => {
    const bytes = new CommittedBytes()
    bytes.appended(3, 100, 3)
    bytes.appended(5, 50, 5)
    expect(bytes.total).toBe(150)
  })

  it('do not count what may never be committed', () => {
    const bytes = new CommittedBytes()
    bytes.appended(3, 100, 0)
    bytes.forgetPending()
    bytes.committedTo(10)
    expect(bytes.total).toBe(0)
  })

  it('never count more than is committed, and all of it in the end', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ size: fc.integer({ min: 1, max: 1000 }), commits: fc.nat(3) }), { maxLength: 3000 }), (appends) => {
        const bytes = new CommittedBytes()
        const sizes: number[] = []
        let highWatermark = 0
        for (const { size, commits } of appends) {
          sizes.push(size)
          highWatermark = Math.min(sizes.length, highWatermark + commits)
          bytes.appended(sizes.length, size, highWatermark)
          expect(bytes.total).toBeLessThanOrEqual(sum(sizes.slice(0, highWatermark)))
        }
        bytes.committedTo(sizes.length)
        expect(bytes.total).toBe(sum(sizes))
      }),
      { numRuns: 20 },
    )
  })
})

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
