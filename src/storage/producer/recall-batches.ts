import { RecordBatch } from '../../../protocol/records/batch.ts'
import type { Segment } from '../log/segment.ts'
import { type BatchMetadata, firstOffsetOf, type ProducerEntry } from './producer-entry.ts'
import { batchMetadataOf } from './producer-state.ts'

/** Pieces of the log, each from one index entry to the next (4 KiB, or one batch), that are looked through at most. */
const MOST_PIECES = 1000

export interface RecallOptions {
  readonly entry: ProducerEntry
  /** Of the log, in order. */
  readonly segments: readonly Segment[]
  readonly logStartOffset: number
  /** How far from the end of the log it is looked for: what is further back may not be in memory, and nobody is served meanwhile. */
  readonly nearBytes: number
}

/**
 * Makes up for what the format of snapshots lacks: of a producer it has the last batch alone, and the four before may be sent
 * again just as well when their answers were lost. They are looked for near the end of the log, from the remembered one back,
 * when a batch comes that would be refused without; once for each producer that a snapshot told of.
 * Throws `DiskError`.
 */
export function recallBatches({ entry, segments, logStartOffset, nearBytes }: RecallOptions): void {
  const { batch, room } = entry.oldest
  const search = new Search(entry, logStartOffset, room)
  let endOffset = batch === null ? 0 : firstOffsetOf(batch)
  let bytesLeft = nearBytes
  for (const segment of segments.toReversed()) {
    if (search.isOver(endOffset) || bytesLeft <= 0) break
    if (segment.baseOffset < endOffset) endOffset = searchSegment({ segment, endOffset, firstPosition: segment.sizeBytes - bytesLeft, search })
    bytesLeft -= segment.sizeBytes
  }
  entry.recall(search.found)
}

interface SearchOptions {
  readonly segment: Segment
  readonly endOffset: number
  /** In the segment's file; what lies before is too far from the end of the log. */
  readonly firstPosition: number
  readonly search: Search
}

/** Looks through what is before `endOffset`, a piece at a time from the last one back. @returns where what it saw begins */
function searchSegment({ segment, endOffset, firstPosition, search }: SearchOptions): number {
  for (let end = endOffset; ; ) {
    const { position } = segment.offsetIndex.lookup(end - 1)
    if (position < firstPosition) return end
    end = search.piece(segment, position, end)
    if (position === 0 || search.isOver(end)) return end
  }
}

class Search {
  /** Oldest first. */
  found: BatchMetadata[] = []
  readonly #entry: ProducerEntry
  readonly #logStartOffset: number
  readonly #wanted: number
  #pieces = 0

  constructor(entry: ProducerEntry, logStartOffset: number, wanted: number) {
    this.#entry = entry
    this.#logStartOffset = logStartOffset
    this.#wanted = wanted
  }

  /** @param endOffset before which nothing was looked at */
  isOver(endOffset: number): boolean {
    return this.found.length >= this.#wanted || endOffset <= this.#logStartOffset || this.#pieces >= MOST_PIECES
  }

  /** @returns the offset at which the batch at `position` begins */
  piece(segment: Segment, position: number, endOffset: number): number {
    const found: BatchMetadata[] = []
    let startOffset = endOffset
    segment.scan(position, (place, window, at) => {
      if (place.baseOffset >= endOffset) return true
      startOffset = Math.min(startOffset, place.baseOffset)
      const batch = new RecordBatch(window, at)
      if (place.lastOffset >= this.#logStartOffset && this.#isWanted(batch)) found.push(batchMetadataOf(batch))
      return false
    })
    this.#pieces++
    this.found = [...found, ...this.found]
    return startOffset
  }

  #isWanted(batch: RecordBatch): boolean {
    const { producerId, producerEpoch } = this.#entry
    return batch.magic >= 2 && batch.producerId === producerId && batch.producerEpoch === producerEpoch && !batch.isControl
  }
}
