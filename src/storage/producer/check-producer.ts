import { ErrorCode } from '../../../protocol/error-codes.ts'
import { NO_PRODUCER_EPOCH, NO_SEQUENCE, type RecordBatch } from '../../../protocol/records/batch.ts'
import type { AppendOrigin } from '../log/results.ts'
import { endMarkerOf } from './end-marker.ts'
import type { ProducerEntry } from './producer-entry.ts'

/** Why a batch may not be appended. `detail` is for the log: clients get the code alone. */
export interface ProducerRefusal {
  readonly errorCode: number
  readonly detail: string
}

export interface ProducerCheck {
  readonly batch: RecordBatch
  readonly origin: AppendOrigin
  readonly transactionVersion: number
  /** For messages: `topic-partition`. */
  readonly partition: string
  /** The offset that the batch would get, for messages. */
  readonly offset: number
}

const MAX_SEQUENCE = 0x7fff_ffff
/** The first version in which every transaction has an epoch of its own. Source: KIP-890. */
const EPOCH_PER_TRANSACTION = 2

/**
 * Whether a leader may append a batch that carries a producer id, by what the log knows of that producer (undefined: nothing,
 * and any sequence number may begin, since retention may have removed what came before).
 *
 * Duplicates are found before, by `ProducerEntry.findBatch`. Source: `ProducerAppendInfo` of Kafka 4.3.1.
 */
export function checkProducer(entry: ProducerEntry | undefined, check: ProducerCheck): ProducerRefusal | null {
  return check.batch.isControl ? checkMarker(entry, check) : checkData(entry, check)
}

function checkData(entry: ProducerEntry | undefined, check: ProducerCheck): ProducerRefusal | null {
  if (entry === undefined) return null
  const fenced = checkEpoch(entry, check, 0)
  if (fenced !== null) return fenced
  if (check.origin === 'client') {
    const outOfOrder = checkSequence(entry, check)
    if (outOfOrder !== null) return outOfOrder
  }
  if (entry.hasOpenTransaction && !check.batch.isTransactional) {
    const detail = `Expected transactional write from producer ${entry.producerId} at offset ${check.offset} in partition ${check.partition}`
    return { errorCode: ErrorCode.INVALID_TXN_STATE, detail }
  }
  return null
}

function checkMarker(entry: ProducerEntry | undefined, check: ProducerCheck): ProducerRefusal | null {
  const marker = endMarkerOf(check.batch)
  if (entry === undefined || marker === null) return null
  const fenced = checkEpoch(entry, check, check.transactionVersion)
  if (fenced !== null) return fenced
  if (entry.coordinatorEpoch <= marker.coordinatorEpoch) return null
  const detail =
    `Invalid coordinator epoch for producerId ${entry.producerId} at offset ${check.offset} in partition ${check.partition}: ` +
    `${marker.coordinatorEpoch} (zombie), ${entry.coordinatorEpoch} (current)`
  return { errorCode: ErrorCode.TRANSACTION_COORDINATOR_FENCED, detail }
}

/**
 * Epochs may not go back. The marker of a transaction with an epoch of its own has a new epoch, so one that does not is
 * late, unless it repeats the marker that ended the last transaction. Source: KIP-890; KAFKA-19999.
 */
function checkEpoch(entry: ProducerEntry, check: ProducerCheck, transactionVersion: number): ProducerRefusal | null {
  const epoch = check.batch.producerEpoch
  const current = entry.producerEpoch
  const mustRise = transactionVersion >= EPOCH_PER_TRANSACTION
  if (mustRise ? epoch > current : epoch >= current) return null
  if (mustRise && epoch === current && !entry.hasOpenTransaction) return null
  const detail =
    `Epoch of producer ${entry.producerId} at offset ${check.offset} in ${check.partition} is ${epoch}, ` +
    `which is ${mustRise ? '<=' : '<'} the last seen epoch ${current}`
  return { errorCode: ErrorCode.INVALID_PRODUCER_EPOCH, detail }
}

function checkSequence(entry: ProducerEntry, { batch, partition, offset }: ProducerCheck): ProducerRefusal | null {
  if (entry.producerEpoch === NO_PRODUCER_EPOCH) return null
  const { producerEpoch, baseSequence } = batch
  const isNewEpoch = producerEpoch !== entry.producerEpoch
  const expectedAfter = isNewEpoch ? NO_SEQUENCE : entry.lastSequence
  if (follows(expectedAfter, baseSequence)) return null
  const where = `producer ${entry.producerId} at offset ${offset} in partition ${partition}`
  const detail = isNewEpoch
    ? `Invalid sequence number for new epoch of ${where}: ${producerEpoch} (request epoch), ${baseSequence} (seq. number), ${entry.producerEpoch} (current producer epoch)`
    : `Out of order sequence number for ${where}: ${baseSequence} (incoming seq. number), ${expectedAfter} (current end sequence number)`
  return { errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, detail }
}

function follows(lastSequence: number, sequence: number): boolean {
  return sequence === lastSequence + 1 || (sequence === 0 && lastSequence === MAX_SEQUENCE)
}
