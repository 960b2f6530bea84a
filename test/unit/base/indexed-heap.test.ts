import fc from 'fast-check'
import { expect, it } from 'vitest'
import { IndexedHeap } from '../../../src/base/indexed-heap.ts'

interface Item {
  readonly rank: number
  heapIndex: number
}

const item = (rank: number): Item => ({ rank, heapIndex: -1 })
const heapOf = (items: readonly Item[]) => {
  const heap = new IndexedHeap<Item>((a, b) => a.rank < b.rank)
  for (const each of items) heap.push(each)
  return heap
}
const drain = (heap: IndexedHeap<Item>) => {
  const ranks: number[] = []
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) ranks.push(top.rank)
  return ranks
}

it('items leave in order, whatever was removed between', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 50 }), fc.boolean()), { maxLength: 200 }), (plan) => {
      const items = plan.map(([rank, remove]) => ({ ...item(rank), remove }))
      const heap = heapOf(items)
      for (const each of items) if (each.remove) expect(heap.remove(each)).toBe(true)
      const kept = items.filter((each) => !each.remove).map((each) => each.rank)
      expect(heap.size).toBe(kept.length)
      expect(drain(heap)).toEqual(kept.sort((a, b) => a - b))
    }),
  )
})

it('an item that left can be removed without effect, and come again', () => {
  const a = item(1)
  const heap = heapOf([a, item(2)])
  expect(heap.pop()).toBe(a)
  expect(heap.remove(a)).toBe(false)
  heap.push(a)
  expect(drain(heap)).toEqual([1, 2])
})

it('an item of another heap is refused', () => {
  const a = item(1)
  heapOf([a])
  expect(() => heapOf([a])).toThrow('one heap')
  expect(() => heapOf([item(3)]).remove(a)).toThrow('heap that holds it')
})
