import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PersistentMap } from '../../../src/metadata/persistent-map.ts'

type Step = readonly [operation: 'with' | 'without', key: string | number, value: number]

const key = fc.oneof(fc.string({ maxLength: 2 }), fc.integer({ min: -40, max: 40 }))
const steps = fc.array(fc.tuple(fc.constantFrom('with' as const, 'without' as const), key, fc.nat()), { maxLength: 200 })

function apply(map: PersistentMap<string | number, number>, [operation, key, value]: Step) {
  return operation === 'with' ? map.with(key, value) : map.without(key)
}

describe('a persistent map', () => {
  it('holds what a Map would after the same steps', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const model = new Map<string | number, number>()
        let map = PersistentMap.empty<string | number, number>()
        for (const step of all) {
          map = apply(map, step)
          if (step[0] === 'with') model.set(step[1], step[2])
          else model.delete(step[1])
          expect(map.size).toBe(model.size)
          expect(map.get(step[1])).toBe(model.get(step[1]))
        }
        expect(new Map(map)).toEqual(model)
        expect([...map.keys()]).toHaveLength(model.size)
      }),
    )
  })

  it('does not change when another is made of it', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const base = before.reduce(apply, PersistentMap.empty<string | number, number>())
        const content = new Map(base)
        after.reduce(apply, base)
        expect(new Map(base)).toEqual(content)
      }),
    )
  })

  it('is iterated in the same order whatever its history', () => {
    const forward = PersistentMap.from(Array.from({ length: 500 }, (_, index) => [`topic-${index}`, index] as const))
    let backward = PersistentMap.empty<string, number>()
    for (let index = 999; index >= 0; index--) backward = backward.with(`topic-${index}`, index)
    for (let index = 999; index >= 500; index--) backward = backward.without(`topic-${index}`)
    expect([...backward]).toEqual([...forward])
  })

  it('keeps keys apart whose hashes are the same', () => {
    // Integers that differ by 2^32 are one to a 32-bit hash.
    const map = PersistentMap.from([
      [5, 'a'],
      [5 + 2 ** 32, 'b'],
    ])
    expect(map.get(5)).toBe('a')
    expect(map.get(5 + 2 ** 32)).toBe('b')
    expect([...map.without(5)]).toEqual([[5 + 2 ** 32, 'b']])
  })

  it('is the same object when there was nothing to remove', () => {
    const map = PersistentMap.from<string, number>([['a', 1]])
    expect(map.without('b')).toBe(map)
  })
})
