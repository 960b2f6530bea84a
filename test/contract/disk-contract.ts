import { describe, expect, it } from 'vitest'
import type { DiskFile } from '../../src/base/ports.ts'
import { bytes, type OpenSetting } from './setting.ts'

export function diskContract(open: OpenSetting): void {
  describe('Disk: open files', () => {
    it('what was written is read back at once, through every open file of the path', async () => {
      await using setting = await open()
      const path = `${setting.directory}/a.log`
      const writer = await setting.ports.disk.open(path, 'create')
      const reader = setting.ports.disk.openSync(path, 'read')
      writer.writeAt([bytes('hello '), bytes(''), bytes('world')], 0)
      writer.writeAt([bytes('W')], 6)
      writer.writeAt([], 3)
      expect(text(reader)).toBe('hello World')
      expect(reader.sizeBytes()).toBe(11)
      writer.close()
      reader.close()
    })

    it('reads give fewer bytes only at the end of the file', async () => {
      await using setting = await open()
      const file = await setting.ports.disk.open(`${setting.directory}/a`, 'create')
      file.writeAt([bytes('0123456789')], 0)
      const target = Buffer.alloc(6, '.')
      expect(file.readAt(target, 7)).toBe(3)
      expect(target.toString()).toBe('789...')
      expect(file.readAt(target, 10)).toBe(0)
      expect(file.readAt(target, 500)).toBe(0)
      expect(await file.readAtAsync(target, 2)).toBe(6)
      expect(target.toString()).toBe('234567')
      expect(await file.readAtAsync(target, 8)).toBe(2)
      file.close()
    })

    it('writes many chunks in one call, more than the system takes at once', async () => {
      await using setting = await open()
      const file = await setting.ports.disk.open(`${setting.directory}/a`, 'create')
      const chunks = Array.from({ length: 3000 }, (_, index) => bytes(`${index};`))
      file.writeAt(chunks, 0)
      expect(text(file)).toBe(Buffer.concat(chunks).toString())
      file.close()
    })

    it('a write behind the end leaves zeros between, and truncation cuts or extends with zeros', async () => {
      await using setting = await open()
      const file = await setting.ports.disk.open(`${setting.directory}/a`, 'create')
      file.writeAt([bytes('ab')], 0)
      file.writeAt([bytes('z')], 4)
      expect(text(file)).toBe('ab\0\0z')
      file.truncate(1)
      expect(text(file)).toBe('a')
      file.truncate(3)
      expect(text(file)).toBe('a\0\0')
      expect(file.sizeBytes()).toBe(3)
      file.close()
    })

    it('"create" keeps what is there', async () => {
      await using setting = await open()
      const path = `${setting.directory}/a`
      await writeFile(setting, path, 'kept')
      const file = setting.ports.disk.openSync(path, 'create')
      expect(text(file)).toBe('kept')
      expect(file.path).toBe(path)
      file.close()
    })

    it.each(['read', 'write'] as const)('opening a missing file to %s fails as not-found', async (mode) => {
      await using setting = await open()
      const path = `${setting.directory}/missing`
      await expect(setting.ports.disk.open(path, mode)).rejects.toMatchObject({ name: 'DiskError', reason: 'not-found', path })
      expect(() => setting.ports.disk.openSync(path, mode)).toThrow(expect.objectContaining({ reason: 'not-found' }))
    })

    it('creating a file in a missing directory fails as not-found', async () => {
      await using setting = await open()
      await expect(setting.ports.disk.open(`${setting.directory}/no/file`, 'create')).rejects.toMatchObject({ reason: 'not-found' })
    })

    it('a file opened to read cannot be changed', async () => {
      await using setting = await open()
      const path = `${setting.directory}/a`
      await writeFile(setting, path, 'same')
      const file = await setting.ports.disk.open(path, 'read')
      expect(() => file.writeAt([bytes('x')], 0)).toThrow(expect.objectContaining({ reason: 'read-only' }))
      expect(() => file.truncate(0)).toThrow(expect.objectContaining({ reason: 'read-only' }))
      expect(text(file)).toBe('same')
      file.close()
    })

    it('a closed file refuses everything but being closed again', async () => {
      await using setting = await open()
      const file = await setting.ports.disk.open(`${setting.directory}/a`, 'create')
      file.close()
      file.close()
      const closed = expect.objectContaining({ name: 'DiskError', reason: 'closed' })
      expect(() => file.readAt(Buffer.alloc(1), 0)).toThrow(closed)
      expect(() => file.writeAt([bytes('x')], 0)).toThrow(closed)
      expect(() => file.truncate(0)).toThrow(closed)
      expect(() => file.sizeBytes()).toThrow(closed)
      await expect(file.flush()).rejects.toThrow(closed)
      await expect(file.readAtAsync(Buffer.alloc(1), 0)).rejects.toThrow(closed)
    })

    it('calls under way end well when the file is closed meanwhile', async () => {
      await using setting = await open()
      const file = await setting.ports.disk.open(`${setting.directory}/a`, 'create')
      file.writeAt([bytes('abc')], 0)
      const target = Buffer.alloc(3)
      const both = Promise.all([file.readAtAsync(target, 0), file.flush()])
      file.close()
      await both
      expect(target.toString()).toBe('abc')
    })

    it('a removed file stays readable and writable to whom has it open', async () => {
      await using setting = await open()
      const { disk } = setting.ports
      const path = `${setting.directory}/a`
      const file = await disk.open(path, 'create')
      file.writeAt([bytes('still ')], 0)
      await disk.removeFile(path)
      file.writeAt([bytes('here')], 6)
      expect(text(file)).toBe('still here')
      expect(await disk.info(path)).toBeNull()
      file.close()
    })
  })

  describe('Disk: names', () => {
    it('lists entries with their kinds, sorted by code units', async () => {
      await using setting = await open()
      const { disk } = setting.ports
      for (const name of ['b', 'a', 'Z', 'ä']) await writeFile(setting, `${setting.directory}/${name}`, '')
      await disk.makeDirectory(`${setting.directory}/m/n`)
      expect(await disk.list(setting.directory)).toEqual([
        { name: 'Z', kind: 'file' },
        { name: 'a', kind: 'file' },
        { name: 'b', kind: 'file' },
        { name: 'm', kind: 'directory' },
        { name: 'ä', kind: 'file' },
      ])
      await expect(disk.list(`${setting.directory}/missing`)).rejects.toMatchObject({ reason: 'not-found' })
      await expect(disk.list(`${setting.directory}/a`)).rejects.toMatchObject({ reason: 'not-found' })
    })

    it('tells kind, size and time of change, and null for what is not there', async () => {
      await using setting = await open()
      const { disk, clock } = setting.ports
      await writeFile(setting, `${setting.directory}/a`, '12345')
      const info = await disk.info(`${setting.directory}/a`)
      expect(info).toMatchObject({ kind: 'file', sizeBytes: 5 })
      expect(Math.abs((info?.modifiedMs ?? 0) - clock.nowMs())).toBeLessThan(60_000)
      expect(await disk.info(setting.directory)).toMatchObject({ kind: 'directory' })
      expect(await disk.info(`${setting.directory}/missing`)).toBeNull()
      expect(await disk.info(`${setting.directory}/a/below-a-file`)).toBeNull()
    })

    it('making a directory that exists is fine, over a file it is not', async () => {
      await using setting = await open()
      const { disk } = setting.ports
      await disk.makeDirectory(`${setting.directory}/x/y/z`)
      await disk.makeDirectory(`${setting.directory}/x/y`)
      expect(await disk.list(`${setting.directory}/x/y`)).toEqual([{ name: 'z', kind: 'directory' }])
      await writeFile(setting, `${setting.directory}/file`, '')
      await expect(disk.makeDirectory(`${setting.directory}/file`)).rejects.toMatchObject({ reason: 'exists' })
    })

    it('there is a limit of open files, if only infinity', async () => {
      await using setting = await open()
      expect(setting.ports.disk.descriptorLimit()).toBeGreaterThan(16)
    })

    it('a path from the root is itself, another becomes one', async () => {
      await using setting = await open()
      const { disk } = setting.ports
      expect(disk.absolutePath(setting.directory)).toBe(setting.directory)
      expect(disk.absolutePath('a/b')).toMatch(/.a.b$/)
      expect(disk.absolutePath(disk.absolutePath('a/b'))).toBe(disk.absolutePath('a/b'))
    })

    it('renames files over others, and directories with all they hold', async () => {
      await using setting = await open()
      const { disk } = setting.ports
      const at = (name: string) => `${setting.directory}/${name}`
      await disk.makeDirectory(at('old'))
      await writeFile(setting, at('old/file'), 'moved')
      await disk.rename(at('old'), at('new'))
      expect(String(await disk.readFile(at('new/file')))).toBe('moved')
      expect(await disk.info(at('old'))).toBeNull()
      await writeFile(setting, at('other'), 'overwritten')
      await disk.rename(at('new/file'), at('other'))
      expect(String(await disk.readFile(at('other')))).toBe('moved')
      await expect(disk.rename(at('missing'), at('x'))).rejects.toMatchObject({ reason: 'not-found' })
      expect(() => disk.renameSync(at('missing'), at('x'))).toThrow(expect.objectContaining({ reason: 'not-found' }))
      disk.renameSync(at('new'), at('newer'))
      expect(await disk.info(at('newer'))).toMatchObject({ kind: 'directory' })
      expect(await disk.info(at('new'))).toBeNull()
    })

    it('a directory does not take the place of one that holds something', async () => {
      await using setting = await open()
      const { disk } = setting.ports
      await disk.makeDirectory(`${setting.directory}/a`)
      await disk.makeDirectory(`${setting.directory}/b/full`)
      await expect(disk.rename(`${setting.directory}/a`, `${setting.directory}/b`)).rejects.toMatchObject({ reason: 'exists' })
    })

    it('removes files and whole directories, missing ones too', async () => {
      await using setting = await open()
      const { disk } = setting.ports
      await disk.makeDirectory(`${setting.directory}/d/e`)
      await writeFile(setting, `${setting.directory}/d/e/f`, 'x')
      await writeFile(setting, `${setting.directory}/g`, 'x')
      await disk.removeFile(`${setting.directory}/g`)
      await disk.removeFile(`${setting.directory}/g`)
      await disk.removeDirectory(`${setting.directory}/d`)
      await disk.removeDirectory(`${setting.directory}/d`)
      expect(await disk.list(setting.directory)).toEqual([])
    })

    it('replaces a file in one step and leaves nothing beside it', async () => {
      await using setting = await open()
      const { disk } = setting.ports
      const path = `${setting.directory}/checkpoint`
      await disk.writeFileAtomic(path, bytes('first, and longer'))
      const old = await disk.open(path, 'read')
      await disk.writeFileAtomic(path, bytes('second'))
      expect(text(old)).toBe('first, and longer')
      old.close()
      expect(String(await disk.readFile(path))).toBe('second')
      expect(await disk.list(setting.directory)).toEqual([{ name: 'checkpoint', kind: 'file' }])
    })

    it('replacements of one file that overlap leave the content of the last', async () => {
      await using setting = await open()
      const { disk } = setting.ports
      const path = `${setting.directory}/checkpoint`
      await Promise.all(Array.from({ length: 10 }, (_, index) => disk.writeFileAtomic(path, bytes(`content ${index}`))))
      expect(String(await disk.readFile(path))).toBe('content 9')
    })

    it('the content given to a replacement may change once it is done', async () => {
      await using setting = await open()
      const content = bytes('as it was')
      await setting.ports.disk.writeFileAtomic(`${setting.directory}/a`, content)
      content.fill('x')
      expect(String(await setting.ports.disk.readFile(`${setting.directory}/a`))).toBe('as it was')
    })

    it('a missing file reads as null', async () => {
      await using setting = await open()
      expect(await setting.ports.disk.readFile(`${setting.directory}/missing`)).toBeNull()
    })

    it('flushes directories, and refuses missing ones', async () => {
      await using setting = await open()
      await setting.ports.disk.flushDirectory(setting.directory)
      await expect(setting.ports.disk.flushDirectory(`${setting.directory}/missing`)).rejects.toMatchObject({ reason: 'not-found' })
    })

    it('tells the free space of the volume', async () => {
      await using setting = await open()
      const { totalBytes, freeBytes } = await setting.ports.disk.space(setting.directory)
      expect(freeBytes).toBeGreaterThan(1024)
      expect(totalBytes).toBeGreaterThanOrEqual(freeBytes)
    })

    it('a failure says what was attempted, on what, and what to do', async () => {
      await using setting = await open()
      const path = `${setting.directory}/missing`
      const failure = expect.objectContaining({ code: 'DISK_NOT_FOUND', message: expect.stringMatching(new RegExp(`^Opening ${path} failed: .+ Check `)) })
      await expect(setting.ports.disk.open(path, 'read')).rejects.toEqual(failure)
    })
  })

  describe('Disk: directory lock', () => {
    it('the second to come is refused, and told who holds the directory', async () => {
      await using setting = await open()
      const { disk } = setting.ports
      const lock = await disk.lockDirectory(setting.directory)
      await expect(disk.lockDirectory(setting.directory)).rejects.toMatchObject({
        reason: 'locked',
        message: expect.stringMatching(/process \d+ on .+, started at 20/),
      })
      await lock.release()
    })

    it('after a release the next one gets it, and another directory is free all the time', async () => {
      await using setting = await open()
      const { disk } = setting.ports
      await disk.makeDirectory(`${setting.directory}/other`)
      const lock = await disk.lockDirectory(setting.directory)
      const other = await disk.lockDirectory(`${setting.directory}/other`)
      await lock.release()
      await (await disk.lockDirectory(setting.directory)).release()
      await other.release()
    })

    it('a missing directory cannot be locked', async () => {
      await using setting = await open()
      await expect(setting.ports.disk.lockDirectory(`${setting.directory}/missing`)).rejects.toMatchObject({ reason: 'not-found' })
    })
  })
}

function text(file: DiskFile): string {
  const target = Buffer.alloc(file.sizeBytes())
  expect(file.readAt(target, 0)).toBe(target.length)
  return target.toString('latin1')
}

async function writeFile(setting: Awaited<ReturnType<OpenSetting>>, path: string, content: string): Promise<void> {
  const file = await setting.ports.disk.open(path, 'create')
  file.writeAt([bytes(content)], 0)
  file.close()
}
