import type { Disk } from '../../base/ports.ts'

/** Makes a directory, and its parents, so that a loss of power does not take them back. */
export async function makeDurableDirectory(path: string, disk: Disk): Promise<void> {
  const missing: string[] = []
  for (let at = path; at !== '' && (await disk.info(at)) === null; at = parentOf(at)) missing.push(at)
  await disk.makeDirectory(path)
  for (const made of missing) await disk.flushDirectory(parentOf(made) || '.')
}

/** '' above a relative path, '/' above what stands directly below the root. */
function parentOf(path: string): string {
  const at = path.replace(/\/+$/, '').lastIndexOf('/')
  if (at > 0) return path.slice(0, at)
  return at === 0 && path !== '/' ? '/' : ''
}
