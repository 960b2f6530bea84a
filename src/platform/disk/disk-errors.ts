import { DiskError, type DiskErrorReason } from '../../base/errors.ts'

interface Explanation {
  readonly reason: DiskErrorReason
  /** What is wrong, and what an operator can do. */
  readonly text: string
}

/** By number, as it has no name in many containers. */
const USER = process.getuid === undefined ? 'the user that runs the node' : `user ${process.getuid()}, who runs the node,`

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOENT: { reason: 'not-found', text: 'there is no such file or directory. Check that the path is right and its volume is mounted' },
  ENOTDIR: { reason: 'not-found', text: 'a part of the path is not a directory. Check the path' },
  EEXIST: { reason: 'exists', text: 'something else is there already. Move it away or choose another path' },
  ENOTEMPTY: { reason: 'exists', text: 'the directory is not empty. Move away what it holds or choose another path' },
  ENOSPC: { reason: 'no-space', text: 'the volume is full. Free space on it, or lower the retention of topics' },
  EDQUOT: { reason: 'no-space', text: 'the disk quota of this user is used up. Raise it or free space' },
  EFBIG: { reason: 'no-space', text: 'the file would exceed the size allowed (ulimit -f). Raise the limit' },
  EACCES: { reason: 'permission', text: `${USER} may not. Give that user access to the path` },
  EPERM: { reason: 'permission', text: 'this is not permitted. Give the user that runs the node access to the path' },
  EROFS: { reason: 'read-only', text: 'the file system is read-only. Mount it for writing, and check the system log: a failing disk is remounted read-only' },
  EMFILE: { reason: 'too-many-files', text: 'this process has too many files open. Raise its limit (ulimit -n)' },
  ENFILE: { reason: 'too-many-files', text: 'the system has too many files open. Raise its limit (fs.file-max)' },
  EBUSY: { reason: 'io', text: 'the file is in use by another program. Close it there' },
  EIO: { reason: 'io', text: 'the device reports an error. Check the system log and replace the disk if it fails' },
}

/**
 * @param attempted what was tried, as the start of a sentence: `Opening`, `Writing 120 bytes at 4096 to`
 * @param cause     what Node threw
 */
export function toDiskError(attempted: string, path: string, cause: unknown): DiskError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
  const { reason, text } = EXPLANATIONS[code] ?? { reason: 'io' as const, text: `the system says: ${(cause as Error).message}` }
  return new DiskError(reason, path, `${attempted} ${path} failed: ${text} (${code})`, cause)
}

export function closedFileError(path: string): DiskError {
  return new DiskError('closed', path, `${path} was used after it was closed`)
}

export function readOnlyFileError(path: string): DiskError {
  return new DiskError('read-only', path, `Writing to ${path} failed: it was opened for reading only`)
}

export function isNotFound(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR'
}
