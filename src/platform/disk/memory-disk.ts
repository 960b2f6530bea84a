import { hostname } from 'node:os'
import { posix } from 'node:path'
import { DiskError } from '../../base/errors.ts'
import type { Clock, DirectoryEntry, DirectoryLock, Disk, DiskFile, FileInfo, OpenMode, VolumeSpace } from '../../base/ports.ts'
import { systemError } from '../system-error.ts'
import { toDiskError } from './disk-errors.ts'
import { type MemoryBudget, MemoryContent, MemoryFile } from './memory-file.ts'

/** Ordinary use is far below; a test that writes without end shall not take the machine with it. */
const DEFAULT_CAPACITY_BYTES = 1024 * 1024 * 1024

type Directory = Map<string, MemoryNode>
type MemoryNode = Directory | MemoryContent

/** Files in the memory of the process, for nodes that keep nothing: nothing outlives it, and nothing waits for a device. */
export class MemoryDisk implements Disk {
  readonly #clock: Clock
  readonly #budget: MemoryBudget
  readonly #root: Directory = new Map()
  readonly #locks = new Map<string, string>()

  constructor(clock: Clock, capacityBytes: number = DEFAULT_CAPACITY_BYTES) {
    this.#clock = clock
    this.#budget = { capacityBytes, usedBytes: 0 }
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    return this.openSync(path, mode)
  }

  openSync(path: string, mode: OpenMode): DiskFile {
    const { directory, name } = this.#placeOf(path, 'Opening')
    let content = directory.get(name)
    if (content instanceof Map) throw failure('Opening', path, 'EISDIR')
    if (content === undefined) {
      if (mode !== 'create') throw failure('Opening', path, 'ENOENT')
      content = new MemoryContent(this.#budget, this.#clock.nowMs())
      directory.set(name, content)
    }
    return new MemoryFile(path, content, mode, () => this.#clock.nowMs())
  }

  /** Its files are none of the system's. */
  descriptorLimit(): number {
    return Number.POSITIVE_INFINITY
  }

  absolutePath(path: string): string {
    return posix.resolve('/', path)
  }

  async list(path: string): Promise<DirectoryEntry[]> {
    const directory = this.#directoryAt(path, 'Listing')
    const entries = [...directory].map(([name, node]): DirectoryEntry => ({ name, kind: node instanceof Map ? 'directory' : 'file' }))
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async info(path: string): Promise<FileInfo | null> {
    const node = this.#find(path)
    if (node === undefined) return null
    if (node instanceof Map) return { kind: 'directory', sizeBytes: 0, modifiedMs: this.#clock.nowMs() }
    return { kind: 'file', sizeBytes: node.sizeBytes, modifiedMs: node.modifiedMs }
  }

  async makeDirectory(path: string): Promise<void> {
    let directory = this.#root
    for (const name of partsOf(path)) {
      const found = directory.get(name) ?? new Map()
      if (!(found instanceof Map)) throw failure('Making the directory', path, 'EEXIST')
      directory.set(name, found)
      directory = found
    }
  }

  async rename(from: string, to: string): Promise<void> {
    this.renameSync(from, to)
  }

  renameSync(from: string, to: string): void {
    const attempted = `Renaming to ${to} the path`
    const source = this.#placeOf(from, attempted)
    const node = source.directory.get(source.name)
    if (node === undefined) throw failure(attempted, from, 'ENOENT')
    const target = this.#placeOf(to, attempted)
    const replaced = target.directory.get(target.name)
    if (replaced === node) return
    const intoItself = `${this.absolutePath(to)}/`.startsWith(`${this.absolutePath(from)}/`)
    const refusal = intoItself ? 'EINVAL' : replacementRefusal(node, replaced)
    if (refusal !== null) throw failure(attempted, from, refusal)
    if (replaced instanceof MemoryContent) replaced.removed()
    source.directory.delete(source.name)
    target.directory.set(target.name, node)
  }

  async removeFile(path: string): Promise<void> {
    const node = this.#find(path)
    if (node === undefined) return
    if (node instanceof Map) throw failure('Removing', path, 'EISDIR')
    this.#remove(path, node)
  }

  async removeDirectory(path: string): Promise<void> {
    const node = this.#find(path)
    if (node !== undefined) this.#remove(path, node)
  }

  async readFile(path: string): Promise<Buffer | null> {
    const node = this.#find(path)
    if (node === undefined) return null
    if (node instanceof Map) throw failure('Reading', path, 'EISDIR')
    const content = Buffer.alloc(node.sizeBytes)
    node.read(content, 0)
    return content
  }

  async writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
    const { directory, name } = this.#placeOf(path, 'Replacing')
    const replaced = directory.get(name)
    if (replaced instanceof Map) throw failure('Replacing', path, 'EISDIR')
    const content = new MemoryContent(this.#budget, this.#clock.nowMs())
    if (!content.write(bytes, 0)) {
      content.removed()
      throw failure('Replacing', path, 'ENOSPC')
    }
    replaced?.removed()
    directory.set(name, content)
  }

  async flushDirectory(path: string): Promise<void> {
    this.#directoryAt(path, 'Flushing the directory')
  }

  async space(path: string): Promise<VolumeSpace> {
    if (this.#find(path) === undefined) throw failure('Asking the free space at', path, 'ENOENT')
    const { capacityBytes, usedBytes } = this.#budget
    return { totalBytes: capacityBytes, freeBytes: capacityBytes - usedBytes }
  }

  async lockDirectory(path: string): Promise<DirectoryLock> {
    this.#directoryAt(path, 'Locking')
    const key = this.absolutePath(path)
    const holder = this.#locks.get(key)
    if (holder !== undefined) throw new DiskError('locked', path, `${path} is in use by ${holder}`)
    this.#locks.set(key, `process ${process.pid} on ${hostname()}, started at ${new Date(this.#clock.nowMs()).toISOString()}`)
    return {
      release: async () => {
        this.#locks.delete(key)
      },
    }
  }

  #find(path: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = this.#root
    for (const name of partsOf(path)) node = node instanceof Map ? node.get(name) : undefined
    return node
  }

  #directoryAt(path: string, attempted: string): Directory {
    const node = this.#find(path)
    if (node instanceof Map) return node
    throw failure(attempted, path, node === undefined ? 'ENOENT' : 'ENOTDIR')
  }

  #placeOf(path: string, attempted: string): { readonly directory: Directory; readonly name: string } {
    const parts = partsOf(path)
    const name = parts.pop()
    const directory = this.#find(parts.join('/'))
    if (name === undefined || !(directory instanceof Map)) throw failure(attempted, path, directory instanceof MemoryContent ? 'ENOTDIR' : 'ENOENT')
    return { directory, name }
  }

  #remove(path: string, node: MemoryNode): void {
    forgetAll(node)
    const { directory, name } = this.#placeOf(path, 'Removing')
    directory.delete(name)
  }
}

function partsOf(path: string): string[] {
  return posix
    .normalize(path.replaceAll('\\', '/'))
    .split('/')
    .filter((part) => part !== '' && part !== '.')
}

function forgetAll(node: MemoryNode): void {
  if (node instanceof MemoryContent) node.removed()
  else for (const child of node.values()) forgetAll(child)
}

/** As POSIX has it; null where the node may take the place. */
function replacementRefusal(node: MemoryNode, replaced: MemoryNode | undefined): string | null {
  if (replaced === undefined) return null
  if (node instanceof Map !== replaced instanceof Map) return node instanceof Map ? 'ENOTDIR' : 'EISDIR'
  return replaced instanceof Map && replaced.size > 0 ? 'ENOTEMPTY' : null
}

function failure(attempted: string, path: string, code: string): DiskError {
  return toDiskError(attempted, path, systemError(code))
}
