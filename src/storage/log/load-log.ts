import type { Uuid } from '../../../protocol/uuid.ts'
import type { TimestampMs } from '../../base/ports.ts'
import type { LeaderEpochCache } from '../epoch/leader-epoch-cache.ts'
import { readLeaderEpochs } from '../epoch/read-leader-epochs.ts'
import { LOG_SUFFIX, OFFSET_INDEX_SUFFIX, offsetOfFileName, SEGMENT_SUFFIXES, SNAPSHOT_SUFFIX, segmentPath } from '../files/file-names.ts'
import { ProducerSnapshots } from '../producer/producer-snapshots.ts'
import { ProducerState } from '../producer/producer-state.ts'
import { rebuildProducers } from '../producer/rebuild-producers.ts'
import { finishSwaps } from './finish-swaps.ts'
import type { LogConfig } from './log-config.ts'
import type { LogContext } from './log-context.ts'
import { PartitionLog } from './partition-log.ts'
import { recoverSegment } from './recover-segment.ts'
import { Segment } from './segment.ts'
import { SegmentList } from './segment-list.ts'
import { rollJitterMs } from './segment-roller.ts'

export interface LoadLogOptions {
  readonly context: LogContext
  /** `<log dir>/<topic>-<partition>`; exists. */
  readonly directory: string
  readonly topic: string
  readonly partition: number
  readonly topicId: Uuid | null
  readonly config: LogConfig
  /** From the checkpoint; 0 when it says nothing. */
  readonly logStartOffset: number
  /** From the checkpoint; null when it says nothing. */
  readonly recoveryPoint: number | null
  /** From the cleaner's checkpoint: below it the log may have been compacted. Nowhere, when not given. */
  readonly cleanedTo?: number
  /** The directory was shut down cleanly: nothing is recovered, and the recovery point is the log's end. */
  readonly wasClean: boolean
  /** Made just now. */
  readonly isNew: boolean
}

/**
 * Makes a log of what is in its directory. After a clean stop no file is read, only their names; otherwise the segments
 * from the one that holds the recovery point on are read through, and the log is cut at the first byte that is not part of a
 * sound batch. What recovery found counts as written from then on, so it is flushed where `flush.messages` asks for that.
 *
 * Invariant of what comes out: every batch from the log start to the log end is whole, in order, and indexed.
 * Throws `DiskError` only. Source: `LogLoader` of Kafka 4.3.1.
 */
export async function loadLog(options: LoadLogOptions): Promise<PartitionLog> {
  const { context, directory } = options
  const files = await finishSwaps(context.disk, directory)
  const segments = await openSegments(options, files)
  const snapshots = new ProducerSnapshots(context.disk, directory, offsetsOf(files, SNAPSHOT_SUFFIX))
  const needsRecovery = await segmentsToRecover(options, segments, files)
  if (needsRecovery.length === 0 && options.wasClean) return cleanLog(options, segments, snapshots)
  const log = await recoverLog(options, { segments, snapshots, needsRecovery })
  if (log.mustFlush) await log.flush()
  return log
}

/** Only names have been read. The end of the log is what the last shutdown noted, if that can be. */
async function cleanLog(options: LoadLogOptions, segments: Segment[], snapshots: ProducerSnapshots): Promise<PartitionLog> {
  const active = segments.at(-1)
  if (active === undefined)
    return makeLog(options, { segments: [newSegment(options, options.logStartOffset)], snapshots, logEndOffset: options.logStartOffset })
  const noted = options.recoveryPoint
  const isNoted = noted !== null && noted >= active.baseOffset
  const logEndOffset = isNoted ? noted : active.readNextOffset()
  if (logEndOffset < options.logStartOffset) return startOver(options, segments, snapshots)
  await dropStraySnapshots(options, segments, snapshots, logEndOffset)
  return makeLog(options, { segments, snapshots, logEndOffset, isEndTrusted: isNoted })
}

interface Unclean {
  readonly segments: Segment[]
  readonly snapshots: ProducerSnapshots
  readonly needsRecovery: readonly Segment[]
}

async function recoverLog(options: LoadLogOptions, { segments, snapshots, needsRecovery }: Unclean): Promise<PartitionLog> {
  const epochs = readLeaderEpochs(options.context, options.directory, options.logStartOffset, Number.MAX_SAFE_INTEGER)
  const producers = new ProducerState()
  const kept = [...segments]
  for (const segment of needsRecovery) {
    // A later one may have been removed with what followed a damaged batch.
    if (kept.includes(segment)) await recoverOne(options, { segment, kept, snapshots, producers, epochs })
  }
  const active = kept.at(-1)
  const logEndOffset = active === undefined ? options.logStartOffset : active.readNextOffset()
  if (active !== undefined && logEndOffset < options.logStartOffset) return startOver(options, kept, snapshots)
  await dropStraySnapshots(options, kept, snapshots, logEndOffset)
  epochs.truncateFromEnd(logEndOffset)
  if (active === undefined) return makeLog(options, { segments: [newSegment(options, logEndOffset)], snapshots, logEndOffset, epochs, producers })
  rebuild(options, { state: producers, snapshots, segments: kept, endOffset: logEndOffset })
  return makeLog(options, { segments: kept, snapshots, logEndOffset, epochs, producers })
}

interface RecoverOne {
  readonly segment: Segment
  /** All segments of the log; those behind a damaged batch are taken out. */
  readonly kept: Segment[]
  readonly snapshots: ProducerSnapshots
  readonly producers: ProducerState
  readonly epochs: LeaderEpochCache
}

async function recoverOne(options: LoadLogOptions, { segment, kept, snapshots, producers, epochs }: RecoverOne): Promise<void> {
  const { indexIntervalBytes } = options.config
  const at = kept.indexOf(segment)
  const nextBaseOffset = kept[at + 1]?.baseOffset ?? null
  const removeLater = async (nextOffset: number) => {
    const later = kept.splice(at + 1)
    options.context.logger.warn('A log ends before a damaged batch', { file: segment.log.path, nextOffset, laterSegments: later.length })
    await removeSegments(options, later)
  }
  const stale = snapshots.forget((offset) => offset > segment.baseOffset)
  await removeFiles(options, stale)
  rebuild(options, { state: producers, snapshots, segments: kept, endOffset: segment.baseOffset })
  const recovered = await recoverSegment({ segment, producers, epochs, indexIntervalBytes, nextBaseOffset, beforeCut: removeLater })
  // The end of the segment never reached the device and later ones did.
  const isLost = nextBaseOffset !== null && recovered.nextOffset < nextBaseOffset && !mayBeCompacted(options, recovered.nextOffset)
  if (recovered.truncatedBytes === 0 && isLost) await removeLater(recovered.nextOffset)
  snapshots.write(recovered.nextOffset, producers.producers)
}

/**
 * Only compaction makes gaps that are no loss, and only below the place that it notes. Kafka takes each gap of a log for one of
 * these, and so serves a replica of which the middle was lost.
 */
function mayBeCompacted({ config, cleanedTo = 0 }: LoadLogOptions, offset: number): boolean {
  return config.compact && offset < cleanedTo
}

/** The files end before the log start that was noted: they were lost. Source: `LogLoader.deleteSegmentsIfLogStartGreaterThanLogEnd`. */
async function startOver(options: LoadLogOptions, segments: readonly Segment[], snapshots: ProducerSnapshots): Promise<PartitionLog> {
  const { logStartOffset, context, directory } = options
  context.logger.warn('A log ends before its start; it begins anew there', { directory, logStartOffset })
  await removeSegments(options, segments)
  await removeFiles(
    options,
    snapshots.forget(() => true),
  )
  const epochs = readLeaderEpochs(context, directory, 0, Number.MAX_SAFE_INTEGER)
  epochs.clear()
  return makeLog(options, { segments: [newSegment(options, logStartOffset)], snapshots, logEndOffset: logStartOffset, epochs, producers: new ProducerState() })
}

interface Parts {
  readonly segments: readonly Segment[]
  readonly snapshots: ProducerSnapshots
  readonly logEndOffset: number
  readonly epochs?: LeaderEpochCache
  readonly producers?: ProducerState
  readonly isEndTrusted?: boolean
}

function makeLog(options: LoadLogOptions, parts: Parts): PartitionLog {
  const { segments, logEndOffset } = parts
  const { context, directory, topic, partition, topicId, config } = options
  const isDurable = options.wasClean && !options.isNew && parts.epochs === undefined
  return new PartitionLog({
    context,
    directory,
    topic,
    partition,
    topicId,
    config,
    isDurable,
    segments: new SegmentList(segments),
    snapshots: parts.snapshots,
    epochs: parts.epochs ?? null,
    producers: parts.producers ?? null,
    logStartOffset: Math.max(options.logStartOffset, segments[0]?.baseOffset ?? 0),
    logEndOffset,
    // Behind a clean stop all is durable; recovery has written and not flushed.
    recoveryPoint: options.wasClean && parts.epochs === undefined ? logEndOffset : Math.min(options.recoveryPoint ?? 0, logEndOffset),
    isEndTrusted: parts.isEndTrusted ?? false,
  })
}

/** Index files without their log file are of no use. */
async function openSegments(options: LoadLogOptions, files: readonly string[]): Promise<Segment[]> {
  const logs = new Set(offsetsOf(files, LOG_SUFFIX))
  for (const suffix of SEGMENT_SUFFIXES) {
    const orphans = offsetsOf(files, suffix).filter((offset) => !logs.has(offset))
    if (orphans.length === 0) continue
    options.context.logger.warn('Removing index files without a log file', { directory: options.directory, suffix, count: orphans.length })
    await removeFiles(
      options,
      orphans.map((offset) => segmentPath(options.directory, offset, suffix)),
    )
  }
  return [...logs].sort((a, b) => a - b).map((baseOffset) => existingSegment(options, baseOffset))
}

/** After an unclean stop those from the recovery point on; always those that lost their index. */
async function segmentsToRecover(options: LoadLogOptions, segments: readonly Segment[], files: readonly string[]): Promise<Segment[]> {
  const indexed = new Set(offsetsOf(files, OFFSET_INDEX_SUFFIX))
  const recoveryPoint = options.wasClean ? Number.MAX_SAFE_INTEGER : (options.recoveryPoint ?? 0)
  return segments.filter((segment, at) => {
    const nextBase = segments[at + 1]?.baseOffset ?? Number.POSITIVE_INFINITY
    return !indexed.has(segment.baseOffset) || (!options.wasClean && nextBase > recoveryPoint)
  })
}

interface Rebuild {
  readonly state: ProducerState
  readonly snapshots: ProducerSnapshots
  readonly segments: readonly Segment[]
  readonly endOffset: number
}

function rebuild(options: LoadLogOptions, what: Rebuild): void {
  const { context, logStartOffset } = options
  rebuildProducers({ ...what, logStartOffset, nowMs: context.clock.nowMs(), producerIdExpirationMs: context.producerIdExpirationMs })
}

/** Keeps the snapshots at the start of a segment, and one above the last of these. */
async function dropStraySnapshots(options: LoadLogOptions, segments: readonly Segment[], snapshots: ProducerSnapshots, logEndOffset: number): Promise<void> {
  const baseOffsets = new Set(segments.map((segment) => segment.baseOffset))
  await removeFiles(
    options,
    snapshots.forget((offset) => (!baseOffsets.has(offset) && offset !== logEndOffset) || offset > logEndOffset),
  )
}

function offsetsOf(files: readonly string[], suffix: string): number[] {
  return files.map((name) => offsetOfFileName(name, suffix)).filter((offset) => offset !== null)
}

function segmentOptions({ context, directory, config }: LoadLogOptions, baseOffset: number, createdMs: TimestampMs) {
  return { context, directory, baseOffset, createdMs, rollJitterMs: rollJitterMs(context, config) }
}

function existingSegment(options: LoadLogOptions, baseOffset: number): Segment {
  return new Segment(segmentOptions(options, baseOffset, options.context.clock.nowMs()))
}

function newSegment(options: LoadLogOptions, baseOffset: number): Segment {
  return Segment.create(segmentOptions(options, baseOffset, options.context.clock.nowMs()))
}

/**
 * From the last to the first, so that a crash in between leaves a log without gaps; and durably, since one that came back
 * after a loss of power would continue what is appended from now on.
 */
async function removeSegments(options: LoadLogOptions, segments: readonly Segment[]): Promise<void> {
  for (const segment of segments.toReversed()) {
    segment.close()
    await removeFiles(
      options,
      SEGMENT_SUFFIXES.map((suffix) => segment.pathOf(suffix)),
    )
  }
  if (segments.length > 0) await options.context.disk.flushDirectory(options.directory)
}

async function removeFiles({ context }: LoadLogOptions, paths: readonly string[]): Promise<void> {
  for (const path of paths) await context.disk.removeFile(path)
}
