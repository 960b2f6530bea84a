import { DiskError, type DiskErrorReason } from '../../../src/base/errors.ts'
import type { FileInfo, TimestampMs } from '../../../src/base/ports.ts'
import { FileContent } from './file-content.ts'
import type { SeededRandom } from './seeded-random.ts'

/**
 * A file system in memory that knows what a loss of power would leave of it.
 *
 * Files and directories are nodes apart from their names, as on a real one: an open file survives its removal.
 * Each directory has its names twice, as processes see them and as the device has them. Between the two stand the changes
 * of names that were not flushed, in one order for the whole volume. After a loss of power the device has, as with a
 * journal, some first part of them; or, with `reordersNames`, any of them.
 */

export interface FileNode {
  readonly kind: 'file'
  content: FileContent
  modifiedMs: TimestampMs
}

export interface DirectoryNode {
  readonly kind: 'directory'
  readonly names: Map<string, VolumeNode>
  readonly durableNames: Map<string, VolumeNode>
}

export type VolumeNode = FileNode | DirectoryNode

/** One name set (or, with null, removed) in one directory. */
interface NameChange {
  readonly directory: DirectoryNode
  readonly name: string
  readonly node: VolumeNode | null
}

/** Changes that a file system makes together or not at all: a rename is two. */
type NameStep = readonly NameChange[]

export interface PowerLossOptions {
  /** Names may be lost independently of each other, which POSIX allows and journals do not do. */
  readonly reordersNames: boolean
}

export class Volume {
  readonly #root: DirectoryNode
  #unflushed: NameStep[]

  constructor(root: DirectoryNode = newDirectory(), unflushed: NameStep[] = []) {
    this.#root = root
    this.#unflushed = unflushed
  }

  find(path: string): VolumeNode | null {
    let node: VolumeNode = this.#root
    for (const part of partsOf(path)) {
      if (node.kind !== 'directory') return null
      const next = node.names.get(part)
      if (next === undefined) return null
      node = next
    }
    return node
  }

  directory(path: string): DirectoryNode {
    const node = this.find(path)
    if (node?.kind !== 'directory') throw failure('not-found', path, 'there is no such directory')
    return node
  }

  info(path: string): FileInfo | null {
    const node = this.find(path)
    if (node === null) return null
    if (node.kind === 'directory') return { kind: 'directory', sizeBytes: 0, modifiedMs: 0 }
    return { kind: 'file', sizeBytes: node.content.sizeBytes, modifiedMs: node.modifiedMs }
  }

  /** The file at `path`, made when `create` is set. */
  file(path: string, options: { readonly create: boolean; readonly nowMs: TimestampMs }): FileNode {
    const found = this.find(path)
    if (found?.kind === 'file') return found
    if (found !== null) throw failure('io', path, 'it is a directory')
    if (!options.create) throw failure('not-found', path, 'there is no such file. Check the path')
    const file: FileNode = { kind: 'file', content: new FileContent(), modifiedMs: options.nowMs }
    this.setName(path, file)
    return file
  }

  setName(path: string, node: VolumeNode): void {
    this.#step([{ ...this.#place(path), node }])
  }

  makeDirectories(path: string): void {
    let directory = this.#root
    for (const name of partsOf(path)) {
      const found = directory.names.get(name)
      if (found?.kind === 'file') throw failure('exists', path, 'a file is in the way')
      const next = found ?? newDirectory()
      if (found === undefined) this.#step([{ directory, name, node: next }])
      directory = next
    }
  }

  rename(from: string, to: string): void {
    const source = this.#place(from)
    const node = source.directory.names.get(source.name)
    if (node === undefined) throw failure('not-found', from, 'there is no such file or directory')
    const target = this.#place(to)
    const replaced = target.directory.names.get(target.name)
    if (replaced === node) return
    if (replaced !== undefined) refuseReplacement(node, replaced, to)
    if (node.kind === 'directory' && holds(node, target.directory)) throw failure('io', to, 'a directory cannot move into itself')
    this.#step([
      { ...source, node: null },
      { ...target, node },
    ])
  }

  /** The file at `path`, or all those below it; none where nothing is. */
  filesBelow(path: string): FileNode[] {
    const node = this.find(path)
    if (node === null) return []
    return node.kind === 'file' ? [node] : [...node.names.keys()].flatMap((name) => this.filesBelow(`${path}/${name}`))
  }

  /** Removes a file; a missing one is fine. */
  removeFile(path: string): void {
    const node = this.find(path)
    if (node?.kind === 'directory') throw failure('io', path, 'it is a directory')
    if (node !== null) this.#step([{ ...this.#place(path), node: null }])
  }

  /** Removes what is at `path` with all below it, the deepest first, as a program has to. */
  removeTree(path: string): void {
    const node = this.find(path)
    if (node === null) return
    if (node.kind === 'directory') for (const name of [...node.names.keys()]) this.removeTree(`${path}/${name}`)
    this.#step([{ ...this.#place(path), node: null }])
  }

  /** Makes the names in `directory` durable, and with them what was changed together with them or before that. */
  flushNames(directory: DirectoryNode): void {
    const concerned = new Set([directory])
    const flushed = new Set<NameStep>()
    for (const step of this.#unflushed.toReversed()) {
      if (!step.some((change) => concerned.has(change.directory))) continue
      flushed.add(step)
      for (const change of step) concerned.add(change.directory)
    }
    for (const step of this.#unflushed) if (flushed.has(step)) applyDurably(step)
    this.#unflushed = this.#unflushed.filter((step) => !flushed.has(step))
  }

  /** Of all files as processes see them. */
  usedBytes(): number {
    return usedBytes(this.#root)
  }

  /** All as it is, unflushed changes too, but apart from this volume: for the next process. */
  afterProcessEnd(): Volume {
    const copies = new Map<VolumeNode, VolumeNode>()
    const root = copyOf(this.#root, copies, (content) => content.copy()) as DirectoryNode
    const copied = (node: VolumeNode) => copyOf(node, copies, (content) => content.copy())
    const unflushed = this.#unflushed.map((step) =>
      step.map(({ directory, name, node }) => ({ directory: copied(directory) as DirectoryNode, name, node: node === null ? null : copied(node) })),
    )
    return new Volume(root, unflushed)
  }

  /** What a machine might find when it starts again. */
  afterPowerLoss(random: SeededRandom, options: PowerLossOptions): Volume {
    // On a copy: the process whose crash this is may still be in the middle of its last turn.
    const copy = this.afterProcessEnd()
    for (const step of survivingSteps(copy.#unflushed, random, options)) applyDurably(step)
    return new Volume(survivorOf(copy.#root, random, new Map()) as DirectoryNode)
  }

  #step(step: NameStep): void {
    for (const { directory, name, node } of step) setOrDelete(directory.names, name, node)
    this.#unflushed.push(step)
  }

  #place(path: string): { readonly directory: DirectoryNode; readonly name: string } {
    const parts = partsOf(path)
    const name = parts.at(-1)
    if (name === undefined) throw failure('io', path, 'the root cannot be changed')
    const parent = this.find(parts.slice(0, -1).join('/'))
    if (parent?.kind !== 'directory') throw failure('not-found', path, 'its directory does not exist. Check the path')
    return { directory: parent, name }
  }
}

function newDirectory(): DirectoryNode {
  return { kind: 'directory', names: new Map(), durableNames: new Map() }
}

/** Few paths are asked for again and again. */
const MOST_KNOWN_PATHS = 10_000
const knownParts = new Map<string, readonly string[]>()

function partsOf(path: string): readonly string[] {
  const known = knownParts.get(path)
  if (known !== undefined) return known
  const parts = path.split('/').filter((part) => part !== '')
  if (knownParts.size === MOST_KNOWN_PATHS) knownParts.clear()
  knownParts.set(path, parts)
  return parts
}

function failure(reason: DiskErrorReason, path: string, text: string): DiskError {
  return new DiskError(reason, path, `${path}: ${text}`)
}

function refuseReplacement(node: VolumeNode, replaced: VolumeNode, to: string): void {
  if (node.kind === 'file' && replaced.kind === 'directory') throw failure('io', to, 'a directory is in the way')
  if (node.kind === 'directory' && replaced.kind === 'file') throw failure('not-found', to, 'a file is in the way')
  if (replaced.kind === 'directory' && replaced.names.size > 0) throw failure('exists', to, 'the directory there is not empty')
}

function holds(outer: DirectoryNode, inner: DirectoryNode): boolean {
  if (outer === inner) return true
  return [...outer.names.values()].some((node) => node.kind === 'directory' && holds(node, inner))
}

function usedBytes(node: VolumeNode): number {
  if (node.kind === 'file') return node.content.sizeBytes
  let sum = 0
  for (const child of node.names.values()) sum += usedBytes(child)
  return sum
}

function setOrDelete(names: Map<string, VolumeNode>, name: string, node: VolumeNode | null): void {
  if (node === null) names.delete(name)
  else names.set(name, node)
}

function applyDurably(step: NameStep): void {
  for (const { directory, name, node } of step) setOrDelete(directory.durableNames, name, node)
}

function survivingSteps(steps: readonly NameStep[], random: SeededRandom, options: PowerLossOptions): readonly NameStep[] {
  if (options.reordersNames) return steps.filter(() => random.chance(0.5))
  switch (random.pick(['none', 'all', 'prefix'] as const)) {
    case 'none':
      return []
    case 'all':
      return steps
    case 'prefix':
      return steps.slice(0, random.below(steps.length + 1))
  }
}

/** @param copies nodes copied already: one with two names stays one */
function copyOf(node: VolumeNode, copies: Map<VolumeNode, VolumeNode>, content: (of: FileContent) => FileContent): VolumeNode {
  const known = copies.get(node)
  if (known !== undefined) return known
  if (node.kind === 'file') {
    const file: FileNode = { ...node, content: content(node.content) }
    copies.set(node, file)
    return file
  }
  const directory = newDirectory()
  copies.set(node, directory)
  for (const [name, child] of node.names) directory.names.set(name, copyOf(child, copies, content))
  for (const [name, child] of node.durableNames) directory.durableNames.set(name, copyOf(child, copies, content))
  return directory
}

/** The tree of durable names, with what the device has of each file. */
function survivorOf(node: VolumeNode, random: SeededRandom, survivors: Map<VolumeNode, VolumeNode>): VolumeNode {
  const known = survivors.get(node)
  if (known !== undefined) return known
  if (node.kind === 'file') {
    const file: FileNode = { ...node, content: node.content.afterPowerLoss(random) }
    survivors.set(node, file)
    return file
  }
  const directory = newDirectory()
  survivors.set(node, directory)
  for (const [name, child] of node.durableNames) {
    const survivor = survivorOf(child, random, survivors)
    directory.names.set(name, survivor)
    directory.durableNames.set(name, survivor)
  }
  return directory
}
