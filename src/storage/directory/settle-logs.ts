import type { Uuid } from '../../../protocol/uuid.ts'
import { OdradekError } from '../../base/errors.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { LogDirectories } from './log-directories.ts'
import type { LogDirectory } from './log-directory.ts'
import { isNewer } from './newest-log.ts'

/** After all directories are loaded: says of each partition where its log is. Throws an `OdradekError` with code DUPLICATE_LOG. */
export async function placeLoadedLogs(directories: LogDirectories): Promise<void> {
  for (const directory of directories.live) {
    for (const [key, log] of [...directory.logs]) {
      const other = directories.of(key)
      if (other === undefined || (await isToReplace(directories, other, { key, log }))) directories.place(key, directory)
    }
  }
}

/**
 * Two directories have a log of the same name. Where both say that they are of one topic, a crash came into the middle of a
 * move, and the older one is set aside; where one does not say, it is set aside if it is empty, else nobody knows. Those of
 * different topics are for `LogManager.setAsideStrayLogs`.
 */
async function isToReplace(
  directories: LogDirectories,
  directory: LogDirectory,
  { key, log }: { readonly key: string; readonly log: PartitionLog },
): Promise<boolean> {
  const other = directory.logs.get(key)
  if (other === undefined) return true
  if (log.topicId !== null && other.topicId !== null && log.topicId !== other.topicId) return false
  const nobodys = [log, other].find(({ topicId }) => topicId === null)
  if (nobodys !== undefined && nobodys.logEndOffset > 0) {
    throw new OdradekError('DUPLICATE_LOG', `The log of ${key} is in ${other.directory} and in ${log.directory}: remove one of them`, { fields: { key } })
  }
  const older = nobodys ?? (isNewer(log, other) ? other : log)
  const place = directories.holding(older)
  if (place !== undefined) await directories.inBackground(place, () => place.setAsideStray(older))
  return older === other
}

export interface FoundFuture {
  readonly key: string
  readonly future: PartitionLog
  readonly directory: LogDirectory
  /** The directory in which the cluster believes the replica to be; null where it knows none of this topic id. */
  readonly placedIn: Uuid | null
}

/**
 * What is to become of a copy that the last stop left: it takes the place of its log when it is ahead of it, or when there is no
 * log any more; it is removed when nobody needs it; else the move goes on.
 */
export function fateOfFuture(directories: LogDirectories, { key, future, directory, placedIn }: FoundFuture): 'promote' | 'remove' | 'go on' {
  const current = directories.log(key)
  const isSurpassed = directories.live.some(
    (other) => other !== directory && other.futures.has(key) && !isNewer(future, other.futures.get(key) as PartitionLog),
  )
  // The stop came between the making of the directory and the writing of the topic id: a copy that went on would never say whose it is.
  const isNobodys = future.topicId === null && future.logEndOffset === 0
  if (isNobodys || placedIn === null || isSurpassed || directories.of(key) === directory) return 'remove'
  if (current !== undefined) return isNewer(future, current) ? 'promote' : 'go on'
  // The log may be in a directory that is offline, and ahead of its copy.
  return placedIn === directory.directoryId || directories.offlinePaths.length === 0 ? 'promote' : 'go on'
}
