import type { DirectoryEntry, DirectoryLock, Disk, DiskFile, FileInfo, OpenMode, VolumeSpace } from '../../base/ports.ts'
import type { Gate } from './gate.ts'

/**
 * The files of a node that may stand still, or be killed: the system then closes what the process had open and takes back
 * its locks, and what was written stays, flushed or not.
 */
export class StoppableDisk implements Disk {
  readonly #disk: Disk
  readonly #gate: Gate
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #files = new Set<DiskFile>()
  readonly #locks = new Set<DirectoryLock>()

  constructor(disk: Disk, gate: Gate) {
    this.#disk = disk
    this.#gate = gate
  }

  /** What the system does when a process is gone. Resolves when nothing is under way any more. */
  async release(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay)
    for (const file of this.#files) file.close()
    this.#files.clear()
    for (const lock of this.#locks) await lock.release()
    this.#locks.clear()
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    // Kept also where the node is killed before it hears of it.
    return this.#pass(this.#disk.open(path, mode).then((file) => this.#keep(file)))
  }

  openSync(path: string, mode: OpenMode): DiskFile {
    return this.#keep(this.#disk.openSync(path, mode))
  }

  descriptorLimit(): number {
    return this.#disk.descriptorLimit()
  }

  absolutePath(path: string): string {
    return this.#disk.absolutePath(path)
  }

  list(path: string): Promise<DirectoryEntry[]> {
    return this.#pass(this.#disk.list(path))
  }

  info(path: string): Promise<FileInfo | null> {
    return this.#pass(this.#disk.info(path))
  }

  makeDirectory(path: string): Promise<void> {
    return this.#pass(this.#disk.makeDirectory(path))
  }

  rename(from: string, to: string): Promise<void> {
    return this.#pass(this.#disk.rename(from, to))
  }

  renameSync(from: string, to: string): void {
    this.#disk.renameSync(from, to)
  }

  removeFile(path: string): Promise<void> {
    return this.#pass(this.#disk.removeFile(path))
  }

  removeDirectory(path: string): Promise<void> {
    return this.#pass(this.#disk.removeDirectory(path))
  }

  readFile(path: string): Promise<Buffer | null> {
    return this.#pass(this.#disk.readFile(path))
  }

  writeFileAtomic(path: string, content: Uint8Array): Promise<void> {
    return this.#pass(this.#disk.writeFileAtomic(path, content))
  }

  flushDirectory(path: string): Promise<void> {
    return this.#pass(this.#disk.flushDirectory(path))
  }

  space(path: string): Promise<VolumeSpace> {
    return this.#pass(this.#disk.space(path))
  }

  lockDirectory(path: string): Promise<DirectoryLock> {
    const taken = this.#disk.lockDirectory(path).then((lock) => {
      this.#locks.add(lock)
      return lock
    })
    return this.#pass(taken).then((lock) => ({
      release: () => {
        this.#locks.delete(lock)
        return this.#pass(lock.release())
      },
    }))
  }

  #keep(file: DiskFile): DiskFile {
    this.#files.add(file)
    return {
      path: file.path,
      readAt: (target, position) => file.readAt(target, position),
      readAtAsync: (target, position) => this.#pass(file.readAtAsync(target, position)),
      writeAt: (chunks, position) => file.writeAt(chunks, position),
      truncate: (sizeBytes) => file.truncate(sizeBytes),
      sizeBytes: () => file.sizeBytes(),
      flush: () => this.#pass(file.flush()),
      close: () => {
        this.#files.delete(file)
        file.close()
      },
    }
  }

  #pass<T>(operation: Promise<T>): Promise<T> {
    this.#underWay.add(operation)
    const done = () => void this.#underWay.delete(operation)
    operation.then(done, done)
    return this.#gate.pass(operation)
  }
}
