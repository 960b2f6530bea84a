import { assert } from './assert.ts'

/** What an `IndexedHeap` holds: it writes the item's place into the item, so that removal needs no search. */
export interface HeapItem {
  /** Owned by the heap: -1 outside of any. An item is in one heap at most. */
  heapIndex: number
}

/** A binary heap: the least item at the top, O(log n) insertion and removal of any item. Size is the owner's to bound. */
export class IndexedHeap<Item extends HeapItem> {
  readonly #items: Item[] = []
  readonly #isBefore: (a: Item, b: Item) => boolean

  /** @param isBefore a strict order; where it leaves ties, their order is arbitrary */
  constructor(isBefore: (a: Item, b: Item) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#items.length
  }

  peek(): Item | undefined {
    return this.#items[0]
  }

  push(item: Item): void {
    assert(item.heapIndex === -1, 'an item stands in one heap at most')
    this.#items.push(item)
    this.#siftUp(item, this.#items.length - 1)
  }

  pop(): Item | undefined {
    const top = this.#items[0]
    if (top !== undefined) this.remove(top)
    return top
  }

  /** False when the item is not in the heap. */
  remove(item: Item): boolean {
    const index = item.heapIndex
    if (index < 0) return false
    assert(this.#items[index] === item, 'an item is removed from the heap that holds it')
    item.heapIndex = -1
    const last = this.#items.pop() as Item
    if (last !== item) {
      this.#siftUp(last, index)
      if (last.heapIndex === index) this.#siftDown(last, index)
    }
    return true
  }

  /** In no order. */
  items(): IterableIterator<Item> {
    return this.#items.values()
  }

  #siftUp(item: Item, from: number): void {
    const items = this.#items
    let index = from
    while (index > 0) {
      const parentIndex = (index - 1) >> 1
      const parent = items[parentIndex] as Item
      if (!this.#isBefore(item, parent)) break
      items[index] = parent
      parent.heapIndex = index
      index = parentIndex
    }
    items[index] = item
    item.heapIndex = index
  }

  #siftDown(item: Item, from: number): void {
    const items = this.#items
    let index = from
    for (;;) {
      let childIndex = 2 * index + 1
      if (childIndex >= items.length) break
      const rightIndex = childIndex + 1
      if (rightIndex < items.length && this.#isBefore(items[rightIndex] as Item, items[childIndex] as Item)) childIndex = rightIndex
      const child = items[childIndex] as Item
      if (!this.#isBefore(child, item)) break
      items[index] = child
      child.heapIndex = index
      index = childIndex
    }
    items[index] = item
    item.heapIndex = index
  }
}
