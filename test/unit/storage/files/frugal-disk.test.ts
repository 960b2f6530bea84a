import { describe, expect, it } from 'vitest'
import { FrugalDisk } from '../../../../src/storage/files/frugal-disk.ts'
import { OpenFiles } from '../../../../src/storage/files/open-files.ts'
import { startWorld } from '../support.ts'

const SHORTAGE = { reason: 'too-many-files', operation: 'open' } as const

async function opened(count: number) {
  const started = startWorld()
  const { ports } = started
  const frugal = new FrugalDisk(ports.disk, ports.timers)
  const openFiles = new OpenFiles(frugal, 100)
  frugal.onShortage(() => openFiles.makeRoom())
  const files = Array.from({ length: count }, (_, index) => openFiles.file(`/file${index}`))
  for (const file of files) file.get('create')
  return { started, frugal, openFiles, files, faults: started.world.node('a').faults }
}

describe('a disk when the process has as many files open as it may', () => {
  it('closes files that can be opened again, and opens what was asked for', async () => {
    const { started, frugal, openFiles, files, faults } = await opened(16)
    await using _ = started
    faults.failNext({ ...SHORTAGE, times: 2 })
    frugal.openSync('/file0', 'read').close()
    expect(openFiles.count).toBe(12)
    for (const file of files) file.get().writeAt([Buffer.from('x')], 0)
    expect(files.every((file) => file.get().sizeBytes() === 1)).toBe(true)
  })

  it('keeps fewer open from then on, though never none', async () => {
    const { started, frugal, openFiles, files, faults } = await opened(40)
    await using _ = started
    faults.failNext({ ...SHORTAGE, times: 3 })
    ;(await frugal.open('/file0', 'read')).close()
    for (const file of files) file.get()
    expect(openFiles.count).toBeLessThan(30)
    expect(openFiles.count).toBeGreaterThanOrEqual(16)
  })

  it('waits for others to close theirs where it may wait, and gives up in the end', async () => {
    const { started, frugal, faults } = await opened(0)
    await using _ = started
    faults.failNext({ ...SHORTAGE, operation: 'list', times: 5 })
    expect(await frugal.list('/')).toEqual([])
    faults.failNext({ ...SHORTAGE, operation: 'list', times: Number.POSITIVE_INFINITY })
    await expect(frugal.list('/')).rejects.toMatchObject({ reason: 'too-many-files' })
    faults.clear()
    faults.failNext({ ...SHORTAGE, operation: 'create' })
    expect(() => frugal.openSync('/new', 'create')).toThrow(expect.objectContaining({ reason: 'too-many-files' }))
  })

  it('passes on every other failure at once', async () => {
    const { started, frugal, openFiles, faults } = await opened(8)
    await using _ = started
    faults.failNext({ reason: 'io', operation: 'open' })
    expect(() => frugal.openSync('/file0', 'read')).toThrow(expect.objectContaining({ reason: 'io' }))
    expect(openFiles.count).toBe(8)
  })
})
