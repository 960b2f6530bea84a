import { OdradekError } from '../../base/errors.ts'
import type { Disk } from '../../base/ports.ts'

/** In a log directory while `odradek restore` unpacks and checks an archive, below it; nothing else of the directory is touched by then. */
export const UNPACKED_RESTORE = '.odradek-restore'
/** Beside it from when former data give way until what was unpacked is in its place. */
export const UNFINISHED_RESTORE = '.odradek-restore-unfinished'

/**
 * A node that took what a restore had put back by then for all of its data would let go of the rest. Nor does one start on data that a restore was to
 * replace when it was killed, or in a directory that it was to fill: whoever had begun it meant other data.
 * Errors: FORMAT that says what to do.
 */
export async function refuseUnfinishedRestore(paths: ReadonlySet<string>, disk: Pick<Disk, 'info'>): Promise<void> {
  for (const path of paths) {
    const because = `a restore into it did not come to its end. Run \`odradek restore\` again with --replace`
    if ((await disk.info(`${path}/${UNFINISHED_RESTORE}`)) !== null) throw refused(path, because)
  }
  for (const path of paths) {
    const mark = `${path}/${UNPACKED_RESTORE}`
    const because = `a restore into it did not come to its end. It had touched nothing yet: run it again, or remove ${mark} to go on with what was there before`
    if ((await disk.info(mark)) !== null) throw refused(path, because)
  }
}

function refused(path: string, because: string): OdradekError {
  return new OdradekError('FORMAT', `cannot use the log directory ${path}: ${because}.`, { fields: { path } })
}
