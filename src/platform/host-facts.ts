import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { OdradekError } from '../base/errors.ts'

/** The machine's own name, for addresses told to others where nobody gave one. */
export function machineName(): string {
  return hostname()
}

/**
 * A path for a directory that lives as long as its node. Nothing is made.
 * Errors: CONFIG_INVALID where `log.dirs`, to which it goes, would take it for several.
 */
export function temporaryPath(randomBytes: (count: number) => Buffer, directory = tmpdir()): string {
  if (directory.includes(','))
    throw new OdradekError('CONFIG_INVALID', `The temporary directory ${directory} has a comma in its path, which log.dirs cannot hold: set TMPDIR to another.`)
  return join(directory, `odradek-${randomBytes(8).toString('hex')}`)
}
