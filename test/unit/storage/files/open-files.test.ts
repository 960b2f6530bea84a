import { describe, expect, it } from 'vitest'
import { offsetFileName, offsetOfFileName, setAsideDirectoryName } from '../../../../src/storage/files/file-names.ts'
import { OpenFiles } from '../../../../src/storage/files/open-files.ts'
import { World } from '../../../support/world/world.ts'

describe('OpenFiles', () => {
  function filesOf(count: number, maxOpen: number) {
    const openFiles = new OpenFiles(new World({ seed: 1 }).node('a').ports.disk, maxOpen)
    return { openFiles, files: Array.from({ length: count }, (_, index) => openFiles.file(`/${index}`)) }
  }

  it('opens a file when it is first used and keeps it open', () => {
    const { files, openFiles } = filesOf(1, 4)
    expect(files[0]?.isOpen).toBe(false)
    expect(files[0]?.get('create')).toBe(files[0]?.get())
    expect(openFiles.count).toBe(1)
  })

  it('never holds more files open than it may, and a closed one is usable again', () => {
    const { files, openFiles } = filesOf(20, 4)
    for (const file of files) {
      file.get('create').writeAt([Buffer.from('x')], 0)
      expect(openFiles.count).toBeLessThanOrEqual(4)
    }
    for (const file of files) expect(file.get().sizeBytes()).toBe(1)
    expect(openFiles.count).toBe(4)
  })

  it('keeps a file open that is used all the time', () => {
    const { files } = filesOf(20, 4)
    const hot = files[0]?.get('create')
    for (const file of files.slice(1)) {
      file.get('create')
      expect(files[0]?.get()).toBe(hot)
    }
  })

  it('does not keep a file open that its owner closed while it was being opened', async () => {
    const world = new World({ seed: 1 })
    const openFiles = new OpenFiles(world.node('a').ports.disk, 4)
    openFiles
      .file('/0')
      .get('create')
      .writeAt([Buffer.from('x')], 0)
    const file = openFiles.file('/0')
    const size = file.use(async (opened) => opened.sizeBytes())
    file.close()
    expect(await world.complete(size)).toBe(1)
    expect([file.isOpen, openFiles.count]).toEqual([false, 1])
  })

  it('does not count a file that was closed', () => {
    const { files, openFiles } = filesOf(3, 2)
    for (const file of files) file.get('create')
    for (const file of files) file.close()
    expect(openFiles.count).toBe(0)
  })
})

describe('file names', () => {
  it("are Kafka's", () => {
    expect(offsetFileName(42, '.log')).toBe('00000000000000000042.log')
    expect(offsetOfFileName('00000000000000000042.log', '.log')).toBe(42)
  })

  it('of other forms have no offset', () => {
    for (const name of ['42.log', '00000000000000000042.index', '0000000000000000004x.log', '99999999999999999999.log']) {
      expect(offsetOfFileName(name, '.log')).toBeNull()
    }
  })

  it('of directories set aside fit a file system, however long the topic', () => {
    const name = setAsideDirectoryName('t'.repeat(249), 12, 'f'.repeat(32), '-delete')
    expect(name).toHaveLength(255)
    expect(name.endsWith(`-12.${'f'.repeat(32)}-delete`)).toBe(true)
  })
})
