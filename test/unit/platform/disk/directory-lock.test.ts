import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodePorts } from '../../../../src/platform/node-ports.ts'
import { startProgram, untilEnded, untilPrinted } from '../run-program.ts'

let root: string

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'odradek-lock-')))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

async function whileHeld(directory: string, then: (pid: number) => Promise<void>): Promise<void> {
  const holder = startProgram('hold-directory', directory)
  const ended = untilEnded(holder)
  await untilPrinted(holder, 'held')
  try {
    await then(holder.pid as number)
  } finally {
    holder.kill('SIGKILL')
    await ended
  }
}

describe('a data directory', () => {
  it('held by another process is refused with its pid; after kill -9 it is free, whatever was left there', async () => {
    const { disk } = nodePorts()
    await whileHeld(root, async (pid) => {
      await expect(disk.lockDirectory(root)).rejects.toMatchObject({
        reason: 'locked',
        message: expect.stringMatching(new RegExp(`is in use by another Odradek node: process ${pid} on .+, started at 20.+Stop it first`)),
      })
    })
    expect(readdirSync(root)).toContain('.odradek-lock')
    const lock = await disk.lockDirectory(root)
    await lock.release()
    expect(readdirSync(root)).toEqual([])
  })

  it('is the same through a link', async () => {
    const { disk } = nodePorts()
    mkdirSync(join(root, 'data'))
    symlinkSync(join(root, 'data'), join(root, 'link'))
    const lock = await disk.lockDirectory(join(root, 'data'))
    await expect(disk.lockDirectory(join(root, 'link'))).rejects.toMatchObject({ reason: 'locked' })
    await lock.release()
  })

  it('may have a path longer than a socket can', async () => {
    const { disk } = nodePorts()
    const long = join(root, 'a'.repeat(200), 'b'.repeat(200))
    mkdirSync(long, { recursive: true })
    await whileHeld(long, async (pid) => {
      await expect(disk.lockDirectory(long)).rejects.toThrow(`process ${pid}`)
    })
    const lock = await disk.lockDirectory(long)
    await lock.release()
    expect(readdirSync(long)).toEqual([])
  })

  it('with an unreadable note about its holder is refused all the same', async () => {
    const { disk } = nodePorts()
    const lock = await disk.lockDirectory(root)
    writeFileSync(join(root, '.odradek-lock'), '{"pid":')
    await expect(disk.lockDirectory(root)).rejects.toThrow('in use by another Odradek node. Stop it first')
    await lock.release()
  })
})
