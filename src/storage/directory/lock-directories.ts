import { DiskError, OdradekError } from '../../base/errors.ts'
import type { DirectoryLock, Disk } from '../../base/ports.ts'
import type { Logger } from '../../telemetry/logger.ts'

/** Held from before anything is read in the directories until everything is written. */
export interface DirectoryLocks extends AsyncDisposable {
  /** The directories that could be taken; others have a failing disk. */
  readonly paths: readonly string[]
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Takes the log directories for this process, making those that are missing. A directory whose disk fails is left out.
 * Throws a `DiskError` with reason 'locked' that names the holder when another process has one of them, and an
 * `OdradekError` with code NO_LOG_DIRECTORY when none is left.
 */
export async function lockDirectories(disk: Disk, paths: readonly string[], logger: Logger): Promise<DirectoryLocks> {
  const locks = new Map<string, DirectoryLock>()
  const refusals: string[] = []
  const release = async () => {
    for (const lock of [...locks.values()].reverse()) await lock.release()
    locks.clear()
  }
  try {
    for (const path of paths) {
      const lock = await lockOne(disk, path)
      if (!(lock instanceof DiskError)) locks.set(path, lock)
      else {
        refusals.push(lock.message)
        logger.error('A log directory cannot be used', { path, why: lock.message })
      }
    }
    if (locks.size === 0) throw new OdradekError('NO_LOG_DIRECTORY', `None of the log directories can be used. ${refusals.join('. ')}`)
  } catch (error) {
    await release()
    throw error
  }
  return { paths: [...locks.keys()], [Symbol.asyncDispose]: release }
}

/** An error where the disk fails. */
async function lockOne(disk: Disk, path: string): Promise<DirectoryLock | DiskError> {
  try {
    await disk.makeDirectory(path)
    return await disk.lockDirectory(path)
  } catch (error) {
    if (!(error instanceof DiskError) || error.reason === 'locked') throw error
    return error
  }
}
