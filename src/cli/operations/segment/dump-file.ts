import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DecodeError } from '../../../../protocol/errors.ts'
import { isCrcValid, LOG_OVERHEAD_BYTES, RECORDS_POSITION, RecordBatch } from '../../../../protocol/records/batch.ts'
import { controlRecordType } from '../../../../protocol/records/control-record.ts'
import { type Record, records } from '../../../../protocol/records/record.ts'
import { metadataRecordSerde } from '../../../metadata/record-serde.ts'
import { decodeSnapshot } from '../../../storage/producer/snapshot-file.ts'

/** One thing in a file: a batch with its records, or an entry of an index. */
export type DumpedEntry = Readonly<globalThis.Record<string, unknown>>

export interface DumpOptions {
  /** The records of each batch, too. */
  readonly withRecords: boolean
  /** Values are those of the metadata log. */
  readonly isMetadata: boolean
}

const INDEX_ENTRY_BYTES = 8
const TIME_INDEX_ENTRY_BYTES = 12
const TRANSACTION_INDEX_ENTRY_BYTES = 34

/** What is in a file of a partition's directory, told by its ending. Errors: `DecodeError` where it is not what its name says. */
export function dumpFile(path: string, options: DumpOptions): Iterable<DumpedEntry> {
  const name = basename(path).replace(/\.deleted$/, '')
  if (name.endsWith('.log') || name.endsWith('.checkpoint')) return dumpBatches(path, options)
  if (name.endsWith('.index'))
    return dumpEntries(path, INDEX_ENTRY_BYTES, (entry) => ({ relativeOffset: entry.readInt32BE(0), position: entry.readInt32BE(4) }))
  if (name.endsWith('.timeindex'))
    return dumpEntries(path, TIME_INDEX_ENTRY_BYTES, (entry) => ({ timestamp: Number(entry.readBigInt64BE(0)), relativeOffset: entry.readInt32BE(8) }))
  if (name.endsWith('.txnindex')) return dumpEntries(path, TRANSACTION_INDEX_ENTRY_BYTES, abortedTransaction)
  if (name.endsWith('.snapshot')) return dumpProducers(path)
  // A directory, and a name under which there is nothing, are no files of another kind.
  if (statSync(path).isDirectory()) throw new DecodeError(`${path} is a directory: name files in it, such as ${join(path, '*.log')}`)
  throw new DecodeError(`${path} is none of .log, .checkpoint, .index, .timeindex, .txnindex and .snapshot`)
}

/** A batch at a time: segments may be large. */
function* dumpBatches(path: string, options: DumpOptions): Generator<DumpedEntry> {
  using file = openFile(path)
  for (let position = 0; position < file.sizeBytes; ) {
    const head = file.read(position, RECORDS_POSITION)
    if (head.length < LOG_OVERHEAD_BYTES) throw new DecodeError(`${path} ends in the middle of a batch, at byte ${position}`)
    const sizeBytes = LOG_OVERHEAD_BYTES + head.readInt32BE(8)
    if (sizeBytes < RECORDS_POSITION || position + sizeBytes > file.sizeBytes) throw new DecodeError(`${path} has no whole batch at byte ${position}`)
    yield dumpedBatch(new RecordBatch(file.read(position, sizeBytes)), position, options)
    position += sizeBytes
  }
}

function dumpedBatch(batch: RecordBatch, position: number, { withRecords, isMetadata }: DumpOptions): DumpedEntry {
  const { baseOffset, lastOffset, recordCount, leaderEpoch, producerId, producerEpoch, baseSequence, isTransactional, isControl, sizeBytes } = batch
  const common = { baseOffset, lastOffset, count: recordCount, position, sizeBytes, leaderEpoch, maxTimestamp: Number(batch.maxTimestamp) }
  const kinds = { compression: batch.compression, timestampType: batch.timestampType, isTransactional, isControl, isValid: isCrcValid(batch) }
  const producer = producerId < 0 ? {} : { producerId, producerEpoch, baseSequence }
  const shown = withRecords ? { records: [...records(batch)].map((record) => dumpedRecord(record, batch, isMetadata)) } : {}
  return { ...common, ...kinds, ...producer, ...shown }
}

function dumpedRecord(record: Record, { isControl }: RecordBatch, isMetadata: boolean): DumpedEntry {
  const { offset, timestamp, key, value, headers } = record
  const place = { offset, timestamp: Number(timestamp) }
  if (isControl) return { ...place, control: controlRecordType(record) }
  if (isMetadata && value !== null) return { ...place, ...metadataRecordSerde.decode(value) }
  return { ...place, key: textOf(key), value: textOf(value), headers: headers.map((header) => ({ key: header.key, value: textOf(header.value) })) }
}

function textOf(bytes: Buffer | null): string | null {
  return bytes?.toString() ?? null
}

function* dumpEntries(path: string, entryBytes: number, decode: (entry: Buffer) => DumpedEntry): Generator<DumpedEntry> {
  using file = openFile(path)
  for (let position = 0; position + entryBytes <= file.sizeBytes; position += entryBytes) {
    const entry = file.read(position, entryBytes)
    // Of a log that is being written the rest of an index is empty.
    if (position > 0 && entry.every((byte) => byte === 0)) return
    yield decode(entry)
  }
}

function abortedTransaction(entry: Buffer): DumpedEntry {
  const number = (at: number) => Number(entry.readBigInt64BE(at))
  return { producerId: number(2), firstOffset: number(10), lastOffset: number(18), lastStableOffset: number(26) }
}

function* dumpProducers(path: string): Generator<DumpedEntry> {
  using file = openFile(path)
  const producers = decodeSnapshot(file.read(0, file.sizeBytes))
  if (producers === null) throw new DecodeError(`${path} is no snapshot of producers, or is damaged`)
  for (const producer of producers) yield { ...producer }
}

interface OpenFile extends Disposable {
  readonly sizeBytes: number
  /** Fewer at the end of the file. */
  read(position: number, count: number): Buffer
}

function openFile(path: string): OpenFile {
  const descriptor = openSync(path, 'r')
  return {
    sizeBytes: fstatSync(descriptor).size,
    read(position, count) {
      const bytes = Buffer.allocUnsafe(count)
      return bytes.subarray(0, readSync(descriptor, bytes, 0, count, position))
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  }
}
