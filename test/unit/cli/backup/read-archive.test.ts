import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../../../protocol/errors.ts'
import { checkArchive } from '../../../../src/cli/backup/check-archive.ts'
import { encodeTarHeader, padding } from '../../../../src/cli/backup/tar-header.ts'
import { type ArchiveShape, archiveOf, ENTRIES, HEADER, inChunks } from '../../../support/backup-archives.ts'

async function check(shape: ArchiveShape = {}): ReturnType<typeof checkArchive> {
  return checkArchive(inChunks(await archiveOf(shape)))
}

function entry(path: string, content: string): Buffer {
  return Buffer.concat([encodeTarHeader({ path, sizeBytes: content.length }, 0), Buffer.from(content), padding(content.length)])
}

describe('an archive', () => {
  test('that is whole says whose it is and what is in it', async () => {
    expect(await check()).toMatchObject({ header: HEADER, files: 4 })
  })

  test('is read in chunks of any size', async () => {
    const bytes = await archiveOf()
    for (const chunkBytes of [1, 511, 512, 513, bytes.length]) expect(await checkArchive(inChunks(bytes, chunkBytes))).toMatchObject({ files: 4 })
  })

  test('may hold what was overtaken while it was written, and what took its place', async () => {
    const [first, log, metadata] = ENTRIES as [(typeof ENTRIES)[0], (typeof ENTRIES)[0], (typeof ENTRIES)[0]]
    const stale = 'data-0/orders-0/00000000000000000009.log'
    expect(await check({ entries: [first, [log[0], 'other records'], [stale, 'cut off'], log, metadata], overtaken: [stale] })).toMatchObject({ files: 4 })
  })

  test('that is cut short anywhere is refused', async () => {
    const bytes = await archiveOf()
    for (let end = 0; end < bytes.length - 1; end += 97)
      await expect(checkArchive(inChunks(bytes.subarray(0, end))), `${end} bytes`).rejects.toThrow(DecodeError)
    await expect(checkArchive(inChunks(bytes.subarray(0, -512)))).rejects.toThrow('it ends too early')
  })

  test.each([
    [
      'with a file that is not what the manifest says',
      { digests: (files) => files.map((file) => ({ ...file, sha256: '0'.repeat(64) })) },
      'is not what its manifest says',
    ],
    ['with a file of another size', { digests: (files) => files.map((file) => ({ ...file, sizeBytes: 1 })) }, 'is not what its manifest says'],
    [
      'that lacks a file',
      { digests: (files) => [...files, { path: 'data-0/orders-1/00000000000000000000.log', sizeBytes: 0, sha256: '0'.repeat(64) }] },
      'it lacks data-0/orders-1',
    ],
    ['with a path that leads outside', { entries: [...ENTRIES, ['data-0/../../evil', 'x']] }, 'which no backup does'],
    ['with an absolute path', { entries: [...ENTRIES, ['/etc/passwd', 'x']] }, 'which no backup does'],
    ['with a directory that it does not announce', { entries: [...ENTRIES, ['data-1/meta.properties', 'x']] }, 'which no backup does'],
    ['of another program', { header: Buffer.from('{"format":"zip"}') }, 'it is no backup of a node'],
    ['of a later version', { header: Buffer.from('{"format":"odradek-backup","formatVersion":2}') }, 'has version 2 of the format'],
    ['with a header that is no JSON', { header: Buffer.from('{') }, 'it is not JSON'],
    [
      'without a metadata log',
      { header: { ...HEADER, directories: [{ ...HEADER.directories[0], holdsMetadata: false }] } },
      'one directory with the metadata log',
    ],
  ] as [string, ArchiveShape, string][])('%s is refused', async (_, shape, why) => {
    await expect(check(shape)).rejects.toThrow(why)
    await expect(check(shape)).rejects.toThrow(DecodeError)
  })

  test('that begins or ends otherwise is refused', async () => {
    const bytes = await archiveOf()
    await expect(checkArchive(inChunks(Buffer.concat([entry('readme', 'x'), bytes])))).rejects.toThrow('begins with "readme"')
    await expect(checkArchive(inChunks(Buffer.concat([bytes.subarray(0, -1024), entry('data-0/meta.properties', 'x'), Buffer.alloc(1024)])))).rejects.toThrow(
      'stands behind its manifest',
    )
    await expect(checkArchive(inChunks(Buffer.concat([bytes, Buffer.from('x')])))).rejects.toThrow('stands behind its end')
  })

  test('that its chunks end with an error fails with that', async () => {
    const failing = async function* () {
      yield (await archiveOf()).subarray(0, 700)
      throw new Error('the disk is gone')
    }
    await expect(checkArchive(failing())).rejects.toThrow('the disk is gone')
  })
})
