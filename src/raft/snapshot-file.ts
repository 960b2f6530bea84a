import { DecodeError } from '../../protocol/errors.ts'
import type { DiskFile, Timers } from '../base/ports.ts'
import type { ControlRecord } from './control-records.ts'
import { decodeLogBatches, encodeControlBatch, encodeDataBatch } from './log-batches.ts'
import type { RecordSerde } from './record-serde.ts'
import type { VoterSet } from './voter-set.ts'

/** Records of one batch: a slice of work that does not hold the event loop for long. */
const RECORDS_PER_BATCH = 1000

export interface SnapshotHeader {
  readonly epoch: number
  readonly nowMs: number
  readonly lastContainedLogTimestampMs: number
  /** Above 0 the voters stand in the snapshot. */
  readonly kraftVersion: number
  readonly voters: VoterSet
}

/**
 * The bytes of a snapshot, batch by batch: a control batch with the header and, in a dynamic quorum, the kraft version and
 * the voters; the records; a control batch with the footer, without which the file is not whole.
 * Source: KIP-630, KIP-853.
 */
export function* encodeSnapshot<T>(header: SnapshotHeader, records: Iterable<T>, serde: RecordSerde<T>): IterableIterator<Buffer> {
  const { epoch, nowMs } = header
  const opening = openingRecords(header)
  yield encodeControlBatch({ baseOffset: 0, epoch, nowMs }, opening)
  let baseOffset = opening.length
  for (const slice of slices(records)) {
    yield encodeDataBatch(
      { baseOffset, epoch, nowMs },
      slice.map((record) => serde.encode(record)),
    )
    baseOffset += slice.length
  }
  yield encodeControlBatch({ baseOffset, epoch, nowMs }, [{ type: 'snapshot-footer' }])
}

/** Writes the batches one after another and lets other work run between them. Not durable before a flush. */
export async function writeSlices(file: DiskFile, batches: Iterable<Buffer>, timers: Pick<Timers, 'defer'>): Promise<number> {
  let position = 0
  for (const batch of batches) {
    file.writeAt([batch], position)
    position += batch.length
    await new Promise<void>((resume) => timers.defer(resume))
  }
  return position
}

export interface SnapshotContent<T> {
  readonly lastContainedLogTimestampMs: number
  /** null when the snapshot does not say: that of a static quorum. */
  readonly kraftVersion: number | null
  readonly voters: VoterSet | null
  readonly records: readonly T[]
}

/** Errors: `DecodeError` for bytes that are no snapshot, or not a whole one. */
export function decodeSnapshot<T>(bytes: Buffer, serde: RecordSerde<T>): SnapshotContent<T> {
  const control: ControlRecord[] = []
  const records: T[] = []
  for (const batch of decodeLogBatches(bytes, serde)) {
    control.push(...batch.control)
    for (const record of batch.records) records.push(record)
  }
  const header = control[0]
  if (header?.type !== 'snapshot-header') throw new DecodeError('the snapshot does not begin with its header')
  if (control.at(-1)?.type !== 'snapshot-footer') throw new DecodeError('the snapshot does not end with its footer')
  return {
    lastContainedLogTimestampMs: header.lastContainedLogTimestampMs,
    kraftVersion: control.findLast((record) => record.type === 'kraft-version')?.kraftVersion ?? null,
    voters: control.findLast((record) => record.type === 'voters')?.voters ?? null,
    records,
  }
}

function openingRecords(header: SnapshotHeader): Exclude<ControlRecord, { type: 'other' }>[] {
  const first = { type: 'snapshot-header', lastContainedLogTimestampMs: header.lastContainedLogTimestampMs } as const
  if (header.kraftVersion === 0) return [first]
  return [first, { type: 'kraft-version', kraftVersion: header.kraftVersion }, { type: 'voters', voters: header.voters }]
}

function* slices<T>(records: Iterable<T>): IterableIterator<T[]> {
  let slice: T[] = []
  for (const record of records) {
    slice.push(record)
    if (slice.length < RECORDS_PER_BATCH) continue
    yield slice
    slice = []
  }
  if (slice.length > 0) yield slice
}
