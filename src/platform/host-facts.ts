import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

/** The machine's own name, for addresses told to others where nobody gave one. */
export function machineName(): string {
  return hostname()
}

/** A path for a directory that lives as long as its node. Nothing is made. */
export function temporaryPath(randomBytes: (count: number) => Buffer): string {
  return join(tmpdir(), `odradek-${randomBytes(8).toString('hex')}`)
}
