import { RecordBatch } from '../../../protocol/records/batch.ts'
import type { TimestampMs } from '../../base/ports.ts'
import type { BatchPlace } from '../log/batch-scan.ts'
import type { Segment } from '../log/segment.ts'
import type { ProducerSnapshots } from './producer-snapshots.ts'
import type { ProducerState } from './producer-state.ts'

export interface RebuildOptions {
  readonly state: ProducerState
  readonly snapshots: ProducerSnapshots
  /** Of the log, in order. */
  readonly segments: readonly Segment[]
  readonly logStartOffset: number
  /** The state is made as of this offset, exclusive. */
  readonly endOffset: number
  readonly nowMs: TimestampMs
  readonly producerIdExpirationMs: number
}

/**
 * Makes the producer state of a log as of `endOffset`: from the latest sound snapshot at or below it, and the batch headers
 * from there on. Damaged snapshots are passed over. The transaction indexes are taken as they are.
 * Throws `DiskError`.
 */
export function rebuildProducers(options: RebuildOptions): void {
  const { state, segments, endOffset } = options
  state.clear()
  const startOffset = loadSnapshot(options)
  for (const segment of segments.filter((_, at) => (segments[at + 1]?.baseOffset ?? Number.POSITIVE_INFINITY) > startOffset)) {
    if (segment.baseOffset >= endOffset) break
    applySegment(state, segment, startOffset, endOffset)
  }
  state.removeExpired(options.nowMs, options.producerIdExpirationMs)
}

function loadSnapshot({ state, snapshots, logStartOffset, endOffset }: RebuildOptions): number {
  for (const offset of [...snapshots.offsets].reverse()) {
    if (offset > endOffset || offset <= logStartOffset) continue
    const entries = snapshots.read(offset)
    if (entries === null) continue
    state.load(entries)
    return offset
  }
  return logStartOffset
}

function applySegment(state: ProducerState, segment: Segment, startOffset: number, endOffset: number): void {
  const { position } = segment.offsetIndex.lookup(startOffset)
  segment.scan(position, (place, window, at) => {
    if (place.baseOffset >= endOffset) return true
    if (place.lastOffset < startOffset) return false
    const batch = new RecordBatch(window, at)
    if (batch.magic < 2 || !batch.hasProducerId) return false
    const completed = state.apply(batch.isControl ? wholeBatch(segment, place) : batch)
    if (completed !== null) state.complete(completed)
    return false
  })
}

/** Markers carry what matters in their record. */
function wholeBatch(segment: Segment, place: BatchPlace): RecordBatch {
  const bytes = Buffer.allocUnsafe(place.sizeBytes)
  if (segment.log.get().readAt(bytes, place.position) < bytes.length) throw segment.damagedAt(place.position)
  return new RecordBatch(bytes)
}
