import { crc32 } from 'node:zlib'
import { DecodeError } from '../../../protocol/errors.ts'
import { isCrcValid, LOG_OVERHEAD_BYTES, MAGIC_POSITION, RECORDS_POSITION, RecordBatch } from '../../../protocol/records/batch.ts'
import type { DiskFile } from '../../base/ports.ts'
import type { LeaderEpochCache } from '../epoch/leader-epoch-cache.ts'
import { MAX_RELATIVE_OFFSET } from '../index/offset-index.ts'
import type { ProducerState } from '../producer/producer-state.ts'
import { type BatchPlace, placeAt } from './batch-scan.ts'
import type { Segment } from './segment.ts'

export interface RecoverSegmentOptions {
  readonly segment: Segment
  /** As of the segment's base offset; brought to its end. */
  readonly producers: ProducerState
  readonly epochs: LeaderEpochCache
  readonly indexIntervalBytes: number
  /** Where the next segment begins; null behind the last one. */
  readonly nextBaseOffset: number | null
  /** Called before a damaged end is cut off: a crash in between must not leave later segments behind a gap. */
  readonly beforeCut: (nextOffset: number) => Promise<void>
}

export interface RecoveredSegment {
  /** Behind the last sound batch. */
  readonly nextOffset: number
  /** Bytes cut off the end: 0 when the whole file was sound. */
  readonly truncatedBytes: number
}

const CHUNK_BYTES = 1024 * 1024

/**
 * Reads a segment from its first byte, keeps the batches up to the first that is damaged, cut short, or numbered backwards or beyond what a segment can hold,
 * cuts the rest off, and makes the indexes anew. What it found about producers and epochs goes into the states given.
 * Throws `DiskError` and nothing else. Source: `LogSegment.recover` of Kafka.
 */
export async function recoverSegment(options: RecoverSegmentOptions): Promise<RecoveredSegment> {
  const { segment } = options
  const { fileBytes, position, nextOffset } = await segment.log.use((file) => readThrough(options, file))
  if (position < fileBytes) await options.beforeCut(nextOffset)
  segment.truncateFile(position)
  segment.finish()
  return { nextOffset, truncatedBytes: fileBytes - position }
}

async function readThrough(options: RecoverSegmentOptions, file: DiskFile): Promise<{ fileBytes: number; position: number; nextOffset: number }> {
  const fileBytes = file.sizeBytes()
  options.segment.resetIndexes()
  let nextOffset = options.segment.baseOffset
  let position = 0
  for (let chunkBytes = CHUNK_BYTES; position < fileBytes; ) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, fileBytes - position))
    const bytes = await file.readAtAsync(chunk, position)
    const taken = takeBatches(options, chunk.subarray(0, bytes), position, nextOffset)
    position += taken.bytes
    nextOffset = taken.nextOffset
    if (taken.needsBytes === 0 || taken.needsBytes > fileBytes - position) break
    chunkBytes = Math.max(CHUNK_BYTES, taken.needsBytes)
  }
  return { fileBytes, position, nextOffset }
}

interface Taken {
  readonly bytes: number
  readonly nextOffset: number
  /** Bytes of the next batch, which did not fit; 0 when what follows is no sound batch. */
  readonly needsBytes: number
}

function takeBatches(options: RecoverSegmentOptions, chunk: Buffer, chunkPosition: number, firstOffset: number): Taken {
  let at = 0
  let nextOffset = firstOffset
  while (at < chunk.length) {
    if (at + RECORDS_POSITION > chunk.length) return { bytes: at, nextOffset, needsBytes: RECORDS_POSITION }
    const place = placeAt(chunk, at, chunkPosition + at)
    if (place === null || place.baseOffset < nextOffset || place.lastOffset > lastPossibleOffset(options)) return { bytes: at, nextOffset, needsBytes: 0 }
    if (at + place.sizeBytes > chunk.length) return { bytes: at, nextOffset, needsBytes: place.sizeBytes }
    if (!takeBatch(options, new RecordBatch(chunk, at), place)) return { bytes: at, nextOffset, needsBytes: 0 }
    at += place.sizeBytes
    nextOffset = place.lastOffset + 1
  }
  return { bytes: at, nextOffset, needsBytes: RECORDS_POSITION }
}

function lastPossibleOffset({ segment, nextBaseOffset }: RecoverSegmentOptions): number {
  return Math.min(segment.baseOffset + MAX_RELATIVE_OFFSET, nextBaseOffset === null ? Number.MAX_SAFE_INTEGER : nextBaseOffset - 1)
}

/** False when the batch is damaged. */
function takeBatch({ segment, producers, epochs, indexIntervalBytes }: RecoverSegmentOptions, batch: RecordBatch, place: BatchPlace): boolean {
  if (!isSound(batch)) return false
  segment.noteRecovered(place, indexIntervalBytes)
  if (batch.magic < 2) return true
  const { leaderEpoch } = batch
  if (leaderEpoch >= 0 && leaderEpoch > (epochs.latestEpoch ?? -1)) {
    epochs.assign(leaderEpoch, batch.baseOffset)
    epochs.isDirty = true
  }
  const completed = producers.apply(batch)
  if (completed === null) return true
  if (completed.isAbort) segment.transactionIndex.append({ ...completed, lastStableOffset: producers.lastStableOffsetAfter(completed) })
  producers.complete(completed)
  return true
}

/** The CRC holds; a producer id beyond what Kafka hands out is damage too, since nothing of ours wrote it. */
function isSound(batch: RecordBatch): boolean {
  if (batch.magic < 2) return isLegacyCrcValid(batch)
  try {
    return isCrcValid(batch) && batch.producerId >= -1
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}

/** Magic 0 and 1, which old logs may hold: CRC-32 over all from the magic byte on, stored where magic 2 has the leader epoch. */
function isLegacyCrcValid(batch: RecordBatch): boolean {
  const stored = batch.buffer.readUInt32BE(batch.position + LOG_OVERHEAD_BYTES)
  return stored === crc32(batch.buffer.subarray(batch.position + MAGIC_POSITION, batch.end))
}
