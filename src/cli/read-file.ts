import { readFileSync } from 'node:fs'
import { OdradekError } from '../base/errors.ts'

/** Why a file that a user names cannot be read. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory. Name a file in it',
  EACCES: 'this user may not read it',
}

/** The text of a file that the command line names; of standard input for `-`. Errors: UNREADABLE_FILE. */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** What a user is told whose file cannot be opened or read: UNREADABLE_FILE. */
export function unreadable(path: string, cause: unknown): OdradekError {
  const { code = '', message } = cause as NodeJS.ErrnoException
  return new OdradekError('UNREADABLE_FILE', `Reading ${path} failed: ${UNREADABLE[code] ?? message}.`, { cause, fields: { path } })
}
