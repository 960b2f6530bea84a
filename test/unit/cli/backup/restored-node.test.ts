import { describe, expect, test } from 'vitest'
import { type ExpectedNode, restoreNode } from '../../../../src/cli/backup/restored-node.ts'
import { refuseUnfinishedRestore, UNFINISHED_RESTORE, UNPACKED_RESTORE } from '../../../../src/node/directories/unfinished-restore.ts'
import { MemoryDisk } from '../../../../src/platform/disk/memory-disk.ts'
import { nodeClock } from '../../../../src/platform/time/node-clock.ts'
import { encodeMetaProperties } from '../../../../src/raft/format/meta-properties.ts'
import { type ArchiveShape, archiveOf, CLUSTER_ID, DIRECTORY_ID, ENTRIES, HEADER, inChunks } from '../../../support/backup-archives.ts'

const ANY: ExpectedNode = { nodeId: null, clusterId: null, metadataTarget: null }

interface Restore {
  readonly shape?: ArchiveShape
  readonly bytes?: Buffer
  readonly targets?: readonly string[]
  readonly expected?: Partial<ExpectedNode>
  readonly replace?: boolean
  readonly signal?: AbortSignal
  readonly volumeOf?: (path: string) => string
}

async function restore(disk: MemoryDisk, { shape = {}, bytes, targets = ['/data'], expected = {}, replace = false, ...others }: Restore = {}) {
  return restoreNode({ disk, chunks: inChunks(bytes ?? (await archiveOf(shape))), targets, expected: { ...ANY, ...expected }, replace, ...others })
}

/** All files below, by path. */
async function contentOf(disk: MemoryDisk, directory = '/'): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const { name, kind } of await disk.list(directory)) {
    const path = `${directory === '/' ? '' : directory}/${name}`
    if (kind === 'directory') Object.assign(found, await contentOf(disk, path), { [`${path}/`]: '' })
    else found[path] = String(await disk.readFile(path))
  }
  return found
}

async function put(disk: MemoryDisk, path: string, content: string | Buffer): Promise<void> {
  await disk.makeDirectory(path.slice(0, path.lastIndexOf('/')))
  await disk.writeFileAtomic(path, Buffer.from(content))
}

function emptyDisk(capacityBytes?: number): MemoryDisk {
  return new MemoryDisk(nodeClock, capacityBytes)
}

const RESTORED = Object.fromEntries(ENTRIES.map(([path, content]) => [path.replace('data-0', '/data'), String(content)]))

describe('a node that is restored', () => {
  test('has the files of the archive, and nothing else', async () => {
    const disk = emptyDisk()
    await restore(disk)
    expect(await contentOf(disk)).toEqual({ ...RESTORED, '/data/': '', '/data/orders-0/': '', '/data/__cluster_metadata-0/': '' })
  })

  test('has nothing of what was overtaken while the archive was written', async () => {
    const disk = emptyDisk()
    const stale = 'data-0/orders-0/00000000000000000009.log'
    await restore(disk, { shape: { entries: [...ENTRIES, [stale, 'cut off']], overtaken: [stale] } })
    expect(await contentOf(disk)).toMatchObject(RESTORED)
    expect(await disk.info('/data/orders-0/00000000000000000009.log')).toBeNull()
  })

  test('finds each of its directories again', async () => {
    const disk = emptyDisk()
    const second = { path: '/more', directoryId: 'AAAAAAAAAAAAAAAAAAAAAg' as typeof DIRECTORY_ID, holdsMetadata: false }
    const header = { ...HEADER, directories: [...HEADER.directories, second] }
    const properties = encodeMetaProperties({ clusterId: CLUSTER_ID, nodeId: 1, directoryId: second.directoryId })
    const entries = [...ENTRIES, ['data-1/meta.properties', properties], ['data-1/orders-1/00000000000000000000.log', 'there']] as typeof ENTRIES
    await restore(disk, { shape: { header, entries }, targets: ['/data', '/other'] })
    expect(await contentOf(disk)).toMatchObject({ ...RESTORED, '/other/orders-1/00000000000000000000.log': 'there' })
  })

  test('takes the place of older data of the same node when that is told', async () => {
    const disk = emptyDisk()
    await put(disk, '/data/meta.properties', encodeMetaProperties({ clusterId: CLUSTER_ID, nodeId: 1, directoryId: DIRECTORY_ID }))
    await put(disk, '/data/orders-7/00000000000000000000.log', 'older')
    await restore(disk, { replace: true })
    expect(await contentOf(disk)).toEqual({ ...RESTORED, '/data/': '', '/data/orders-0/': '', '/data/__cluster_metadata-0/': '' })
  })

  test('may have a directory that holds what is no data', async () => {
    const disk = emptyDisk()
    await put(disk, '/data/lost+found/x', '')
    await restore(disk)
    expect(await contentOf(disk)).toMatchObject({ ...RESTORED, '/data/lost+found/x': '' })
  })

  test('goes on after a restore that was interrupted before it touched anything, and with --replace after one that had', async () => {
    const disk = emptyDisk()
    await put(disk, `/data/${UNPACKED_RESTORE}/orders-9/x`, 'half')
    await restore(disk)
    expect(await contentOf(disk)).toMatchObject(RESTORED)
    await put(disk, `/data/${UNPACKED_RESTORE}/orders-9/x`, 'half')
    await disk.makeDirectory(`/data/${UNFINISHED_RESTORE}`)
    await expect(restore(disk)).rejects.toThrow('a restore into /data was interrupted: run it again with --replace')
    await restore(disk, { replace: true })
    expect(await contentOf(disk)).toEqual({ ...RESTORED, '/data/': '', '/data/orders-0/': '', '/data/__cluster_metadata-0/': '' })
  })
})

describe('a restore with --replace that is ended at any moment', () => {
  const properties = encodeMetaProperties({ clusterId: CLUSTER_ID, nodeId: 1, directoryId: DIRECTORY_ID })
  const before = { '/data/meta.properties': String(properties), '/data/orders-7/00000000000000000000.log': 'older' }
  const after = { ...RESTORED, '/data/': '', '/data/orders-0/': '', '/data/__cluster_metadata-0/': '' }

  /** A disk that works no more from its `count`th change on, as when the process is killed. */
  function killedAt(disk: MemoryDisk, count: number): MemoryDisk {
    let left = count
    const isChange = new Set<PropertyKey>(['makeDirectory', 'removeDirectory', 'removeFile', 'rename', 'flushDirectory', 'open'])
    return new Proxy(disk, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown
        if (typeof value !== 'function') return value
        if (!isChange.has(name)) return value.bind(target)
        return async (...args: unknown[]) => {
          if (--left < 0) throw new Error('killed')
          return value.apply(target, args)
        }
      },
    })
  }

  test('leaves the former data whole and says so, or the mark to begin anew, or all that was restored', async () => {
    const outcomes = new Set<string>()
    for (let count = 0; !outcomes.has('restored'); count++) {
      const disk = emptyDisk()
      for (const [path, content] of Object.entries(before)) await put(disk, path, content)
      await restore(killedAt(disk, count), { replace: true }).catch((error: unknown) => expect(String(error)).toContain('killed'))
      const refusal = await refuseUnfinishedRestore(new Set(['/data']), disk).then(
        () => null,
        (error: Error) => error.message,
      )
      const found = await contentOf(disk)
      if (refusal === null) {
        expect([found['/data/orders-7/00000000000000000000.log'] === 'older' ? { ...before, ...found } : after]).toEqual([found])
        outcomes.add(found['/data/orders-7/00000000000000000000.log'] === 'older' ? 'untouched' : 'restored')
      } else if (refusal.includes('It had touched nothing yet')) {
        expect(found).toMatchObject(before)
        outcomes.add('unpacked')
      } else {
        expect(refusal).toBe('cannot use the log directory /data: a restore into it did not come to its end. Run `odradek restore` again with --replace.')
        outcomes.add('unfinished')
      }
      await restore(disk, { replace: true })
      expect(await contentOf(disk)).toEqual(after)
    }
    expect(outcomes).toEqual(new Set(['untouched', 'unpacked', 'unfinished', 'restored']))
  })

  test('by a signal, before files get their places, leaves everything as it was', async () => {
    const disk = emptyDisk()
    for (const [path, content] of Object.entries(before)) await put(disk, path, content)
    const found = await contentOf(disk)
    const signal = AbortSignal.abort(new Error('Ctrl-C'))
    await expect(restore(disk, { replace: true, signal })).rejects.toThrow('Ctrl-C')
    expect(await contentOf(disk)).toEqual(found)
  })
})

describe('what is refused leaves everything as it was:', () => {
  const other = encodeMetaProperties({ clusterId: 'other', nodeId: 1, directoryId: DIRECTORY_ID })
  const damaged = async () => {
    const bytes = await archiveOf()
    bytes.write('X', bytes.indexOf('records'))
    return bytes
  }

  test.each<[string, Restore, string]>([
    ['a damaged archive', {}, 'is not what its manifest says'],
    ['an archive of another node', { expected: { nodeId: 2 } }, 'it is of node 1 of cluster cluster, and node 2 is to be restored'],
    ['an archive of another cluster', { expected: { clusterId: 'other' } }, 'a node of cluster other is to be restored'],
    ['another number of directories', { targets: ['/data', '/more'] }, 'it holds 1 directories (/data), and 2 are named'],
    ['a metadata log in another place', { expected: { metadataTarget: '/elsewhere' } }, 'the settings of the node expect it in /elsewhere'],
    [
      'directories that are not those announced',
      { shape: { entries: [['data-0/meta.properties', other], ...ENTRIES.slice(1)] } },
      'is not the directory that it says',
    ],
    ['a metadata log that is not there', { shape: { entries: ENTRIES.slice(0, 2) } }, 'its metadata log is not where it says'],
    ['more than the disk has', { shape: { header: { ...HEADER, estimatedBytes: 1e12 } } }, 'it takes about 1 TB, and /data has 1.07 GB free'],
  ])('%s', async (name, what, why) => {
    for (const before of [{}, { '/data/lost+found/x': 'kept' }]) {
      const disk = emptyDisk()
      for (const [path, content] of Object.entries(before)) await put(disk, path, content)
      const found = await contentOf(disk)
      await expect(restore(disk, name === 'a damaged archive' ? { ...what, bytes: await damaged() } : what)).rejects.toThrow(why)
      expect(await contentOf(disk)).toEqual(found)
    }
  })

  test('more than a volume has that holds several of its directories: its space counts once', async () => {
    const disk = emptyDisk()
    const second = { path: '/more', directoryId: 'AAAAAAAAAAAAAAAAAAAAAg' as typeof DIRECTORY_ID, holdsMetadata: false }
    const header = { ...HEADER, directories: [...HEADER.directories, second], estimatedBytes: 1.5e9 }
    const what = { shape: { header }, targets: ['/data', '/other'], volumeOf: () => 'one' }
    await expect(restore(disk, what)).rejects.toThrow('it takes about 1.5 GB, and /data and /other have 1.07 GB free')
  })

  test('a target that is not empty', async () => {
    const disk = emptyDisk()
    await put(disk, '/data/notes.txt', 'mine')
    await expect(restore(disk)).rejects.toThrow('/data is not empty (notes.txt). Move that away, or let it go with --replace')
    expect(await contentOf(disk)).toEqual({ '/data/': '', '/data/notes.txt': 'mine' })
  })

  test('data of another node, also with --replace', async () => {
    const disk = emptyDisk()
    await put(disk, '/data/meta.properties', other)
    await expect(restore(disk, { replace: true })).rejects.toThrow('it belongs to cluster other, expected is cluster')
    expect(await contentOf(disk)).toEqual({ '/data/': '', '/data/meta.properties': String(other) })
  })

  test('a directory that a node uses', async () => {
    const disk = emptyDisk()
    await disk.makeDirectory('/data')
    await disk.lockDirectory('/data')
    await expect(restore(disk)).rejects.toThrow('/data is in use by')
    expect(await contentOf(disk)).toEqual({ '/data/': '' })
  })

  test('what does not fit on the disk', async () => {
    const disk = emptyDisk(4096)
    await expect(restore(disk, { shape: { entries: [...ENTRIES, ['data-0/orders-1/00000000000000000000.log', Buffer.alloc(8192)]] } })).rejects.toThrow(
      'the volume is full',
    )
    expect(await contentOf(disk)).toEqual({})
  })

  test('a bad archive, where an earlier restore was interrupted: the mark of that stays', async () => {
    const disk = emptyDisk()
    await put(disk, `/data/${UNPACKED_RESTORE}/orders-9/x`, 'half')
    await disk.makeDirectory(`/data/${UNFINISHED_RESTORE}`)
    await put(disk, '/data/orders-0/x', 'half')
    await expect(restore(disk, { bytes: await damaged(), replace: true })).rejects.toThrow('is not what its manifest says')
    const marks = { [`/data/${UNPACKED_RESTORE}/`]: '', [`/data/${UNFINISHED_RESTORE}/`]: '' }
    expect(await contentOf(disk)).toEqual({ '/data/': '', '/data/orders-0/': '', '/data/orders-0/x': 'half', ...marks })
  })
})
