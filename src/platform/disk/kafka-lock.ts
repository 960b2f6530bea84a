import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { isNotFound } from './disk-errors.ts'

const LOCK_TABLE = '/proc/locks'

interface PosixLock {
  readonly pid: number
  readonly device: string
}

/**
 * The process that holds a POSIX lock on the file at `lockPath`, as a running Apache Kafka does; null when none does.
 * Linux alone shows such locks; elsewhere, and for processes of another container, the answer is null.
 */
export async function kafkaLockHolder(lockPath: string): Promise<number | null> {
  if (process.platform !== 'linux') return null
  const [table, file] = await Promise.all([orNull(readFile(LOCK_TABLE, 'utf8')), orNull(stat(lockPath, { bigint: true }))])
  if (table === null || file === null) return null
  const device = formatDevice(file.dev)
  for (const lock of locksOnInode(table, file.ino)) {
    // Some file systems (btrfs, overlays) show another device number here than stat gives; then the open files decide.
    if (lock.device === device || (await hasOpen(lock.pid, lockPath))) return lock.pid
  }
  return null
}

/** The lines of /proc/locks for one inode: `1: POSIX  ADVISORY  WRITE 4711 08:01:131 0 EOF`. Exported for its test. */
export function locksOnInode(table: string, inode: bigint): PosixLock[] {
  const locks: PosixLock[] = []
  for (const line of table.split('\n')) {
    const match = /^\d+: POSIX +ADVISORY +\w+ +(\d+) +([0-9a-f]+:[0-9a-f]+):(\d+) /.exec(line)
    if (match !== null && BigInt(match[3] as string) === inode) locks.push({ pid: Number(match[1]), device: match[2] as string })
  }
  return locks
}

/** As the kernel prints it: major and minor, hexadecimal, two digits at least. Source: gnu_dev_major and gnu_dev_minor of the C library. */
function formatDevice(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn)
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn)
  return `${major.toString(16).padStart(2, '0')}:${minor.toString(16).padStart(2, '0')}`
}

async function hasOpen(pid: number, path: string): Promise<boolean> {
  const wanted = await orNull(realpath(path))
  const descriptors = (await orNull(readdir(`/proc/${pid}/fd`))) ?? []
  for (const descriptor of descriptors) {
    if ((await orNull(readlink(`/proc/${pid}/fd/${descriptor}`))) === wanted) return wanted !== null
  }
  return false
}

/** null for what is gone, or not for this user to see. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (isNotFound(error) || code === 'EACCES' || code === 'EPERM' || code === 'ESRCH') return null
    throw error
  }
}
