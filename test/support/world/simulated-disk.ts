import { assert } from '../../../src/base/assert.ts'
import { DiskError, type DiskErrorReason } from '../../../src/base/errors.ts'
import type { DirectoryEntry, DirectoryLock, Disk, DiskFile, FileInfo, OpenMode, VolumeSpace } from '../../../src/base/ports.ts'
import type { ChangingOperation, DiskFaults, DiskOperation } from './disk-faults.ts'
import { FileContent } from './file-content.ts'
import type { SeededRandom } from './seeded-random.ts'
import { SimulatedFile } from './simulated-file.ts'
import type { SimulatedProcess } from './simulated-node.ts'
import type { FileNode, Volume, VolumeNode } from './volume.ts'

/** As in the Node implementation, so that errors read alike. */
const ATTEMPTED: Readonly<Record<DiskOperation, string>> = {
  read: 'Reading',
  write: 'Writing to',
  truncate: 'Setting the size of',
  flush: 'Flushing',
  create: 'Opening',
  open: 'Opening',
  list: 'Listing',
  readFile: 'Reading',
  makeDirectory: 'Making the directory',
  rename: 'Renaming the path',
  removeFile: 'Removing',
  removeDirectory: 'Removing the directory',
  writeFileAtomic: 'Replacing',
  flushDirectory: 'Flushing the directory',
}

const TEXTS: Readonly<Partial<Record<DiskErrorReason, string>>> = {
  'no-space': 'the volume is full. Free space on it',
  io: 'the device reports an error. Check the system log',
  'too-many-files': 'this process has too many files open. Raise its limit',
}

/** Of the synchronous operations, those between which a crash makes a difference. */
const CHANGING: ReadonlySet<DiskOperation> = new Set(['write', 'truncate', 'create', 'rename'])

/**
 * The Disk port of one process, over the volume of its machine. Asynchronous calls take effect when they end and so may
 * overtake each other, as in a pool of threads. The volume is that of the process's start: once the machine has crashed,
 * what is left of the process's turn works on files that are no more.
 */
export class SimulatedDisk implements Disk {
  readonly #process: SimulatedProcess
  readonly #volume: Volume
  readonly #faults: DiskFaults
  readonly #random: SeededRandom
  readonly #replacing = new Map<string, Promise<void>>()
  readonly #locks = new Set<VolumeNode>()
  readonly #openFiles = new Map<FileNode, number>()

  constructor(process: SimulatedProcess, random: SeededRandom) {
    this.#process = process
    this.#volume = process.node.volume
    this.#faults = process.node.faults
    this.#random = random
  }

  open(path: string, mode: OpenMode): Promise<DiskFile> {
    if (this.#volume.find(path) !== null || mode !== 'create') return this.#later('open', path, () => this.#opened(path, mode))
    return this.#change('create', path, () => this.#opened(path, mode))
  }

  openSync(path: string, mode: OpenMode): DiskFile {
    const creates = mode === 'create' && this.#volume.find(path) === null
    return this.#now(creates ? 'create' : 'open', path, () => this.#opened(path, mode))
  }

  descriptorLimit(): number {
    return Number.POSITIVE_INFINITY
  }

  absolutePath(path: string): string {
    return path.startsWith('/') ? path : `/${path}`
  }

  list(path: string): Promise<DirectoryEntry[]> {
    return this.#later('list', path, () => {
      const entries = [...this.#volume.directory(path).names].map(([name, node]) => ({ name, kind: node.kind }))
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    })
  }

  info(path: string): Promise<FileInfo | null> {
    return this.#later('list', path, () => this.#volume.info(path))
  }

  makeDirectory(path: string): Promise<void> {
    return this.#change('makeDirectory', path, () => this.#volume.makeDirectories(path))
  }

  rename(from: string, to: string): Promise<void> {
    return this.#change('rename', from, () => this.#rename(from, to))
  }

  renameSync(from: string, to: string): void {
    this.call('rename', from, 0, (part) => {
      if (part >= 0.5) this.#rename(from, to)
    })
  }

  removeFile(path: string): Promise<void> {
    return this.#change('removeFile', path, () => this.#volume.removeFile(path))
  }

  removeDirectory(path: string): Promise<void> {
    return this.#change('removeDirectory', path, () => this.#volume.removeTree(path))
  }

  readFile(path: string): Promise<Buffer | null> {
    return this.#later('readFile', path, () => {
      const node = this.#volume.find(path)
      if (node?.kind === 'directory') throw this.failure('io', 'readFile', path)
      return node === null ? null : node.content.bytes()
    })
  }

  writeFileAtomic(path: string, content: Uint8Array): Promise<void> {
    const earlier = this.#replacing.get(path) ?? Promise.resolve()
    // The earlier write's failure was told to its own caller.
    const result = earlier.catch(() => {}).then(() => this.#change('writeFileAtomic', path, () => this.#replace(path, content)))
    this.#replacing.set(path, result)
    return result.finally(() => {
      if (this.#replacing.get(path) === result) this.#replacing.delete(path)
    })
  }

  flushDirectory(path: string): Promise<void> {
    return this.#change('flushDirectory', path, () => this.#volume.flushNames(this.#volume.directory(path)))
  }

  space(path: string): Promise<VolumeSpace> {
    return this.#later('list', path, () => {
      const totalBytes = Math.min(this.#faults.capacityBytes, 2 ** 40)
      return { totalBytes, freeBytes: Math.max(0, totalBytes - this.#volume.usedBytes()) }
    })
  }

  lockDirectory(path: string): Promise<DirectoryLock> {
    return this.#later('open', path, () => {
      const directory = this.#volume.directory(path)
      if (this.#locks.has(directory)) throw this.#lockedBy(path)
      this.#locks.add(directory)
      return {
        release: async () => {
          this.#locks.delete(directory)
        },
      }
    })
  }

  /** Space for `sizeBytes` more in the file, as far as the volume has it. */
  spaceFor(sizeBytes: number): number {
    if (this.#faults.capacityBytes === Number.POSITIVE_INFINITY) return sizeBytes
    return Math.max(0, Math.min(sizeBytes, this.#faults.capacityBytes - this.#volume.usedBytes()))
  }

  /**
   * A synchronous call on an open file: it takes its time on the process's clock. `effect` is given the part of it that
   * happens, 1 for all; less when the machine crashes in its middle.
   */
  call<T>(operation: DiskOperation, path: string, sizeBytes: number, effect: (part: number) => T): T {
    this.#process.spend(this.#faults.syncCallMs(sizeBytes))
    const reason = this.#faults.failureOf(operation, path)
    if (reason !== null) throw this.failure(reason, operation, path)
    const crash = CHANGING.has(operation) && this.#process.isAlive ? this.#faults.countChange() : null
    if (crash === null) return effect(1)
    const result = effect(this.#random.fraction())
    this.#process.node.crash(crash)
    return result
  }

  /** An asynchronous call that changes nothing. */
  later<T>(operation: DiskOperation, path: string, effect: () => T): Promise<T> {
    return this.#later(operation, path, effect)
  }

  /** @param mark what was written when the flush was asked for */
  flush(file: FileNode, path: string): Promise<void> {
    const mark = file.content.flushMark()
    return this.#change('flush', path, () => file.content.flushTo(mark))
  }

  failure(reason: DiskErrorReason, operation: DiskOperation, path: string): DiskError {
    return new DiskError(reason, path, `${ATTEMPTED[operation]} ${path} failed: ${TEXTS[reason] ?? 'see the reason'} (simulated ${reason})`)
  }

  wallMs(): number {
    return this.#process.ports.clock.nowMs()
  }

  /** A file is open until it is closed as often as it was opened. */
  closed(file: FileNode): void {
    const count = (this.#openFiles.get(file) ?? 0) - 1
    if (count > 0) this.#openFiles.set(file, count)
    else this.#openFiles.delete(file)
  }

  /** Windows renames no directory that has open files below it, and nothing over an open file: no part may lean on systems that do. */
  #rename(from: string, to: string): void {
    const isOpen = (path: string) => this.#volume.filesBelow(path).some((file) => this.#openFiles.has(file))
    assert(this.#volume.find(from)?.kind !== 'directory' || !isOpen(from), `${from} is renamed while a file below it is open`)
    assert(!isOpen(to), `${from} is renamed over ${to}, which is open`)
    this.#volume.rename(from, to)
  }

  #opened(path: string, mode: OpenMode): DiskFile {
    try {
      const file = this.#volume.file(path, { create: mode === 'create', nowMs: this.wallMs() })
      this.#openFiles.set(file, (this.#openFiles.get(file) ?? 0) + 1)
      return new SimulatedFile(this, file, { path, isWritable: mode !== 'read' })
    } catch (error) {
      throw error instanceof DiskError ? new DiskError(error.reason, path, `Opening ${path} failed: ${error.message}`, error) : error
    }
  }

  #replace(path: string, content: Uint8Array): void {
    if (this.spaceFor(content.length) < content.length) throw this.failure('no-space', 'writeFileAtomic', path)
    const file: FileNode = { kind: 'file', content: new FileContent(content), modifiedMs: this.wallMs() }
    this.#volume.setName(path, file)
    this.#volume.flushNames(this.#volume.directory(path.slice(0, path.lastIndexOf('/'))))
  }

  #now<T>(operation: DiskOperation, path: string, effect: () => T): T {
    return this.call(operation, path, 0, effect)
  }

  #later<T>(operation: DiskOperation, path: string, effect: () => T): Promise<T> {
    return this.#settleAfter(this.#faults.asyncCallMs(), operation, path, (resolve) => resolve(effect()))
  }

  /** A crash in its middle comes before the effect or behind it, but always before anybody hears of it. */
  #change<T>(operation: ChangingOperation, path: string, effect: () => T): Promise<T> {
    const durationMs = operation === 'flush' || operation === 'flushDirectory' ? this.#faults.flushMs() : this.#faults.asyncCallMs()
    return this.#settleAfter(durationMs, operation, path, (resolve) => {
      const crash = this.#faults.countChange()
      if (crash === null) return resolve(effect())
      if (this.#random.chance(0.5)) effect()
      this.#process.node.crash(crash)
    })
  }

  #settleAfter<T>(durationMs: number, operation: DiskOperation, path: string, run: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#process.after(durationMs, `disk ${operation} ${path}`, () => {
        try {
          const reason = this.#faults.failureOf(operation, path)
          if (reason !== null) throw this.failure(reason, operation, path)
          run(resolve)
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  #lockedBy(path: string): DiskError {
    const { pid, name, startedAtMs } = this.#process
    const who = `another Odradek node: process ${pid} on ${name}, started at ${new Date(startedAtMs).toISOString()}`
    return new DiskError('locked', path, `${path} is in use by ${who}. Stop it first, or give this node another directory`)
  }
}
