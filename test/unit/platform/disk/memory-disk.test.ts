import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemoryDisk } from '../../../../src/platform/disk/memory-disk.ts'
import { nodeClock } from '../../../../src/platform/time/node-clock.ts'

const PAGE_BYTES = 64 * 1024

describe('a disk in memory', () => {
  test('holds what was written wherever it was written, and zeros between', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), position: fc.nat(4 * PAGE_BYTES), length: fc.nat(2 * PAGE_BYTES) }),
      fc.record({ kind: fc.constant('truncate' as const), position: fc.nat(5 * PAGE_BYTES), length: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const file = new MemoryDisk(nodeClock).openSync('/a', 'create')
        let expected = Buffer.alloc(0)
        steps.forEach(({ kind, position, length }, index) => {
          const sizeBytes = kind === 'truncate' ? position : Math.max(expected.length, length === 0 ? 0 : position + length)
          const next = Buffer.alloc(sizeBytes)
          expected.copy(next)
          expected = next
          if (kind === 'truncate') file.truncate(position)
          else {
            const written = Buffer.alloc(length, index + 1)
            expected.set(written, length === 0 ? 0 : position)
            file.writeAt([written], position)
          }
        })
        const found = Buffer.alloc(file.sizeBytes(), 0xff)
        expect(file.readAt(found, 0)).toBe(expected.length)
        expect(found.equals(expected)).toBe(true)
      }),
    )
  })

  test('is full at its capacity, and has room again when files are cut, replaced or removed', async () => {
    const disk = new MemoryDisk(nodeClock, 2 * PAGE_BYTES)
    const file = disk.openSync('/a', 'create')
    const full = expect.objectContaining({ reason: 'no-space' })
    file.writeAt([Buffer.alloc(2 * PAGE_BYTES)], 0)
    expect(await disk.space('/a')).toEqual({ totalBytes: 2 * PAGE_BYTES, freeBytes: 0 })
    expect(() => file.writeAt([Buffer.alloc(1)], 2 * PAGE_BYTES)).toThrow(full)
    await expect(disk.writeFileAtomic('/b', Buffer.alloc(1))).rejects.toThrow(full)
    file.truncate(PAGE_BYTES)
    await disk.writeFileAtomic('/b', Buffer.alloc(PAGE_BYTES))
    await expect(disk.writeFileAtomic('/b', Buffer.alloc(PAGE_BYTES))).rejects.toThrow(full)
    await disk.removeFile('/a')
    await disk.writeFileAtomic('/b', Buffer.alloc(PAGE_BYTES))
    await disk.rename('/b', '/c')
    await disk.removeDirectory('/c')
    expect(await disk.space('/')).toEqual({ totalBytes: 2 * PAGE_BYTES, freeBytes: 2 * PAGE_BYTES })
  })

  test('takes little for small files, and nothing for what was never written', async () => {
    const disk = new MemoryDisk(nodeClock)
    disk.openSync('/sparse', 'create').truncate(100 * PAGE_BYTES)
    await disk.writeFileAtomic('/small', Buffer.alloc(43))
    const { totalBytes, freeBytes } = await disk.space('/')
    expect(totalBytes - freeBytes).toBe(512)
  })

  test('does not move a directory into itself', async () => {
    const disk = new MemoryDisk(nodeClock)
    await disk.makeDirectory('/a/b')
    await expect(disk.rename('/a', '/a/b/c')).rejects.toMatchObject({ reason: 'io' })
    expect(await disk.list('/a')).toEqual([{ name: 'b', kind: 'directory' }])
  })
})
