import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../protocol/errors.ts'
import { OdradekError } from '../../src/base/errors.ts'
import { restoreNode } from '../../src/cli/backup/restored-node.ts'
import { encodeTarHeader, padding } from '../../src/cli/backup/tar-header.ts'
import { MemoryDisk } from '../../src/platform/disk/memory-disk.ts'
import { nodeClock } from '../../src/platform/time/node-clock.ts'
import { archiveOf, ENTRIES, inChunks } from '../support/backup-archives.ts'

const runs = Number(process.env.ODRADEK_PROPERTY_RUNS ?? 15)
const sound = await archiveOf()

/** Restores into a directory beside another one. @returns the names beside it, and in it, and what it failed with */
async function restored(bytes: Uint8Array, chunkBytes: number) {
  const disk = new MemoryDisk(nodeClock, 64 * 1024 * 1024)
  await disk.makeDirectory('/home/data')
  await disk.makeDirectory('/home/others')
  const expected = { nodeId: null, clusterId: null, metadataTarget: null }
  const error = await restoreNode({ disk, chunks: inChunks(bytes, chunkBytes), targets: ['/home/data'], expected, replace: false }).then(
    () => null,
    (caught: unknown) => caught,
  )
  return {
    error,
    in: await disk.list('/home/data'),
    beside: (await disk.list('/home')).map(({ name }) => name),
    root: (await disk.list('/')).map(({ name }) => name),
  }
}

async function expectRefused(bytes: Uint8Array, chunkBytes: number): Promise<void> {
  const found = await restored(bytes, chunkBytes)
  expect(found.error instanceof DecodeError || found.error instanceof OdradekError, String(found.error)).toBe(true)
  expect(found).toMatchObject({ in: [], beside: ['data', 'others'], root: ['home'] })
}

const chunkBytes = fc.integer({ min: 1, max: 5000 })

describe('whatever is given for an archive', () => {
  test('any bytes are refused, and leave nothing', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), chunkBytes, expectRefused), { numRuns: 10 * runs })
  })

  test('a sound one with bytes that are not as they were is refused, or is as it was', async () => {
    const change = fc.record({ at: fc.nat(sound.length - 1), byte: fc.integer({ min: 0, max: 255 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), chunkBytes, async (changes, size) => {
        const bytes = Buffer.from(sound)
        for (const { at, byte } of changes) bytes[at] = byte
        const found = await restored(bytes, size)
        expect(found.beside).toEqual(['data', 'others'])
        if (found.error === null) expect(found.in.map(({ name }) => name)).toEqual(['__cluster_metadata-0', 'meta.properties', 'orders-0'])
        else expect(found.in).toEqual([])
      }),
      { numRuns: 20 * runs },
    )
  })

  test('a sound one that is cut, or has something in it, is refused', async () => {
    const piece = fc.record({ at: fc.nat(sound.length), bytes: fc.uint8Array({ minLength: 1, maxLength: 700 }) })
    await fc.assert(
      fc.asyncProperty(piece, chunkBytes, async ({ at, bytes }, size) => {
        const isZeros = bytes.every((byte) => byte === 0)
        await expectRefused(sound.subarray(0, Math.min(at, sound.length - 512)), size)
        if (!isZeros) await expectRefused(Buffer.concat([sound.subarray(0, at), bytes, sound.subarray(at)]), size)
      }),
      { numRuns: 10 * runs },
    )
  })

  test('entries of any path are refused, and never written anywhere', async () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '', 'data-0', 'orders-0', '/', 'meta.properties', '00000000000000000000.log', 'C:'),
      fc.string({ maxLength: 12 }),
    )
    const path = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/').replace(/[^\x20-\x7e]/g, '_'))
    await fc.assert(
      fc.asyncProperty(path, chunkBytes, async (name, size) => {
        fc.pre(!ENTRIES.some(([known]) => known === name) && name !== '' && name !== 'manifest.json')
        const entry = Buffer.concat([encodeTarHeader({ path: name, sizeBytes: 1 }, 0), Buffer.from('x'), padding(1)])
        const first = sound.subarray(0, sound.indexOf('data-0/meta.properties'))
        const found = await restored(Buffer.concat([first, entry, sound.subarray(first.length)]), size)
        expect(found.beside).toEqual(['data', 'others'])
        // What is a place in a node and not in the manifest counts as overtaken.
        if (found.error !== null) expect(found.in).toEqual([])
        else expect(found.in.map(({ name: left }) => left)).toEqual(expect.arrayContaining(['meta.properties']))
      }),
      { numRuns: 20 * runs },
    )
  })
})
