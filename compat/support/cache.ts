import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where the oracle's files are kept between runs, outside the repository. */
export function cacheRoot(): string {
  return process.env.ODRADEK_CACHE ?? join(homedir(), '.cache', 'odradek')
}

const LOCK_POLL_MS = 200
const LOCK_WAIT_MS = 15 * 60_000

/**
 * A directory of the cache, filled by `fill` the first time. It appears whole or not at all (made beside, then renamed);
 * of several processes that ask at once, one fills it and the others wait.
 *
 * @param path relative to the cache, such as `kafka-4.3.1/libs`
 */
export async function cachedDirectory(path: string, fill: (directory: string) => Promise<void>): Promise<string> {
  const target = join(cacheRoot(), path)
  if (existsSync(target)) return target
  await mkdir(dirname(target), { recursive: true })
  const unlock = await lock(`${target}.lock`)
  try {
    if (existsSync(target)) return target
    const building = await mkdtemp(`${target}.building-`)
    try {
      await fill(building)
      await rename(building, target)
    } finally {
      await rm(building, { recursive: true, force: true })
    }
    return target
  } finally {
    await unlock()
  }
}

async function lock(path: string): Promise<() => Promise<void>> {
  const deadlineMs = Date.now() + LOCK_WAIT_MS
  while (!(await tryLock(path))) {
    if (await ownerIsGone(path)) await rm(path, { force: true })
    else if (Date.now() > deadlineMs) throw new Error(`waited ${LOCK_WAIT_MS / 60_000} minutes for ${path}; remove it if nothing fills the cache any more`)
    else await sleep(LOCK_POLL_MS)
  }
  return () => rm(path, { force: true })
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** True when the process that wrote the lock has ended. An empty file is a lock that is being written. */
async function ownerIsGone(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const pid = Number(text)
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
