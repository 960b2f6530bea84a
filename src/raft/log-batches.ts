import { DecodeError } from '../../protocol/errors.ts'
import { isCrcValid, type RecordBatch, wholeBatches } from '../../protocol/records/batch.ts'
import { buildBatch } from '../../protocol/records/build-batch.ts'
import { records } from '../../protocol/records/record.ts'
import { type ControlRecord, decodeControlRecord, encodeControlRecord } from './control-records.ts'
import type { RecordSerde } from './record-serde.ts'

/** One batch of the metadata log or of a snapshot, decoded. */
export interface LogBatch<T> {
  readonly baseOffset: number
  readonly lastOffset: number
  readonly epoch: number
  readonly appendedMs: number
  readonly sizeBytes: number
  /** Empty for a control batch. */
  readonly records: readonly T[]
  /** Empty for a batch of records. */
  readonly control: readonly ControlRecord[]
}

export interface BatchPlace {
  readonly baseOffset: number
  readonly epoch: number
  readonly nowMs: number
}

/** A batch of records without keys, as KRaft writes them: uncompressed, of no producer, with the leader's time. */
export function encodeDataBatch(place: BatchPlace, values: readonly Buffer[]): Buffer {
  return encodeBatch(
    place,
    values.map((value) => ({ key: null, value })),
    false,
  )
}

export function encodeControlBatch(place: BatchPlace, control: readonly Exclude<ControlRecord, { type: 'other' }>[]): Buffer {
  return encodeBatch(place, control.map(encodeControlRecord), true)
}

/**
 * Decodes whole batches one after another.
 * Errors: `DecodeError` for bytes that are no batches, a wrong CRC, and records that are none of the state machine's.
 */
export function* decodeLogBatches<T>(bytes: Buffer, serde: RecordSerde<T>): IterableIterator<LogBatch<T>> {
  for (const batch of wholeBatches(bytes)) yield decodeLogBatch(batch, serde)
}

export function decodeLogBatch<T>(batch: RecordBatch, serde: RecordSerde<T>): LogBatch<T> {
  if (!isCrcValid(batch)) throw new DecodeError(`the batch at offset ${batch.baseOffset} has a wrong CRC`)
  const common = {
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    epoch: batch.leaderEpoch,
    appendedMs: Number(batch.maxTimestamp),
    sizeBytes: batch.sizeBytes,
  }
  if (batch.isControl) return { ...common, records: [], control: controlRecords(batch) }
  return { ...common, records: dataRecords(batch, serde), control: [] }
}

/** The control records alone of a batch with the control flag. */
export function controlRecords(batch: RecordBatch): ControlRecord[] {
  return [...records(batch)].map((record) => decodeControlRecord(record.key, record.value))
}

function dataRecords<T>(batch: RecordBatch, serde: RecordSerde<T>): T[] {
  const decoded: T[] = []
  for (const record of records(batch)) {
    if (record.value === null) throw new DecodeError(`the record at offset ${record.offset} has no value`)
    decoded.push(serde.decode(record.value))
  }
  return decoded
}

function encodeBatch(place: BatchPlace, keyValues: readonly { readonly key: Buffer | null; readonly value: Buffer }[], isControl: boolean): Buffer {
  const { baseOffset, epoch: leaderEpoch, nowMs: timestamp } = place
  return buildBatch(
    { baseOffset, leaderEpoch, isControl },
    keyValues.map(({ key, value }) => ({ timestamp, key, value })),
  )
}
