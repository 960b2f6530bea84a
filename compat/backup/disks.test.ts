import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { odradek } from '../../test/integration/backup/backup-nodes.ts'
import { fillDirectory } from '../../test/integration/backup/filled-directory.ts'
import { mountSmallDisk, whyNoMounts } from '../processes/small-disk.ts'

const reason = await whyNoMounts()
if (reason !== null) console.warn(`Backups to full disks are not tried: ${reason}.`)

/** What is in a directory, but for what a lock leaves. */
function contentOf(directory: string): string[] {
  return readdirSync(directory).filter((name) => !name.startsWith('.odradek-lock'))
}

describe.skipIf(reason !== null)('a disk that is full', () => {
  test('ends a backup onto it, and leaves nothing there', async () => {
    await using disk = await mountSmallDisk(8)
    const data = join(disk.directory, 'data')
    await fillDirectory(data, 2)
    const { exit, err } = await odradek('backup', join(disk.small, 'node-1.tar.gz'), '--data', data)
    expect(err).toMatch(/^Writing the archive .*node-1\.tar\.gz failed: the volume is full\. .* \(ENOSPC\)\n$/)
    expect(exit).toBe(1)
    expect(readdirSync(disk.small)).toEqual([])
  })

  test('is no target of a restore that does not fit, and is left as it was', async () => {
    await using disk = await mountSmallDisk(8)
    const data = join(disk.directory, 'data')
    const file = join(disk.directory, 'node-1.tar.gz')
    await fillDirectory(data, 2)
    expect(await odradek('backup', file, '--data', data)).toMatchObject({ exit: 0 })
    const { exit, err } = await odradek('restore', file, '--data', disk.small)
    expect(err).toMatch(/^The archive is not restored: it takes about 20 MB, and .*small has [\d.]+ MB free\.\n$/)
    expect(exit).toBe(1)
    expect(contentOf(disk.small)).toEqual([])
  })

  test('takes a restore as a volume of its own, to which nothing can be renamed from outside', async () => {
    await using disk = await mountSmallDisk(32)
    const data = join(disk.directory, 'data')
    const file = join(disk.directory, 'node-1.tar.gz')
    await fillDirectory(data, 1)
    expect(await odradek('backup', file, '--data', data)).toMatchObject({ exit: 0 })
    expect(await odradek('restore', file, '--data', disk.small)).toMatchObject({ exit: 0 })
    expect(contentOf(disk.small).sort()).toEqual(contentOf(data).sort())
  })

  test('that fills up in the midst of a restore leaves nothing of it', async () => {
    await using disk = await mountSmallDisk(32)
    const data = join(disk.directory, 'data')
    const file = join(disk.directory, 'node-1.tar.gz')
    await fillDirectory(data, 2)
    expect(await odradek('backup', file, '--data', data)).toMatchObject({ exit: 0 })
    const restoring = odradek('restore', file, '--data', join(disk.small, 'data'))
    // Somebody else takes the space that it counted on.
    while (!existsSync(join(disk.small, 'data/.odradek-restore/orders-0'))) await sleep(1)
    fillUp(disk.small)
    const { exit, err } = await restoring
    expect(exit).toBe(1)
    expect(err).toContain('the volume is full')
    expect(readdirSync(disk.small)).not.toContain('data')

    function fillUp(directory: string): void {
      for (let index = 0; index < 40; index++) {
        try {
          copyFileSync(join(data, 'orders-0/00000000000000000000.log'), join(directory, `other-${index}`))
        } catch {
          return
        }
      }
    }
  })
})
