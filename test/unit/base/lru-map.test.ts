import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LruMap } from '../../../src/base/lru-map.ts'

it('the key unused for the longest gives way, and the owner hears of it', () => {
  const evicted: string[] = []
  const map = new LruMap<string, number>({ capacity: 2, onEvict: (key, value) => evicted.push(`${key}=${value}`) })
  map.set('a', 1)
  map.set('b', 2)
  expect(map.get('a')).toBe(1)
  map.set('c', 3)
  expect(evicted).toEqual(['b=2'])
  expect([...map.entries()]).toEqual([
    ['a', 1],
    ['c', 3],
  ])
})

it('peeking is no use, replacing is one, and neither evicts', () => {
  const map = new LruMap<string, number>({ capacity: 2, onEvict: () => expect.fail('nothing gives way') })
  map.set('a', 1)
  map.set('b', 2)
  expect(map.peek('a')).toBe(1)
  map.set('a', 3)
  expect([...map.values()]).toEqual([2, 3])
})

it('never holds more than its capacity', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.tuple(fc.nat({ max: 9 }), fc.boolean())), (capacity, steps) => {
      const map = new LruMap<number, number>({ capacity })
      for (const [key, write] of steps) {
        if (write) map.set(key, key)
        else expect(map.get(key)).toBe(map.has(key) ? key : undefined)
        expect(map.size).toBeLessThanOrEqual(capacity)
      }
    }),
  )
})
