import { OdradekError } from '../../base/errors.ts'
import type { Disk } from '../../base/ports.ts'

/** In a log directory while `odradek restore` fills it. */
export const UNFINISHED_RESTORE = '.odradek-restore'

/**
 * A node that took what a restore had put back by then for all of its data would let go of the rest.
 * Errors: FORMAT that says what to do.
 */
export async function refuseUnfinishedRestore(paths: Iterable<string>, disk: Pick<Disk, 'info'>): Promise<void> {
  for (const path of paths) {
    if ((await disk.info(`${path}/${UNFINISHED_RESTORE}`)) === null) continue
    const message = `cannot use the log directory ${path}: a restore into it did not come to its end. Run \`odradek restore\` again with --replace.`
    throw new OdradekError('FORMAT', message, { fields: { path } })
  }
}
