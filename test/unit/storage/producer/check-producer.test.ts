import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { PartitionLog } from '../../../../src/storage/log/partition-log.ts'
import type { Appended, AppendRefused } from '../../../../src/storage/log/results.ts'
import { append, appendMarker, type BatchShape, dataBatch, type MarkerShape, markerBatch, NOW_MS, openTestLog, refusal, startWorld } from '../support.ts'

const PRODUCER = 7

/** Runs `story` on a new log. */
async function onLog(story: (log: PartitionLog) => void | Promise<void>): Promise<void> {
  await using started = startWorld()
  await story(await openTestLog(started.ports))
}

function send(log: PartitionLog, sequence: number, shape: BatchShape & { readonly epoch?: number } = {}): Appended {
  return append(log, from(sequence, shape))
}

function from(sequence: number, { epoch = 0, ...shape }: BatchShape & { readonly epoch?: number } = {}): Buffer {
  return dataBatch({ ...shape, producer: { id: PRODUCER, epoch, sequence } })
}

describe('an idempotent producer', () => {
  it('may begin with any sequence number where nothing is known of it', () =>
    onLog((log) => {
      expect(send(log, 42).firstOffset).toBe(0)
    }))

  it('goes on with the next sequence number, over batches of several records', () =>
    onLog((log) => {
      send(log, 0, { count: 3 })
      expect(send(log, 3, { count: 2 }).firstOffset).toBe(3)
      expect(send(log, 5).lastOffset).toBe(5)
    }))

  it('is refused a gap and a step back', () =>
    onLog((log) => {
      for (const sequence of [0, 1, 2, 3, 4, 5, 6]) send(log, sequence)
      expect(refusal(log, from(8)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
      expect(refusal(log, from(0)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
      expect(log.logEndOffset).toBe(7)
    }))

  it('gets the offsets of the first time for each of its last five batches', () =>
    onLog((log) => {
      for (const sequence of [0, 1, 2, 3, 4, 5]) send(log, sequence, { timestamp: NOW_MS + sequence })
      for (const sequence of [1, 2, 3, 4, 5]) {
        expect(send(log, sequence)).toMatchObject({ duplicate: true, firstOffset: sequence, lastOffset: sequence, logAppendTimeMs: NOW_MS + sequence })
      }
      expect(log.logEndOffset).toBe(6)
    }))

  it('is no duplicate with other record counts', () =>
    onLog((log) => {
      send(log, 0, { count: 2 })
      expect(refusal(log, from(0, { count: 3 })).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
    }))

  it('wraps its sequence numbers after the largest int32', () =>
    onLog((log) => {
      send(log, 2 ** 31 - 2, { count: 3 })
      expect(send(log, 1).firstOffset).toBe(3)
      expect(send(log, 2 ** 31 - 2, { count: 3 }).duplicate).toBe(true)
    }))

  it('is fenced by a later epoch', () =>
    onLog((log) => {
      send(log, 0, { epoch: 1 })
      expect(refusal(log, from(1, { epoch: 0 }))).toMatchObject({ errorCode: ErrorCode.INVALID_PRODUCER_EPOCH, message: null, logStartOffset: 0 })
    }))

  it('begins a new epoch with sequence number 0', () =>
    onLog((log) => {
      send(log, 5)
      expect(refusal(log, from(6, { epoch: 1 })).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
      expect(send(log, 0, { epoch: 1 }).firstOffset).toBe(1)
    }))

  it('is forgotten when it was idle for as long as producer.id.expiration.ms', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    send(log, 0, { timestamp: NOW_MS })
    log.removeExpiredProducers(Number.MAX_SAFE_INTEGER)
    expect(log.activeProducers()).toHaveLength(1)
    log.removeExpiredProducers(NOW_MS + Number.MAX_SAFE_INTEGER)
    expect(log.activeProducers()).toHaveLength(0)
  })
})

describe('a transactional producer', () => {
  const transactional = { isTransactional: true }

  it('makes its records unstable until it ends the transaction and the high watermark passes the marker', () =>
    onLog((log) => {
      append(log, dataBatch())
      send(log, 0, transactional)
      expect(log.updateHighWatermark(2)).toBe(2)
      expect(log.lastStableOffset).toBe(1)
      appendMarker(log, { producerId: PRODUCER })
      expect(log.lastStableOffset).toBe(1)
      log.updateHighWatermark(3)
      expect(log.lastStableOffset).toBe(3)
    }))

  it('may not write outside of its open transaction', () =>
    onLog((log) => {
      send(log, 0, transactional)
      expect(refusal(log, from(1)).errorCode).toBe(ErrorCode.INVALID_TXN_STATE)
    }))

  it('is shown with the start of its transaction', () =>
    onLog((log) => {
      append(log, dataBatch())
      send(log, 3, transactional)
      expect(log.activeProducers()).toEqual([
        { producerId: PRODUCER, producerEpoch: 0, lastSequence: 3, lastTimestampMs: NOW_MS, coordinatorEpoch: -1, currentTransactionStartOffset: 1 },
      ])
      expect(log.hasOngoingTransaction(PRODUCER, 0)).toBe(true)
      expect(log.hasOngoingTransaction(PRODUCER, 1)).toBe(false)
    }))

  it('holds the last stable offset at the oldest of several open transactions', () =>
    onLog((log) => {
      append(log, dataBatch({ ...transactional, producer: { id: 1, sequence: 0 } }))
      append(log, dataBatch({ ...transactional, producer: { id: 2, sequence: 0 } }))
      appendMarker(log, { producerId: 2, isAbort: true })
      log.updateHighWatermark(3)
      expect(log.lastStableOffset).toBe(0)
      appendMarker(log, { producerId: 1 })
      log.updateHighWatermark(4)
      expect(log.lastStableOffset).toBe(4)
    }))
})

describe('an end marker', () => {
  const mark = (log: PartitionLog, shape: Partial<MarkerShape>, transactionVersion: 1 | 2 = 1) => {
    const result = log.appendAsLeader(markerBatch({ producerId: PRODUCER, ...shape }), {
      leaderEpoch: 0,
      origin: 'coordinator',
      nowMs: NOW_MS,
      transactionVersion,
    })
    return result.kind === 'appended' ? 'appended' : (result as AppendRefused).errorCode
  }

  it('of transaction version 1 may have the epoch of its records or a later one', () =>
    onLog((log) => {
      send(log, 0, { isTransactional: true, epoch: 3 })
      expect(mark(log, { epoch: 2 })).toBe(ErrorCode.INVALID_PRODUCER_EPOCH)
      expect(mark(log, { epoch: 3 })).toBe('appended')
    }))

  it('of transaction version 2 must have a later epoch than its records', () =>
    onLog((log) => {
      send(log, 0, { isTransactional: true, epoch: 3 })
      expect(mark(log, { epoch: 3 }, 2)).toBe(ErrorCode.INVALID_PRODUCER_EPOCH)
      expect(mark(log, { epoch: 4 }, 2)).toBe('appended')
    }))

  it('of transaction version 2 may be repeated once the transaction has ended', () =>
    onLog((log) => {
      send(log, 0, { isTransactional: true, epoch: 3 })
      expect(mark(log, { epoch: 4 }, 2)).toBe('appended')
      expect(mark(log, { epoch: 4 }, 2)).toBe('appended')
    }))

  it('of a coordinator that was replaced is fenced', () =>
    onLog((log) => {
      send(log, 0, { isTransactional: true })
      expect(mark(log, { coordinatorEpoch: 5 })).toBe('appended')
      expect(mark(log, { coordinatorEpoch: 4 })).toBe(ErrorCode.TRANSACTION_COORDINATOR_FENCED)
    }))

  it('moves its producer to the epoch, in which sequence numbers begin anew', () =>
    onLog((log) => {
      send(log, 0, { isTransactional: true, epoch: 3 })
      expect(mark(log, { epoch: 4 }, 2)).toBe('appended')
      expect(refusal(log, from(1, { isTransactional: true, epoch: 4 })).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
      expect(send(log, 0, { isTransactional: true, epoch: 4 }).firstOffset).toBe(2)
    }))

  it('without a transaction leaves the last stable offset where it is', () =>
    onLog((log) => {
      expect(mark(log, { isAbort: true })).toBe('appended')
      log.updateHighWatermark(1)
      expect(log.lastStableOffset).toBe(1)
    }))
})
