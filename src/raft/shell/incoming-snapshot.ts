import { DecodeError } from '../../../protocol/errors.ts'
import { assert } from '../../base/assert.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Disk, DiskFile } from '../../base/ports.ts'
import type { RecordSerde } from '../record-serde.ts'
import { decodeSnapshot, type SnapshotContent } from '../snapshot-file.ts'
import { compareSnapshots, type SnapshotId } from '../snapshot-name.ts'
import type { SnapshotStore } from '../snapshot-store.ts'

export interface IncomingSnapshotOptions<T> {
  readonly store: SnapshotStore<T>
  readonly serde: RecordSerde<T>
  readonly disk: Pick<Disk, 'open' | 'readFile' | 'removeFile'>
}

interface Partial {
  readonly id: SnapshotId
  readonly path: string
  readonly file: DiskFile
  sizeBytes: number
}

/** A snapshot that comes from a leader piece by piece: written beside the others, and one of them when it is whole. */
export class IncomingSnapshot<T> {
  readonly #options: IncomingSnapshotOptions<T>
  #partial: Partial | null = null

  constructor(options: IncomingSnapshotOptions<T>) {
    this.#options = options
  }

  /** The first piece, at 0, begins anew: what came of another snapshot before is dropped. Rejects with `DiskError`. */
  async write(id: SnapshotId, position: number, bytes: Buffer): Promise<void> {
    if (position === 0) await this.#begin(id)
    const partial = this.#expect(id)
    assert(partial.sizeBytes === position, 'pieces of a snapshot come in order')
    partial.file.writeAt([bytes], position)
    partial.sizeBytes += bytes.length
  }

  /**
   * All pieces are there. Resolves with what they hold when the snapshot is durable under its name.
   * Errors: METADATA_SNAPSHOT when they are no whole snapshot; `DiskError`.
   */
  async install(id: SnapshotId): Promise<SnapshotContent<T>> {
    const { store } = this.#options
    const { path, file, sizeBytes } = this.#expect(id)
    await file.flush()
    const content = await this.#read(path)
    this.#partial = null
    file.close()
    await store.adopt(path, { id, sizeBytes }, content.lastContainedLogTimestampMs)
    return content
  }

  /** Drops what has come of one that is not whole. Rejects with `DiskError`. */
  async drop(): Promise<void> {
    const partial = this.#partial
    if (partial === null) return
    this.#partial = null
    partial.file.close()
    await this.#options.disk.removeFile(partial.path)
  }

  async #begin(id: SnapshotId): Promise<void> {
    await this.drop()
    const { store, disk } = this.#options
    const path = store.partialPath(id)
    this.#partial = { id, path, file: await disk.open(path, 'create'), sizeBytes: 0 }
  }

  #expect(id: SnapshotId): Partial {
    assert(this.#partial !== null && compareSnapshots(this.#partial.id, id) === 0, 'a snapshot begins with its first piece')
    return this.#partial
  }

  async #read(path: string): Promise<SnapshotContent<T>> {
    const { disk, serde } = this.#options
    const bytes = await disk.readFile(path)
    try {
      return decodeSnapshot(bytes ?? Buffer.alloc(0), serde)
    } catch (cause) {
      if (!(cause instanceof DecodeError)) throw cause
      throw new OdradekError('METADATA_SNAPSHOT', `the snapshot that the leader sent, ${path}, is damaged: ${cause.message}`, { cause, fields: { path } })
    }
  }
}
