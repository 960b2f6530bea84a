import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { OdradekError } from '../base/errors.ts'
import { toDiskError } from '../platform/disk/disk-errors.ts'

const PARTIAL_SUFFIX = '.part'

/** Errors: FILE_EXISTS: what a command writes takes nobody's place. */
export function refuseExisting(path: string): void {
  if (existsSync(path)) throw new OdradekError('FILE_EXISTS', `${path} is there already: give another name, or move that one away.`)
}

/** Writes a file that has its name when all of it is durable, and not before; nothing is left of one that fails. Errors: FILE_EXISTS, `DiskError`. */
export function writeNewFile(path: string, text: string): void {
  refuseExisting(path)
  const partial = `${path}${PARTIAL_SUFFIX}`
  try {
    const file = openSync(partial, 'w')
    try {
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(partial, path)
  } catch (cause) {
    rmSync(partial, { force: true })
    throw toDiskError('Writing', path, cause)
  }
}
