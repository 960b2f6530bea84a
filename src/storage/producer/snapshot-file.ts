import { crc32c } from '../../../protocol/crc32c.ts'
import { DecodeError } from '../../../protocol/errors.ts'
import { decodeFrom, encodeToBuffer } from '../../../protocol/schema/codec.ts'
import { ProducerSnapshot } from '../../../protocol/storage/producer-snapshot.ts'
import { ProducerEntry } from './producer-entry.ts'

/**
 * `.snapshot`: the producers of a log as of the offset in the file's name. Two bytes of version, then `ProducerSnapshot`,
 * whose CRC-32C covers all behind itself. Only the last batch of each producer is kept.
 * Source: `ProducerStateManager` of Kafka.
 */
const VERSION = 1
const VERSION_BYTES = 2
const CRC_BYTES = 4

export function encodeSnapshot(producers: Iterable<ProducerEntry>): Buffer {
  const producerEntries = Array.from(producers, (entry) => ({
    producerId: entry.producerId,
    epoch: entry.producerEpoch,
    lastSequence: entry.lastSequence,
    lastOffset: entry.lastBatch?.lastOffset ?? -1,
    offsetDelta: entry.lastBatch?.offsetDelta ?? 0,
    timestamp: safe(entry.lastTimestampMs),
    coordinatorEpoch: entry.coordinatorEpoch,
    currentTxnFirstOffset: entry.currentTransactionFirstOffset,
  }))
  const body = encodeToBuffer(ProducerSnapshot, { crc: 0, producerEntries }, VERSION)
  body.writeUInt32BE(crc32c(body.subarray(CRC_BYTES)), 0)
  const content = Buffer.allocUnsafe(VERSION_BYTES + body.length)
  content.writeInt16BE(VERSION, 0)
  body.copy(content, VERSION_BYTES)
  return content
}

/** null when the file is not a whole snapshot: the state is then made again from an earlier one and the log. */
export function decodeSnapshot(content: Buffer): ProducerEntry[] | null {
  if (content.length < VERSION_BYTES + CRC_BYTES || content.readInt16BE(0) !== VERSION) return null
  const body = content.subarray(VERSION_BYTES)
  if (body.readUInt32BE(0) !== crc32c(body.subarray(CRC_BYTES))) return null
  try {
    return decodeFrom(ProducerSnapshot, body, VERSION).producerEntries.map(toEntry)
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

type SnapshotEntry = ProducerSnapshot['producerEntries'][number]

function toEntry(saved: SnapshotEntry): ProducerEntry {
  const entry = new ProducerEntry(saved.producerId)
  entry.moveToEpoch(saved.epoch)
  if (saved.lastOffset >= 0) {
    const { lastSequence, lastOffset, offsetDelta } = saved
    entry.restore(saved.epoch, { lastSequence, lastOffset, offsetDelta, timestampMs: saved.timestamp })
  }
  entry.lastTimestampMs = saved.timestamp
  entry.coordinatorEpoch = saved.coordinatorEpoch
  entry.currentTransactionFirstOffset = saved.currentTxnFirstOffset >= 0 ? saved.currentTxnFirstOffset : -1
  return entry
}

/** Users may choose timestamps beyond ±2^53; a producer's is only compared with the clock. */
function safe(timestampMs: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, timestampMs))
}
