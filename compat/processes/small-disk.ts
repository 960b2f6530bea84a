import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../support/command.ts'

/** A directory for a node, in which `small` is a file system of its own of a few megabytes. */
export interface SmallDisk extends AsyncDisposable {
  readonly directory: string
  readonly small: string
  makeReadOnly(): Promise<void>
  resize(megabytes: number): Promise<void>
}

/** Why no file system can be mounted here, or null when one can. It takes root on Linux. */
export async function whyNoMounts(): Promise<string | null> {
  const tried = await mountSmallDisk(1).catch((error: Error) => error)
  if (tried instanceof Error) return `no file system can be mounted here (${tried.message.trim()})`
  await tried[Symbol.asyncDispose]()
  return null
}

export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const directory = await mkdtemp(join(tmpdir(), 'odradek-disk-'))
  const small = join(directory, 'small')
  await mkdir(small)
  await run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', small)
  return {
    directory,
    small,
    makeReadOnly: () => run('mount', '-o', 'remount,ro', small),
    resize: (newMegabytes) => run('mount', '-o', `remount,size=${newMegabytes}m`, small),
    async [Symbol.asyncDispose]() {
      await run('umount', small)
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function run(program: string, ...args: readonly string[]): Promise<void> {
  const { exit, stderr } = await runCommand(program, args)
  if (exit !== 0) throw new Error(stderr)
}
