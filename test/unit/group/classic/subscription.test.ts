import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { subscribedTopics } from '../../../../src/group/classic/subscription.ts'
import { subscription } from '../group-bench.ts'

describe('the topics in what a member says of itself', () => {
  it('are those of its subscription, whatever follows in later versions', () => {
    expect(subscribedTopics(subscription('t', 'u'))).toEqual(['t', 'u'])
    const later = Buffer.concat([subscription('t'), Buffer.from([0, 0, 0, 0, 0, 0, 0, 7])])
    later.writeInt16BE(9, 0)
    expect(subscribedTopics(later)).toEqual(['t'])
  })

  it('are unknown when it is no subscription', () => {
    expect(subscribedTopics(Buffer.from('{"topics":["t"]}'))).toBeNull()
    expect(subscribedTopics(Buffer.alloc(0))).toBeNull()
  })

  it('are strings or unknown, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const topics = subscribedTopics(Buffer.from(bytes))
        expect(topics === null || topics.every((topic) => typeof topic === 'string')).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})
