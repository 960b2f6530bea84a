import { DiskError } from '../../base/errors.ts'
import type { Disk } from '../../base/ports.ts'

/** A small file in one synchronous read; null when it is missing. Throws `DiskError`. */
export function readWhole(disk: Disk, path: string): Buffer | null {
  const file = openIfPresent(disk, path)
  if (file === null) return null
  try {
    const content = Buffer.allocUnsafe(file.sizeBytes())
    return content.subarray(0, file.readAt(content, 0))
  } finally {
    file.close()
  }
}

/** Replaces the content of a file, without making it durable and not in one step: for what is checked by a CRC when read. */
export function writeWhole(disk: Disk, path: string, content: Buffer): void {
  const file = disk.openSync(path, 'create')
  try {
    file.truncate(0)
    file.writeAt([content], 0)
  } finally {
    file.close()
  }
}

/** Makes a file's content durable; a missing one is fine. */
export async function flushIfPresent(disk: Disk, path: string): Promise<void> {
  try {
    const file = await disk.open(path, 'write')
    try {
      await file.flush()
    } finally {
      file.close()
    }
  } catch (error) {
    if (!(error instanceof DiskError) || error.reason !== 'not-found') throw error
  }
}

function openIfPresent(disk: Disk, path: string): ReturnType<Disk['openSync']> | null {
  try {
    return disk.openSync(path, 'read')
  } catch (error) {
    if (error instanceof DiskError && error.reason === 'not-found') return null
    throw error
  }
}
