import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Odradek } from '../odradek.ts'
import { BackupNodes, odradek } from './backup-nodes.ts'
import { fillDirectory } from './filled-directory.ts'

const SEGMENTS = 6
const UNDER_WAY_BYTES = 2_000_000

/** Resolves when the command is in the midst of its work; rejects when it ends before. */
async function underWay(command: Odradek, isUnderWay: () => boolean): Promise<void> {
  while (!isUnderWay()) {
    if (command.process.exitCode !== null) throw new Error(`it was done before: ${command.out}${command.err}`)
    await sleep(2)
  }
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0
}

async function filled(): Promise<BackupNodes> {
  const nodes = await BackupNodes.make()
  await fillDirectory(nodes.data(1), SEGMENTS)
  return nodes
}

describe('a backup that is interrupted', () => {
  test('by Ctrl-C leaves nothing', async () => {
    await using nodes = await filled()
    const file = nodes.file('x.tar.gz')
    await using backup = new Odradek(['backup', file, '--data', nodes.data(1)])
    await underWay(backup, () => sizeOf(`${file}.part`) > UNDER_WAY_BYTES)
    backup.process.kill('SIGINT')
    expect(await backup.exit()).toBe(130)
    expect(backup.err).toBe('The backup was interrupted (SIGINT): nothing is left of it.\n')
    expect(readdirSync(nodes.directory)).toEqual(['node-1'])
  })

  test('by SIGKILL leaves no archive, and says at the next attempt what is there', async () => {
    await using nodes = await filled()
    const file = nodes.file('node-1.tar.gz')
    await using backup = new Odradek(['backup', file, '--data', nodes.data(1)])
    await underWay(backup, () => sizeOf(`${file}.part`) > UNDER_WAY_BYTES)
    backup.process.kill('SIGKILL')
    await backup.exit()
    expect(readdirSync(nodes.directory).sort()).toEqual(['node-1', 'node-1.tar.gz.part'])
    expect(await nodes.backup(1)).toMatchObject({ exit: 1, err: expect.stringContaining('If none runs, remove that file.') })
    const other = nodes.file('other.tar.gz')
    expect(await nodes.backup(1, other)).toMatchObject({ exit: 0 })
    expect(await odradek('restore', other, '--check')).toMatchObject({ exit: 0 })
  })
})

describe('a restore that is interrupted', () => {
  test.each(['SIGINT', 'SIGKILL'] as const)('by %s has touched nothing, and is made anew by the same command', async (signal) => {
    await using nodes = await filled()
    expect(await nodes.backup(1)).toMatchObject({ exit: 0 })
    const target = nodes.file('target')
    const args = ['restore', nodes.file('node-1.tar.gz'), '--data', target]
    await using restore = new Odradek(args)
    await underWay(restore, () => sizeOf(join(target, '.odradek-restore/orders-0/00000000000000000001.log')) > 0)
    restore.process.kill(signal)
    expect(await restore.exit()).toBe(signal === 'SIGINT' ? 130 : null)
    if (signal === 'SIGINT') expect(existsSync(target)).toBe(false)
    else {
      expect(readdirSync(target).filter((name) => !name.startsWith('.odradek'))).toEqual([])
      await using refused = new Odradek(['start', '--port', String(nodes.port(1)), '--set', `log.dirs=${target}`])
      expect(await refused.exit()).toBe(1)
      expect(refused.err).toContain('It had touched nothing yet')
    }
    expect(await odradek(...args)).toMatchObject({ exit: 0 })
    expect(readdirSync(join(target, 'orders-0'))).toHaveLength(SEGMENTS)
    expect(readdirSync(target)).not.toContain('.odradek-restore')
  })

  test.each(['SIGINT', 'SIGKILL'] as const)('with --replace by %s while it unpacks leaves the former data, and a node starts on them', async (signal) => {
    await using nodes = await filled()
    expect(await nodes.backup(1)).toMatchObject({ exit: 0 })
    const target = nodes.data(1)
    const args = ['restore', nodes.file('node-1.tar.gz'), '--data', target, '--replace']
    await using restore = new Odradek(args)
    const mark = join(target, '.odradek-restore')
    await underWay(restore, () => sizeOf(join(mark, 'orders-0/00000000000000000001.log')) > 0)
    restore.process.kill(signal)
    await restore.exit()
    expect(readdirSync(join(target, 'orders-0'))).toHaveLength(SEGMENTS)
    const start = ['start', '--port', String(nodes.port(1)), '--set', `log.dirs=${target}`, '--set', 'metrics.port=0']
    if (signal === 'SIGINT') expect(restore.err).toContain('The restore was interrupted (SIGINT): all is as it was before.')
    else {
      await using refused = new Odradek(start)
      expect(await refused.exit()).toBe(1)
      expect(refused.err).toContain(`It had touched nothing yet: run it again, or remove ${mark} to go on with what was there before`)
      rmSync(mark, { recursive: true })
    }
    await using node = new Odradek(start)
    await node.line('odradek is ready')
  })
})
