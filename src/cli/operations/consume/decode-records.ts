import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { batches, isCrcValid, type RecordBatch, type TimestampType } from '../../../../protocol/records/batch.ts'
import { endTransactionMarker } from '../../../../protocol/records/control-record.ts'
import { type RecordHeader, records } from '../../../../protocol/records/record.ts'
import { KafkaError } from '../kafka-error.ts'

export interface ConsumedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: bigint
  readonly timestampType: TimestampType
  /** -1 where it is not known. */
  readonly leaderEpoch: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly RecordHeader[]
}

export interface FetchedPartition {
  readonly topic: string
  readonly partition: number
  readonly bytes: Buffer
  /** The first that is wanted: a batch may begin before it. */
  readonly startOffset: number
  /** Where transactions that were aborted begin; null for all records to be read. */
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[] | null
  readonly checksCrcs: boolean
}

export interface DecodedPartition {
  readonly records: readonly ConsumedRecord[]
  /** Behind all that was read, markers and aborted records among it. */
  readonly nextOffset: number
}

/** The records of a fetched partition that a consumer sees. Errors: CORRUPT_MESSAGE, `DecodeError`. Source: KIP-98. */
export function decodeRecords(fetched: FetchedPartition): DecodedPartition {
  const found: ConsumedRecord[] = []
  const filter = new AbortedFilter(fetched.aborted)
  let nextOffset = fetched.startOffset
  for (const batch of batches(fetched.bytes)) {
    if (batch.nextOffset <= fetched.startOffset) continue
    if (fetched.checksCrcs && !isCrcValid(batch)) throw new KafkaError(ErrorCode.CORRUPT_MESSAGE, corrupt(fetched, batch))
    if (filter.passes(batch)) for (const record of recordsOf(fetched, batch)) found.push(record)
    nextOffset = Math.max(nextOffset, batch.nextOffset)
  }
  return { records: found, nextOffset }
}

function* recordsOf({ topic, partition, startOffset }: FetchedPartition, batch: RecordBatch): Generator<ConsumedRecord> {
  const { timestampType, leaderEpoch } = batch
  for (const record of records(batch)) {
    if (record.offset < startOffset) continue
    const { offset, timestamp, key, value, headers } = record
    yield { topic, partition, offset, timestamp, timestampType, leaderEpoch, key, value, headers }
  }
}

function corrupt({ topic, partition }: FetchedPartition, { baseOffset }: RecordBatch): string {
  return `Record batch for partition ${topic}-${partition} at offset ${baseOffset} is invalid: its checksum does not match.`
}

/** Follows the transactions of a partition: which producers' records belong to one that was aborted. */
class AbortedFilter {
  readonly #waiting: { readonly producerId: number; readonly firstOffset: number }[] | null
  readonly #aborting = new Set<number>()

  constructor(aborted: FetchedPartition['aborted']) {
    this.#waiting = aborted === null ? null : aborted.toSorted((one, other) => one.firstOffset - other.firstOffset)
  }

  passes(batch: RecordBatch): boolean {
    if (batch.isControl) {
      this.#end(batch)
      return false
    }
    if (this.#waiting === null || !batch.isTransactional) return true
    while (this.#waiting[0] !== undefined && this.#waiting[0].firstOffset <= batch.lastOffset) {
      this.#aborting.add(this.#waiting[0].producerId)
      this.#waiting.shift()
    }
    return !this.#aborting.has(batch.producerId)
  }

  #end(batch: RecordBatch): void {
    if (!batch.isTransactional) return
    for (const record of records(batch)) {
      if (endTransactionMarker(record)?.type === 'abort') this.#aborting.delete(batch.producerId)
    }
  }
}
