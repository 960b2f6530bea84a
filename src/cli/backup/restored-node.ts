/**
 * Puts a node's data back. All of the archive is read into `.odradek-restore` in each target and checked; only then do former data
 * give way and the files get their places, while `.odradek-restore-unfinished` stands beside. A node does not start on a directory with
 * either, so that a restore that was killed cannot be taken for a whole one; with the first alone, what was there is whole.
 * They are in the target, and not beside it, since targets are often volumes of their own.
 *
 * Errors: `DecodeError` for a bad archive; RESTORE_REFUSED for one of another node, and targets that hold data; `DiskError`,
 * with reason 'locked' where a node runs on a target; the signal's reason. Whatever it is, the targets are as they were; but a
 * `DiskError` may also come when former data have given way, and leaves the mark of that.
 *
 * What an archive is, and that it is whole, is the job of `readArchive`.
 */
import { DecodeError } from '../../../protocol/errors.ts'
import { OdradekError } from '../../base/errors.ts'
import type { DirectoryLock, Disk } from '../../base/ports.ts'
import { UNFINISHED_RESTORE, UNPACKED_RESTORE } from '../../node/directories/unfinished-restore.ts'
import { readLogDirectories } from '../../raft/format/log-directories.ts'
import { decodeMetaProperties, META_PROPERTIES_FILE, type MetaProperties } from '../../raft/format/meta-properties.ts'
import { makeDurableDirectory } from '../../storage/directory/durable-directory.ts'
import { forEachLimited } from '../../storage/directory/for-each-limited.ts'
import { shownBytes } from '../shown-bytes.ts'
import { type ArchivePlace, METADATA_DIRECTORY } from './archive-layout.ts'
import type { BackupHeader } from './manifest.ts'
import { type ArchiveReceiver, type ReadArchive, readArchive } from './read-archive.ts'

export interface RestoreOptions {
  readonly disk: Disk
  /** The archive, as a tar stream. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Where `data-0`, `data-1` and so on of the archive go. */
  readonly targets: readonly string[]
  readonly expected: ExpectedNode
  /** What is in the targets gives way. */
  readonly replace: boolean
  /** Ends it with the signal's reason, unless files get their places already. */
  readonly signal?: AbortSignal
  /** Which targets share one; a volume each where not given. */
  readonly volumeOf?: (path: string) => string
}

/** null: whichever the archive is of. */
export interface ExpectedNode {
  readonly nodeId: number | null
  readonly clusterId: string | null
  /** The target that is to hold the metadata log. */
  readonly metadataTarget: string | null
}

const RESTORE_MARKS: ReadonlySet<string> = new Set([UNPACKED_RESTORE, UNFINISHED_RESTORE])
/** Not data: what file systems and locks leave in a directory. */
const NOT_DATA: ReadonlySet<string> = new Set(['lost+found', '.lock', '.odradek-lock', '.odradek-lock.sock'])
const FLUSHED_TOGETHER = 16
const HEADROOM = 1.02

/** See the head of this file. */
export async function restoreNode(options: RestoreOptions): Promise<ReadArchive> {
  const targets = new Targets(options.disk, options.targets, options.signal)
  try {
    await targets.take(options.replace)
    const read = await readArchive(options.chunks, new Staging(options, targets))
    await targets.check(read.header)
    await targets.commit()
    return read
  } catch (error) {
    await targets.giveBack()
    throw error
  } finally {
    await targets.release()
  }
}

/** Gives the files of an archive their places below the targets. */
class Staging implements ArchiveReceiver {
  readonly #options: RestoreOptions
  readonly #targets: Targets

  constructor(options: RestoreOptions, targets: Targets) {
    this.#options = options
    this.#targets = targets
  }

  async begin(header: BackupHeader): Promise<void> {
    const { targets, expected, disk } = this.#options
    checkIsExpected(header, expected)
    if (header.directories.length !== targets.length) throw refused(differentCount(header, targets))
    const metadataAt = targets[header.directories.findIndex(({ holdsMetadata }) => holdsMetadata)] as string
    if (expected.metadataTarget !== null && disk.absolutePath(expected.metadataTarget) !== disk.absolutePath(metadataAt))
      throw refused(`its metadata log would go to ${metadataAt}, and the settings of the node expect it in ${expected.metadataTarget}`)
    await this.#targets.checkFormer(header)
    await this.#checkSpace(header)
    await this.#targets.stage()
  }

  async receive(place: ArchivePlace, content: AsyncIterable<Buffer>): Promise<void> {
    const { disk } = this.#options
    if (place.partition !== null) await disk.makeDirectory(this.#targets.staged({ ...place, file: '' }))
    const file = await disk.open(this.#targets.staged(place), 'create')
    try {
      file.truncate(0)
      let position = 0
      for await (const chunk of content) {
        this.#options.signal?.throwIfAborted()
        file.writeAt([chunk], position)
        position += chunk.length
      }
    } finally {
      file.close()
    }
  }

  discard(place: ArchivePlace): Promise<void> {
    return this.#options.disk.removeFile(this.#targets.staged(place))
  }

  async #checkSpace({ estimatedBytes }: BackupHeader): Promise<void> {
    const { disk, targets, volumeOf = (path) => path } = this.#options
    const freeBytesOf = new Map<string, number>()
    for (const target of targets) freeBytesOf.set(volumeOf(target), (await disk.space(target)).freeBytes)
    const freeBytes = [...freeBytesOf.values()].reduce((sum, bytes) => sum + bytes, 0)
    const has = `${targets.join(' and ')} ${targets.length === 1 ? 'has' : 'have'}`
    if (freeBytes < estimatedBytes * HEADROOM) throw refused(`it takes about ${shownBytes(estimatedBytes)}, and ${has} ${shownBytes(freeBytes)} free`)
  }
}

/** The directories that are restored to: locked, and what was done to them. */
class Targets {
  readonly #disk: Disk
  readonly #paths: readonly string[]
  readonly #locks: DirectoryLock[] = []
  readonly #made: string[] = []
  /** What was there before, by target. */
  readonly #former = new Map<string, readonly string[]>()
  readonly #signal: AbortSignal | undefined
  #isCommitting = false

  constructor(disk: Disk, paths: readonly string[], signal: AbortSignal | undefined) {
    this.#disk = disk
    this.#paths = paths
    this.#signal = signal
  }

  async take(replace: boolean): Promise<void> {
    for (const path of this.#paths) {
      if ((await this.#disk.info(path)) === null) {
        await makeDurableDirectory(path, this.#disk)
        this.#made.push(path)
      }
      this.#locks.push(await this.#disk.lockDirectory(path))
      const names = (await this.#disk.list(path)).map(({ name }) => name).filter((name) => !NOT_DATA.has(name))
      if (names.some((name) => name !== UNPACKED_RESTORE) && !replace) throw refused(holdsData(path, names))
      this.#former.set(path, names)
    }
  }

  /** What gives way must be of the same node, as far as it says whose it is. Errors: FORMAT. */
  async checkFormer({ nodeId, clusterId }: BackupHeader): Promise<void> {
    await readLogDirectories(this.#paths, this.#disk, { nodeId, clusterId })
  }

  async stage(): Promise<void> {
    for (const [index] of this.#paths.entries()) {
      await this.#disk.makeDirectory(this.#stageOf(index))
      await this.#empty(this.#stageOf(index))
      await this.#disk.flushDirectory(this.#paths[index] as string)
    }
  }

  staged({ directory, partition, file }: ArchivePlace): string {
    return [this.#stageOf(directory), partition, file].filter((part) => part !== null && part !== '').join('/')
  }

  /** Errors: `DecodeError` where the directories are not those that the archive announced. */
  async check(header: BackupHeader): Promise<void> {
    for (const [index, { directoryId, holdsMetadata }] of header.directories.entries()) {
      await this.#removeEmpty(this.#stageOf(index))
      const content = await this.#disk.readFile(`${this.#stageOf(index)}/${META_PROPERTIES_FILE}`)
      const found: MetaProperties | null = content === null ? null : decodeMetaProperties(content)
      if (found?.clusterId !== header.clusterId || found.nodeId !== header.nodeId || found.directoryId !== directoryId)
        throw new DecodeError(`its data-${index} is not the directory that it says`)
      const hasMetadata = (await this.#disk.info(`${this.#stageOf(index)}/${METADATA_DIRECTORY}`)) !== null
      if (hasMetadata !== holdsMetadata) throw new DecodeError(`its metadata log is not where it says`)
    }
  }

  /** From the marks on there is no way back: what is interrupted then is to be begun anew. */
  async commit(): Promise<void> {
    for (const [index] of this.#paths.entries()) await this.#flush(this.#stageOf(index))
    this.#signal?.throwIfAborted()
    this.#isCommitting = true
    for (const path of this.#paths) {
      await this.#disk.makeDirectory(`${path}/${UNFINISHED_RESTORE}`)
      await this.#disk.flushDirectory(path)
    }
    for (const path of this.#paths) for (const name of this.#former.get(path) ?? []) if (!RESTORE_MARKS.has(name)) await this.#remove(`${path}/${name}`)
    for (const [index, path] of this.#paths.entries()) {
      const stage = this.#stageOf(index)
      for (const { name } of await this.#disk.list(stage)) await this.#disk.rename(`${stage}/${name}`, `${path}/${name}`)
      await this.#disk.flushDirectory(path)
    }
    for (const mark of [UNPACKED_RESTORE, UNFINISHED_RESTORE]) await this.#removeFromAll(mark)
  }

  async #removeFromAll(name: string): Promise<void> {
    for (const path of this.#paths) {
      await this.#disk.removeDirectory(`${path}/${name}`)
      await this.#disk.flushDirectory(path)
    }
  }

  /** Where an earlier restore was interrupted, the mark of that stays. */
  async giveBack(): Promise<void> {
    if (this.#isCommitting) return
    for (const [index, path] of this.#paths.entries()) {
      const former = this.#former.get(path)
      if (former?.includes(UNPACKED_RESTORE) === true) await this.#empty(this.#stageOf(index))
      else if (former !== undefined) await this.#disk.removeDirectory(this.#stageOf(index))
    }
  }

  async release(): Promise<void> {
    for (const lock of this.#locks.reverse()) await lock.release()
    for (const path of this.#made) if ((await this.#disk.list(path)).length === 0) await this.#disk.removeDirectory(path)
  }

  #stageOf(index: number): string {
    return `${this.#paths[index]}/${UNPACKED_RESTORE}`
  }

  /** Of partitions of which everything was overtaken. */
  async #removeEmpty(stage: string): Promise<void> {
    for (const { name, kind } of await this.#disk.list(stage)) {
      if (kind === 'directory' && (await this.#disk.list(`${stage}/${name}`)).length === 0) await this.#disk.removeDirectory(`${stage}/${name}`)
    }
  }

  async #empty(directory: string): Promise<void> {
    for (const { name } of await this.#disk.list(directory)) await this.#remove(`${directory}/${name}`)
  }

  async #remove(path: string): Promise<void> {
    if ((await this.#disk.info(path))?.kind === 'directory') await this.#disk.removeDirectory(path)
    else await this.#disk.removeFile(path)
  }

  /** Makes all files below durable, and their names. */
  async #flush(directory: string): Promise<void> {
    this.#signal?.throwIfAborted()
    const entries = await this.#disk.list(directory)
    await forEachLimited(entries, FLUSHED_TOGETHER, async ({ name, kind }) => {
      const path = `${directory}/${name}`
      if (kind === 'directory') return this.#flush(path)
      const file = await this.#disk.open(path, 'write')
      try {
        await file.flush()
      } finally {
        file.close()
      }
    })
    await this.#disk.flushDirectory(directory)
  }
}

function checkIsExpected(header: BackupHeader, { nodeId, clusterId }: ExpectedNode): void {
  if (nodeId !== null && nodeId !== header.nodeId) throw refused(`it is of ${nameOf(header)}, and node ${nodeId} is to be restored`)
  if (clusterId !== null && clusterId !== header.clusterId) throw refused(`it is of ${nameOf(header)}, and a node of cluster ${clusterId} is to be restored`)
}

function nameOf({ nodeId, clusterId }: { readonly nodeId: number; readonly clusterId: string }): string {
  return `node ${nodeId} of cluster ${clusterId}`
}

function holdsData(path: string, found: readonly string[]): string {
  if (found.includes(UNFINISHED_RESTORE)) return `a restore into ${path} was interrupted: run it again with --replace`
  const names = found.filter((name) => name !== UNPACKED_RESTORE)
  return `${path} is not empty (${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''}). Move that away, or let it go with --replace`
}

function differentCount({ directories }: BackupHeader, targets: readonly string[]): string {
  const were = directories.map(({ path }) => path).join(', ')
  return `it holds ${directories.length} directories (${were}), and ${targets.length} are named to restore to (${targets.join(', ')})`
}

function refused(why: string): OdradekError {
  return new OdradekError('RESTORE_REFUSED', `The archive is not restored: ${why}.`)
}
