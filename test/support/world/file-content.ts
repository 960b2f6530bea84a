import type { SeededRandom } from './seeded-random.ts'

/** What a device writes as one: on power loss a sector has its old or its new bytes. */
const SECTOR_BYTES = 512

type Change = { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array } | { readonly kind: 'truncate'; readonly sizeBytes: number }

/** Bytes that grow; what is beyond what was written reads as zeros. */
class GrowingBytes {
  #buffer: Buffer
  size: number

  constructor(content: Uint8Array) {
    this.#buffer = Buffer.from(content)
    this.size = content.length
  }

  apply(change: Change): void {
    if (change.kind === 'truncate') this.#resize(change.sizeBytes)
    else this.#write(change.bytes, change.position)
  }

  copyTo(target: Uint8Array, position: number): number {
    if (position >= this.size) return 0
    const count = Math.min(target.length, this.size - position)
    target.set(this.#buffer.subarray(position, position + count))
    return count
  }

  whole(): Buffer {
    return this.#buffer.subarray(0, this.size)
  }

  #write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return
    if (position + bytes.length > this.size) this.#resize(position + bytes.length)
    this.#buffer.set(bytes, position)
  }

  #resize(sizeBytes: number): void {
    if (sizeBytes > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(sizeBytes, 2 * this.#buffer.length, 1024))
      this.#buffer.copy(larger, 0, 0, this.size)
      this.#buffer = larger
    } else if (sizeBytes < this.size) {
      this.#buffer.fill(0, sizeBytes, this.size)
    }
    this.size = sizeBytes
  }
}

/**
 * A file's bytes twice: as every process sees them (the page cache), and as the device has them; and between the two
 * the changes, in order, that were not flushed.
 */
export class FileContent {
  readonly #visible: GrowingBytes
  readonly #durable: GrowingBytes
  readonly #unflushed: Change[]
  /** Changes made durable so far; so a flush knows how far it goes, although others may end before it. */
  #flushedCount = 0

  constructor(visible: Uint8Array = new Uint8Array(), durable: Uint8Array = visible, unflushed: readonly Change[] = []) {
    this.#visible = new GrowingBytes(visible)
    this.#durable = new GrowingBytes(durable)
    this.#unflushed = [...unflushed]
  }

  get sizeBytes(): number {
    return this.#visible.size
  }

  /** The visible bytes; a copy. */
  bytes(): Buffer {
    return Buffer.from(this.#visible.whole())
  }

  read(target: Uint8Array, position: number): number {
    return this.#visible.copyTo(target, position)
  }

  write(bytes: Uint8Array, position: number): void {
    this.#change({ kind: 'write', position, bytes: new Uint8Array(bytes) })
  }

  truncate(sizeBytes: number): void {
    this.#change({ kind: 'truncate', sizeBytes })
  }

  /** To be taken when a flush is asked for, and given to `flushTo` when it is done. */
  flushMark(): number {
    return this.#flushedCount + this.#unflushed.length
  }

  flushTo(mark: number): void {
    for (; this.#flushedCount < mark; this.#flushedCount++) this.#durable.apply(this.#unflushed.shift() as Change)
  }

  /** As it is, for a process that did not do the changes: the page cache outlives processes. */
  copy(): FileContent {
    return new FileContent(this.#visible.whole(), this.#durable.whole(), this.#unflushed)
  }

  /** What a device might hold after the loss of power: the flushed, and any part of the rest, torn anywhere. */
  afterPowerLoss(random: SeededRandom): FileContent {
    const survivor = new GrowingBytes(this.#durable.whole())
    for (const change of this.#survivingChanges(random)) survivor.apply(change)
    return new FileContent(survivor.whole())
  }

  #change(change: Change): void {
    this.#visible.apply(change)
    this.#unflushed.push(change)
  }

  #survivingChanges(random: SeededRandom): Change[] {
    switch (random.pick(['none', 'all', 'prefix', 'sectors'] as const)) {
      case 'none':
        return []
      case 'all':
        return this.#unflushed
      case 'prefix':
        return tornPrefix(this.#unflushed, random)
      case 'sectors':
        return this.#unflushed.flatMap((change) => survivingSectors(change, random))
    }
  }
}

/** The first so many changes, and of the one behind them the first so many bytes. */
function tornPrefix(changes: readonly Change[], random: SeededRandom): Change[] {
  const count = random.below(changes.length + 1)
  const torn = changes[count]
  const prefix = changes.slice(0, count)
  if (torn?.kind !== 'write') return prefix
  return [...prefix, { ...torn, bytes: torn.bytes.subarray(0, random.below(torn.bytes.length + 1)) }]
}

/** Pages go to the device in any order: of each write some sectors, each whole. */
function survivingSectors(change: Change, random: SeededRandom): Change[] {
  if (change.kind === 'truncate') return random.chance(0.5) ? [change] : []
  const survivors: Change[] = []
  let start = 0
  while (start < change.bytes.length) {
    const end = Math.min(change.bytes.length, start + SECTOR_BYTES - ((change.position + start) % SECTOR_BYTES))
    if (random.chance(0.5)) survivors.push({ kind: 'write', position: change.position + start, bytes: change.bytes.subarray(start, end) })
    start = end
  }
  return survivors
}
