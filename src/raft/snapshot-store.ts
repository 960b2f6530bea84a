import { DecodeError } from '../../protocol/errors.ts'
import { DiskError, OdradekError } from '../base/errors.ts'
import type { Disk, Random, Timers } from '../base/ports.ts'
import type { RecordSerde } from './record-serde.ts'
import { decodeSnapshot, encodeSnapshot, type SnapshotContent, type SnapshotHeader, writeSlices } from './snapshot-file.ts'
import { compareSnapshots, parseSnapshotFileName, type SnapshotId, snapshotFileName } from './snapshot-name.ts'

export interface SnapshotStoreOptions<T> {
  /** `<log dir>/__cluster_metadata-0` */
  readonly directory: string
  readonly disk: Disk
  readonly timers: Pick<Timers, 'defer'>
  readonly random: Random
  readonly serde: RecordSerde<T>
}

export interface StoredSnapshot {
  readonly id: SnapshotId
  readonly sizeBytes: number
}

/** The snapshots of the metadata log, oldest first. A file has its name when all of it is durable, and not before. */
export class SnapshotStore<T> {
  readonly #options: SnapshotStoreOptions<T>
  #snapshots: readonly StoredSnapshot[]
  /** By file name, of those that were read or written by this process. */
  readonly #appendedMs = new Map<string, number>()

  private constructor(options: SnapshotStoreOptions<T>, snapshots: readonly StoredSnapshot[]) {
    this.#options = options
    this.#snapshots = snapshots
  }

  /** Removes what a crash left half-written or half-removed, and snapshots that end below the start of the log. */
  static async open<T>(options: SnapshotStoreOptions<T>, logStartOffset: number): Promise<SnapshotStore<T>> {
    const { disk, directory } = options
    const snapshots: StoredSnapshot[] = []
    for (const entry of await disk.list(directory)) {
      const file = parseSnapshotFileName(entry.name)
      if (file === null) continue
      const path = `${directory}/${entry.name}`
      if (file.state === 'complete' && file.id.offset >= logStartOffset) snapshots.push({ id: file.id, sizeBytes: (await disk.info(path))?.sizeBytes ?? 0 })
      else await disk.removeFile(path)
    }
    snapshots.sort((a, b) => compareSnapshots(a.id, b.id))
    if (logStartOffset > 0 && snapshots.length === 0) throw missingSnapshot(directory, logStartOffset)
    return new SnapshotStore(options, snapshots)
  }

  get all(): readonly StoredSnapshot[] {
    return this.#snapshots
  }

  get latest(): SnapshotId | null {
    return this.#snapshots.at(-1)?.id ?? null
  }

  /** Errors: METADATA_SNAPSHOT when the file is not a whole snapshot. */
  async read(id: SnapshotId): Promise<SnapshotContent<T>> {
    const path = this.#path(id)
    const bytes = await this.#options.disk.readFile(path)
    if (bytes === null) throw new OdradekError('METADATA_SNAPSHOT', `the metadata snapshot ${path} is gone`, { fields: { path } })
    try {
      const content = decodeSnapshot(bytes, this.#options.serde)
      this.#appendedMs.set(snapshotFileName(id), content.lastContainedLogTimestampMs)
      return content
    } catch (cause) {
      if (!(cause instanceof DecodeError)) throw cause
      throw new OdradekError('METADATA_SNAPSHOT', `the metadata snapshot ${path} is damaged: ${cause.message}`, { cause, fields: { path } })
    }
  }

  /** Resolves when the snapshot is durable under its name. Nothing happens for one that exists. Rejects with `DiskError`, and leaves nothing behind. */
  async write(id: SnapshotId, header: SnapshotHeader, records: Iterable<T>): Promise<void> {
    if (this.#has(id)) return
    const partial = this.partialPath(id)
    try {
      const sizeBytes = await this.#writePartial(partial, encodeSnapshot(header, records, this.#options.serde))
      await this.adopt(partial, { id, sizeBytes }, header.lastContainedLogTimestampMs)
    } catch (error) {
      await this.#discard(partial)
      throw error
    }
  }

  /** Where a snapshot may be written before it is whole; another path at each call. */
  partialPath(id: SnapshotId): string {
    const { directory, random } = this.#options
    return `${directory}/${snapshotFileName(id).replace('.checkpoint', `-${random.bytes(8).toString('hex')}.checkpoint.part`)}`
  }

  /** Takes a file that is whole and durable among the snapshots. Resolves when that is durable, too. */
  async adopt(partial: string, snapshot: StoredSnapshot, appendedMs: number): Promise<void> {
    const { disk, directory } = this.#options
    await disk.rename(partial, this.#path(snapshot.id))
    await disk.flushDirectory(directory)
    this.#appendedMs.set(snapshotFileName(snapshot.id), appendedMs)
    if (!this.#has(snapshot.id)) this.#snapshots = [...this.#snapshots, snapshot].sort((a, b) => compareSnapshots(a.id, b.id))
  }

  /** A part of the file from byte `position` on; null when there is no such snapshot. Rejects with `DiskError`. */
  async readPiece(id: SnapshotId, position: number, maxBytes: number): Promise<Buffer | null> {
    const stored = this.#snapshots.find((snapshot) => compareSnapshots(snapshot.id, id) === 0)
    if (stored === undefined) return null
    const file = await this.#options.disk.open(this.#path(id), 'read')
    try {
      const piece = Buffer.allocUnsafe(Math.max(0, Math.min(maxBytes, stored.sizeBytes - position)))
      return piece.subarray(0, await file.readAtAsync(piece, position))
    } finally {
      file.close()
    }
  }

  /** When the newest record in the snapshot was appended, as its header says. */
  async appendedMsOf(id: SnapshotId): Promise<number> {
    const known = this.#appendedMs.get(snapshotFileName(id))
    return known ?? (await this.read(id)).lastContainedLogTimestampMs
  }

  /** Removes all snapshots older than `id`. */
  async removeBefore(id: SnapshotId): Promise<void> {
    const older = this.#snapshots.filter((snapshot) => compareSnapshots(snapshot.id, id) < 0)
    this.#snapshots = this.#snapshots.filter((snapshot) => compareSnapshots(snapshot.id, id) >= 0)
    for (const { id: olderId } of older) {
      this.#appendedMs.delete(snapshotFileName(olderId))
      await this.#options.disk.removeFile(this.#path(olderId))
    }
  }

  /** Resolves with the size when all is durable. */
  async #writePartial(path: string, batches: Iterable<Buffer>): Promise<number> {
    const { disk, timers } = this.#options
    const file = await disk.open(path, 'create')
    try {
      const sizeBytes = await writeSlices(file, batches, timers)
      await file.flush()
      return sizeBytes
    } finally {
      file.close()
    }
  }

  /** A disk that is full would only be the fuller for it. What cannot be removed now, the next start removes. */
  async #discard(partial: string): Promise<void> {
    try {
      await this.#options.disk.removeFile(partial)
    } catch (error) {
      if (!(error instanceof DiskError)) throw error
    }
  }

  #has(id: SnapshotId): boolean {
    return this.#snapshots.some((snapshot) => compareSnapshots(snapshot.id, id) === 0)
  }

  #path(id: SnapshotId): string {
    return `${this.#options.directory}/${snapshotFileName(id)}`
  }
}

function missingSnapshot(directory: string, logStartOffset: number): OdradekError {
  const message = `the metadata log in ${directory} starts at offset ${logStartOffset}, and there is no snapshot of what was before: restore the .checkpoint file`
  return new OdradekError('METADATA_SNAPSHOT', message, { fields: { directory, logStartOffset } })
}
