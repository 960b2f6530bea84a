import { DiskError } from '../../base/errors.ts'
import type { Disk } from '../../base/ports.ts'

/**
 * Makes a directory so that a loss of power does not take it back, nor any that it stands in: an earlier process may have
 * made those and ended before it flushed them. Throws `DiskError`.
 */
export async function makeDurableDirectory(path: string, disk: Disk): Promise<void> {
  await disk.makeDirectory(path)
  for (let parent = parentOf(path); parent !== null; parent = parentOf(parent)) await flushIfAllowed(parent, disk)
}

/** Where we may not even read or write, we made nothing. */
async function flushIfAllowed(path: string, disk: Disk): Promise<void> {
  try {
    await disk.flushDirectory(path)
  } catch (error) {
    if (!(error instanceof DiskError) || (error.reason !== 'permission' && error.reason !== 'read-only')) throw error
  }
}

/** null above the root, and above where a relative path begins. */
function parentOf(path: string): string | null {
  const trimmed = path.replace(/\/+$/, '')
  if (trimmed === '' || trimmed === '.') return null
  const at = trimmed.lastIndexOf('/')
  if (at === 0) return '/'
  return at > 0 ? trimmed.slice(0, at) : '.'
}
