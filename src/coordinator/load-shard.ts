import { batches, type RecordBatch } from '../../protocol/records/batch.ts'
import { controlRecordType } from '../../protocol/records/control-record.ts'
import { records } from '../../protocol/records/record.ts'
import { OdradekError } from '../base/errors.ts'
import type { Timers } from '../base/ports.ts'
import type { SnapshotRegistry } from '../base/timeline/snapshot-registry.ts'
import type { CoordinatorLog } from './coordinator-log.ts'
import type { RecordCodec, ShardMachine } from './shard-machine.ts'

/** How much is read from the log at once, at most, whatever `offsets.load.buffer.size` says: the event loop replays it in slices. */
const MAX_READ_BYTES = 1024 * 1024
/** Records replayed before other work gets its turn. */
const RECORDS_PER_SLICE = 1000

export interface LoadInput<Rec> {
  /** Asked anew at each use: the log of a later leadership may replace the first. */
  readonly log: () => CoordinatorLog
  readonly machine: ShardMachine<Rec>
  readonly codec: RecordCodec<Rec>
  readonly snapshots: SnapshotRegistry
  readonly timers: Timers
  readonly bufferBytes: number
  /** True once nobody waits for the result any more. */
  readonly isAbandoned: () => boolean
}

export interface LoadResult {
  /** The offset after the last replayed record. */
  readonly endOffset: number
  readonly recordCount: number
}

/**
 * Replays the whole log into a fresh machine, in bounded reads, giving way to other work in between. Takes a snapshot at each
 * end of a batch that is not committed yet, so that the state can be read as committed, and one at the end.
 *
 * Errors: `DiskError`; `OdradekError` with code COORDINATOR_LOAD_FAILED that names the offset of a record that cannot be replayed.
 * Source: org.apache.kafka.coordinator.common.runtime.CoordinatorLoaderImpl.
 */
export async function loadShard<Rec>(input: LoadInput<Rec>): Promise<LoadResult> {
  let position = input.log().logStartOffset
  let recordCount = 0
  let sliceCount = 0
  while (position < input.log().logEndOffset && !input.isAbandoned()) {
    const chunk = await input.log().read(position, Math.min(input.bufferBytes, MAX_READ_BYTES))
    if (chunk.length === 0) throw loadError(position, `the log ends before its end offset ${input.log().logEndOffset}`)
    for (const batch of batches(chunk)) {
      if (input.isAbandoned()) break
      if (batch.nextOffset > input.log().highWatermark) input.snapshots.createSnapshot(position)
      const count = replayBatch(input, batch)
      position = batch.nextOffset
      recordCount += count
      sliceCount += count
      if (sliceCount >= RECORDS_PER_SLICE) {
        sliceCount = 0
        await turn(input.timers)
      }
    }
  }
  input.snapshots.createSnapshot(position)
  return { endOffset: position, recordCount }
}

/** @returns the count of records replayed */
function replayBatch<Rec>(input: LoadInput<Rec>, batch: RecordBatch): number {
  try {
    return batch.isControl ? replayMarkers(input, batch) : replayRecords(input, batch)
  } catch (error) {
    if (error instanceof OdradekError) throw error
    throw loadError(batch.baseOffset, 'its records cannot be read', error)
  }
}

function replayRecords<Rec>(input: LoadInput<Rec>, batch: RecordBatch): number {
  const producerId = batch.isTransactional ? batch.producerId : -1
  let count = 0
  for (const record of records(batch)) {
    count += 1
    try {
      const decoded = input.codec.decode(record.key, record.value)
      if (decoded !== null) input.machine.replay(decoded, { offset: record.offset, producerId })
    } catch (error) {
      throw loadError(record.offset, 'the record cannot be replayed', error)
    }
  }
  return count
}

function replayMarkers<Rec>(input: LoadInput<Rec>, batch: RecordBatch): number {
  let count = 0
  for (const record of records(batch)) {
    count += 1
    const type = controlRecordType(record)
    if (type === 'commit' || type === 'abort') input.machine.replayTransactionEnd(batch.producerId, type === 'commit')
  }
  return count
}

function turn(timers: Timers): Promise<void> {
  return new Promise((resolve) => timers.defer(resolve))
}

function loadError(offset: number, what: string, cause?: unknown): OdradekError {
  return new OdradekError('COORDINATOR_LOAD_FAILED', `cannot load the coordinator's state: ${what}, at offset ${offset}`, { cause, fields: { offset } })
}
