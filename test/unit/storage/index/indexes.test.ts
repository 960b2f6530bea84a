import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Ports } from '../../../../src/base/ports.ts'
import { writeWhole } from '../../../../src/storage/files/read-whole.ts'
import { IndexMemory } from '../../../../src/storage/index/index-memory.ts'
import { OffsetIndex } from '../../../../src/storage/index/offset-index.ts'
import { TimeIndex } from '../../../../src/storage/index/time-index.ts'
import { TransactionIndex } from '../../../../src/storage/index/transaction-index.ts'
import { World } from '../../../support/world/world.ts'

const PATH = '/index'

function storage(maxBytes = 1_000_000): { disk: Ports['disk']; memory: IndexMemory } {
  return { disk: new World({ seed: 1 }).node('a').ports.disk, memory: new IndexMemory(maxBytes) }
}

describe('OffsetIndex', () => {
  it('finds the entry at or below an offset, and the segment start below all', () => {
    const index = new OffsetIndex(storage(), PATH, 100)
    index.append(110, 500)
    index.append(120, 900)
    expect(index.lookup(109)).toEqual({ offset: 100, position: 0 })
    expect(index.lookup(110)).toEqual({ offset: 110, position: 500 })
    expect(index.lookup(119)).toEqual({ offset: 110, position: 500 })
    expect(index.lookup(1000)).toEqual({ offset: 120, position: 900 })
  })

  it('gives the offset of the first entry at or above a position', () => {
    const index = new OffsetIndex(storage(), PATH, 0)
    index.append(10, 500)
    index.append(20, 900)
    expect(index.offsetAtOrAbovePosition(500)).toBe(10)
    expect(index.offsetAtOrAbovePosition(501)).toBe(20)
    expect(index.offsetAtOrAbovePosition(901)).toBeNull()
  })

  it('writes eight big-endian bytes an entry, relative to the base offset', () => {
    const shared = storage()
    const index = new OffsetIndex(shared, PATH, 1000)
    index.append(1010, 500)
    index.file.write()
    const file = shared.disk.openSync(PATH, 'read')
    const content = Buffer.alloc(file.sizeBytes())
    file.readAt(content, 0)
    expect(content.toString('hex')).toBe('0000000a000001f4')
  })

  it('ends where the zeros of a preallocated file begin, and appends there', () => {
    const shared = storage()
    const entry = Buffer.alloc(8)
    entry.writeInt32BE(10, 0)
    entry.writeInt32BE(500, 4)
    writeWhole(shared.disk, PATH, Buffer.concat([entry, Buffer.alloc(8000)]))
    const index = new OffsetIndex(shared, PATH, 0)
    expect(index.last).toEqual({ offset: 10, position: 500 })
    index.append(20, 900)
    index.file.write()
    expect(shared.disk.openSync(PATH, 'read').sizeBytes()).toBe(16)
  })

  it('drops the entries of an offset and above', () => {
    const index = new OffsetIndex(storage(), PATH, 0)
    for (const offset of [10, 20, 30]) index.append(offset, offset * 10)
    index.truncateTo(20)
    expect(index.last).toEqual({ offset: 10, position: 100 })
  })

  it('is full when it holds as many entries as segment.index.bytes has room for', () => {
    const index = new OffsetIndex(storage(), PATH, 0)
    index.append(10, 100)
    expect(index.isFull(20)).toBe(false)
    index.append(20, 200)
    expect(index.isFull(20)).toBe(true)
  })

  it('reads arbitrary bytes as entries that rise, and finds something at or below any offset', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(2 ** 31), (content, offset) => {
        const shared = storage()
        writeWhole(shared.disk, PATH, Buffer.from(content))
        const index = new OffsetIndex(shared, PATH, 0)
        const found = index.lookup(offset)
        expect(found.offset).toBeLessThanOrEqual(offset)
        expect(found.position).toBeGreaterThanOrEqual(0)
        expect(index.file.count).toBeLessThanOrEqual(content.length / 8)
      }),
    )
  })

  it('finds what a linear search finds', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 5000 })), { maxLength: 60 })
    fc.assert(
      fc.property(steps, fc.nat(3000), (rises, offset) => {
        const index = new OffsetIndex(storage(), PATH, 0)
        const entries = [{ offset: 0, position: 0 }]
        for (const [offsets, bytes] of rises) {
          const last = entries.at(-1) ?? { offset: 0, position: 0 }
          entries.push({ offset: last.offset + offsets, position: last.position + bytes })
          index.append(last.offset + offsets, last.position + bytes)
        }
        expect(index.lookup(offset)).toEqual(entries.findLast((entry) => entry.offset <= offset))
      }),
    )
  })
})

describe('TimeIndex', () => {
  it('keeps timestamps that rise and passes over others', () => {
    const index = new TimeIndex(storage(), PATH, 0)
    index.maybeAppend(1000, 10)
    index.maybeAppend(1000, 20)
    index.maybeAppend(900, 30)
    index.maybeAppend(2000, 40)
    expect(index.file.count).toBe(2)
    expect(index.last).toEqual({ timestampMs: 2000, offset: 40 })
  })

  it('does not record that records have no timestamp', () => {
    const index = new TimeIndex(storage(), PATH, 5)
    index.maybeAppend(-1, 10)
    expect(index.last).toEqual({ timestampMs: -1, offset: 5 })
  })

  it('finds the entry with the largest timestamp that is not above', () => {
    const index = new TimeIndex(storage(), PATH, 0)
    index.maybeAppend(1000, 10)
    index.maybeAppend(2000, 40)
    expect(index.lookup(999)).toEqual({ timestampMs: -1, offset: 0 })
    expect(index.lookup(1999)).toEqual({ timestampMs: 1000, offset: 10 })
    expect(index.lookup(2000)).toEqual({ timestampMs: 2000, offset: 40 })
  })

  it('keeps room for the last entry of a finished segment', () => {
    const index = new TimeIndex(storage(), PATH, 0)
    expect(index.isFull(36)).toBe(false)
    index.maybeAppend(1, 1)
    index.maybeAppend(2, 2)
    expect(index.isFull(36)).toBe(true)
  })

  it('reads arbitrary bytes as entries that rise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 240 }), fc.integer(), (content, timestampMs) => {
        const shared = storage()
        writeWhole(shared.disk, PATH, Buffer.from(content))
        expect(new TimeIndex(shared, PATH, 0).lookup(timestampMs).timestampMs).toBeLessThanOrEqual(Math.max(timestampMs, -1))
      }),
    )
  })
})

describe('TransactionIndex', () => {
  const first = { producerId: 7, firstOffset: 10, lastOffset: 20, lastStableOffset: 15 }
  const second = { producerId: 8, firstOffset: 15, lastOffset: 30, lastStableOffset: 31 }

  it('collects what overlaps a range, and tells when later segments cannot add to it', () => {
    const index = new TransactionIndex(storage(), PATH)
    index.append(first)
    index.append(second)
    const found: unknown[] = []
    expect(index.collect(0, 12, found as never)).toBe(true)
    expect(found).toEqual([first])
    const all: unknown[] = []
    expect(index.collect(18, 100, all as never)).toBe(false)
    expect(all).toEqual([first, second])
  })

  it('is in its file as soon as it is appended', () => {
    const shared = storage()
    new TransactionIndex(shared, PATH).append(first)
    const found: unknown[] = []
    new TransactionIndex(shared, PATH).collect(0, 100, found as never)
    expect(found).toEqual([first])
  })

  it('drops the transactions whose marker was cut off', () => {
    const index = new TransactionIndex(storage(), PATH)
    index.append(first)
    index.append(second)
    index.truncateTo(25)
    const found: unknown[] = []
    index.collect(0, 100, found as never)
    expect(found).toEqual([first])
  })

  it('reads arbitrary bytes without failing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (content) => {
        const shared = storage()
        writeWhole(shared.disk, PATH, Buffer.from(content))
        expect(() => new TransactionIndex(shared, PATH).collect(0, 100, [])).not.toThrow()
      }),
    )
  })
})

describe('IndexMemory', () => {
  it('gives back what was loaded longest ago when the bound is passed, and it is read again when needed', () => {
    const shared = storage(100)
    const indexes = ['/a', '/b', '/c'].map((path) => {
      const written = new OffsetIndex(shared, path, 0)
      for (let offset = 1; offset <= 8; offset++) written.append(offset, offset * 100)
      written.file.write()
      return new OffsetIndex(shared, path, 0)
    })
    for (const index of indexes) expect(index.last.offset).toBe(8)
    expect(shared.memory.bytes).toBeLessThanOrEqual(100)
    expect(indexes[0]?.file.memoryBytes).toBe(0)
    expect(indexes[0]?.last.offset).toBe(8)
  })

  it('is not taken up by what was written and unloaded', () => {
    const shared = storage()
    const index = new OffsetIndex(shared, PATH, 0)
    index.append(10, 500)
    index.file.write()
    index.file.unload()
    expect(index.file.memoryBytes).toBe(0)
    expect(index.last).toEqual({ offset: 10, position: 500 })
    index.append(20, 900)
    index.file.write()
    index.file.unload()
    expect(index.last).toEqual({ offset: 20, position: 900 })
    expect(shared.memory.bytes).toBe(16)
  })

  it('keeps an index with entries that its file lacks', () => {
    const shared = storage(10)
    writeWhole(shared.disk, '/a', Buffer.from('0000000a000001f4', 'hex'))
    writeWhole(shared.disk, '/b', Buffer.from('0000000a000001f4', 'hex'))
    const unwritten = new OffsetIndex(shared, '/a', 0)
    expect(unwritten.last.offset).toBe(10)
    unwritten.append(20, 900)
    expect(new OffsetIndex(shared, '/b', 0).last.offset).toBe(10)
    expect(unwritten.last.offset).toBe(20)
  })
})
