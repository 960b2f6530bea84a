import { constants, type Dirent, openSync, renameSync } from 'node:fs'
import { open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Clock, DirectoryEntry, DirectoryLock, Disk, DiskFile, FileInfo, FileKind, OpenMode, VolumeSpace } from '../../base/ports.ts'
import { descriptorLimit } from './descriptor-limit.ts'
import { lockDirectory } from './directory-lock.ts'
import { isNotFound, toDiskError } from './disk-errors.ts'
import { makeDirectories } from './make-directories.ts'
import { NodeFile } from './node-file.ts'
import { openDescriptor } from './open-descriptor.ts'

const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT,
}

const FILE_PERMISSIONS = 0o644

/** Beside the file that `writeFileAtomic` replaces; a leftover is overwritten by the next write. Kafka's suffix for the same. */
const TEMPORARY_SUFFIX = '.tmp'

/** Files of the operating system. */
export class NodeDisk implements Disk {
  readonly #clock: Clock
  /** Atomic writes under way, by path: the next one to the same file waits, since they share the temporary file. */
  readonly #replacing = new Map<string, Promise<void>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    const descriptor = await attempt('Opening', path, () => openDescriptor(path, FLAGS[mode], FILE_PERMISSIONS))
    return new NodeFile(descriptor, path, mode)
  }

  openSync(path: string, mode: OpenMode): DiskFile {
    try {
      return new NodeFile(openSync(path, FLAGS[mode], FILE_PERMISSIONS), path, mode)
    } catch (error) {
      throw toDiskError('Opening', path, error)
    }
  }

  descriptorLimit(): number {
    return descriptorLimit()
  }

  absolutePath(path: string): string {
    return resolve(path)
  }

  async list(path: string): Promise<DirectoryEntry[]> {
    const found = await attempt('Listing', path, () => readdir(path, { withFileTypes: true }))
    const entries = await Promise.all(found.map(async (entry) => ({ name: entry.name, kind: await kindOfEntry(path, entry) })))
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async info(path: string): Promise<FileInfo | null> {
    try {
      const found = await stat(path)
      return { kind: kindOf(found), sizeBytes: found.size, modifiedMs: Math.floor(found.mtimeMs) }
    } catch (error) {
      if (isNotFound(error)) return null
      throw toDiskError('Looking at', path, error)
    }
  }

  async makeDirectory(path: string): Promise<void> {
    await attempt('Making the directory', path, () => makeDirectories(path))
  }

  async rename(from: string, to: string): Promise<void> {
    await attempt(`Renaming to ${to} the path`, from, () => rename(from, to))
  }

  renameSync(from: string, to: string): void {
    try {
      renameSync(from, to)
    } catch (error) {
      throw toDiskError(`Renaming to ${to} the path`, from, error)
    }
  }

  async removeFile(path: string): Promise<void> {
    await attempt('Removing', path, () => rm(path, { force: true }))
  }

  async removeDirectory(path: string): Promise<void> {
    await attempt('Removing the directory', path, () => rm(path, { force: true, recursive: true }))
  }

  async readFile(path: string): Promise<Buffer | null> {
    try {
      return await readFile(path)
    } catch (error) {
      if (isNotFound(error)) return null
      throw toDiskError('Reading', path, error)
    }
  }

  writeFileAtomic(path: string, content: Uint8Array): Promise<void> {
    const earlier = this.#replacing.get(path) ?? Promise.resolve()
    // The earlier write's failure was told to its own caller.
    const result = earlier.catch(() => {}).then(() => attempt('Replacing', path, () => replaceFile(path, content)))
    this.#replacing.set(path, result)
    return result.finally(() => {
      if (this.#replacing.get(path) === result) this.#replacing.delete(path)
    })
  }

  async flushDirectory(path: string): Promise<void> {
    await attempt('Flushing the directory', path, () => syncDirectory(path))
  }

  async space(path: string): Promise<VolumeSpace> {
    const volume = await attempt('Asking the free space at', path, () => statfs(path))
    return { totalBytes: volume.blocks * volume.bsize, freeBytes: volume.bavail * volume.bsize }
  }

  lockDirectory(path: string): Promise<DirectoryLock> {
    return lockDirectory(path, this.#clock.nowMs())
  }
}

async function attempt<T>(attempted: string, path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw toDiskError(attempted, path, error)
  }
}

interface Kinds {
  isFile(): boolean
  isDirectory(): boolean
}

function kindOf(found: Kinds): FileKind {
  if (found.isFile()) return 'file'
  return found.isDirectory() ? 'directory' : 'other'
}

/** A link counts as what it leads to, as everywhere else; one that leads nowhere is 'other'. */
async function kindOfEntry(directory: string, entry: Dirent): Promise<FileKind> {
  if (!entry.isSymbolicLink()) return kindOf(entry)
  try {
    return kindOf(await stat(join(directory, entry.name)))
  } catch (error) {
    if (isNotFound(error)) return 'other'
    throw toDiskError('Following the link', join(directory, entry.name), error)
  }
}

async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  const temporary = path + TEMPORARY_SUFFIX
  const file = await open(temporary, 'w', FILE_PERMISSIONS)
  try {
    await file.writeFile(content)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  await syncDirectory(dirname(path))
}

/** Windows cannot open a directory to flush it, and needs it less: NTFS journals names. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
