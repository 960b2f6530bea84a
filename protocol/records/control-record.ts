import { EndTxnMarker } from '../data/end-txn-marker.ts'
import { DecodeError } from '../errors.ts'
import { decodeMessage, encodeToBuffer } from '../schema/codec.ts'
import { Reader } from '../wire/reader.ts'
import type { NewRecord } from './build-batch.ts'
import type { Record } from './record.ts'

/** In the order of Kafka's numbers for them. Source: KIP-98, KIP-595, KIP-630, KIP-853. */
export const CONTROL_RECORD_TYPES = ['abort', 'commit', 'leader-change', 'snapshot-header', 'snapshot-footer', 'kraft-version', 'kraft-voters'] as const

export type ControlRecordType = (typeof CONTROL_RECORD_TYPES)[number]

const KEY_VERSION = 0
const KEY_BYTES = 4
const MARKER_VERSION = 0

/** The key of a control record: its version and its type, each an int16. */
export function controlRecordKey(type: ControlRecordType): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES)
  key.writeInt16BE(KEY_VERSION, 0)
  key.writeInt16BE(CONTROL_RECORD_TYPES.indexOf(type), 2)
  return key
}

/** The type of a record of a control batch; 'unknown' for types to come, which readers skip. Throws a `DecodeError` where the key is none. */
export function controlRecordType(record: Record): ControlRecordType | 'unknown' {
  const { key } = record
  if (key === null || key.length < KEY_BYTES) throw new DecodeError(`control record at offset ${record.offset} has no key of ${KEY_BYTES} bytes`)
  if (key.readInt16BE(0) < KEY_VERSION) throw new DecodeError(`control record at offset ${record.offset} has key version ${key.readInt16BE(0)}`)
  return CONTROL_RECORD_TYPES[key.readInt16BE(2)] ?? 'unknown'
}

/** What ends a transaction in a partition. */
export interface EndTransactionMarker {
  readonly type: 'commit' | 'abort'
  /** Of the transaction coordinator that wrote it. */
  readonly coordinatorEpoch: number
}

/** Goes alone into a control batch that carries the producer's id and epoch. */
export function endTransactionRecord(marker: EndTransactionMarker, timestamp: number): NewRecord {
  const value = encodeToBuffer(EndTxnMarker, { coordinatorEpoch: marker.coordinatorEpoch }, MARKER_VERSION)
  const version = Buffer.alloc(2)
  version.writeInt16BE(MARKER_VERSION)
  return { timestamp, key: controlRecordKey(marker.type), value: Buffer.concat([version, value]) }
}

/** The marker in a record of a control batch, null when the record is of another type. Throws a `DecodeError` where the value is none. */
export function endTransactionMarker(record: Record): EndTransactionMarker | null {
  const type = controlRecordType(record)
  if (type !== 'commit' && type !== 'abort') return null
  const { value } = record
  if (value === null || value.length < 2) throw new DecodeError(`transaction marker at offset ${record.offset} has no value`)
  // A later version is read as the first, and what it adds is passed over.
  return { type, coordinatorEpoch: decodeMessage(EndTxnMarker, new Reader(value, 2), MARKER_VERSION).coordinatorEpoch }
}
