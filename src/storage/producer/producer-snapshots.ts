import type { Disk } from '../../base/ports.ts'
import { SNAPSHOT_SUFFIX, segmentPath } from '../files/file-names.ts'
import { flushIfPresent, readWhole, writeWhole } from '../files/read-whole.ts'
import type { ProducerEntry } from './producer-entry.ts'
import { decodeSnapshot, encodeSnapshot } from './snapshot-file.ts'

/**
 * The producer snapshots of a log: which there are, by offset. One is written where a segment begins and where the log was
 * closed, so that at most one segment has to be read to know the producers.
 */
export class ProducerSnapshots {
  readonly #disk: Disk
  readonly #directory: string
  /** Rising. */
  #offsets: number[]
  #unflushed: number[] = []

  /** @param offsets of the files that are there */
  constructor(disk: Disk, directory: string, offsets: readonly number[]) {
    this.#disk = disk
    this.#directory = directory
    this.#offsets = [...offsets].sort((a, b) => a - b)
  }

  /** The same snapshots when their files have been brought to another directory. */
  at(directory: string): ProducerSnapshots {
    const moved = new ProducerSnapshots(this.#disk, directory, this.#offsets)
    moved.#unflushed = [...this.#unflushed]
    return moved
  }

  get offsets(): readonly number[] {
    return this.#offsets
  }

  get latest(): number | null {
    return this.#offsets.at(-1) ?? null
  }

  pathOf(offset: number): string {
    return segmentPath(this.#directory, offset, SNAPSHOT_SUFFIX)
  }

  /** null when the file is damaged or gone. */
  read(offset: number): ProducerEntry[] | null {
    const content = readWhole(this.#disk, this.pathOf(offset))
    return content === null ? null : decodeSnapshot(content)
  }

  /** Written at once, durable with `flush`; until then a loss of power may leave a damaged file, which its CRC shows. */
  write(offset: number, producers: Iterable<ProducerEntry>): void {
    writeWhole(this.#disk, this.pathOf(offset), encodeSnapshot(producers))
    this.#unflushed.push(offset)
    if (this.#offsets.includes(offset)) return
    this.#offsets.push(offset)
    this.#offsets.sort((a, b) => a - b)
  }

  async flush(): Promise<void> {
    const unflushed = this.#unflushed
    this.#unflushed = []
    for (const offset of unflushed) await flushIfPresent(this.#disk, this.pathOf(offset))
  }

  /** No longer counts those that `isToGo`; returns their paths, for the caller to remove. */
  forget(isToGo: (offset: number) => boolean): string[] {
    const gone = this.#offsets.filter(isToGo)
    if (gone.length === 0) return []
    this.#offsets = this.#offsets.filter((offset) => !isToGo(offset))
    this.#unflushed = this.#unflushed.filter((offset) => !isToGo(offset))
    return gone.map((offset) => this.pathOf(offset))
  }
}
