import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { RecordBatch, setBaseOffset, setLeaderEpoch } from '../../../../protocol/records/batch.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { DiskError } from '../../../../src/base/errors.ts'
import type { ReadResult } from '../../../../src/storage/log/results.ts'
import { append, appendMarker, baseOffsets, dataBatch, NOW_MS, openTestLog, readAll, refusal, startWorld } from '../support.ts'

const WHOLE = { maxBytes: 1_000_000, minOneBatch: true, upTo: 'log-end' } as const

function lengthOf(result: ReadResult | null): number | string | null {
  return result === null ? null : result.kind === 'read' ? result.records.length : result.kind
}

describe('appendAsLeader', () => {
  it('numbers records from the log end and stamps the leader epoch, in the bytes given', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    expect(append(log, dataBatch({ count: 3 }), { leaderEpoch: 4 })).toMatchObject({ firstOffset: 0, lastOffset: 2, logAppendTimeMs: -1 })
    const bytes = dataBatch({ count: 2 })
    expect(append(log, bytes, { leaderEpoch: 4 })).toMatchObject({ firstOffset: 3, lastOffset: 4 })
    expect(await readAll(log)).toEqual([expect.any(Buffer), bytes])
    expect(new RecordBatch(bytes)).toMatchObject({ baseOffset: 3, leaderEpoch: 4 })
    expect(log.logEndOffset).toBe(5)
  })

  it('stamps records of a topic with LogAppendTime and says when', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { messageTimestampType: 'LogAppendTime' } })
    expect(append(log, dataBatch({ timestamp: 5 }), { nowMs: NOW_MS + 9 }).logAppendTimeMs).toBe(NOW_MS + 9)
    expect(await log.offsetForTimestamp(-3n)).toEqual({ offset: 0, timestamp: BigInt(NOW_MS + 9), leaderEpoch: 0 })
  })

  it('refuses what validation refuses and appends nothing', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { maxMessageBytes: 200, compact: true } })
    expect(refusal(log, dataBatch({ valueBytes: 300 }))).toMatchObject({ errorCode: ErrorCode.MESSAGE_TOO_LARGE, logStartOffset: -1, message: null })
    expect(refusal(log, dataBatch())).toMatchObject({ errorCode: ErrorCode.INVALID_RECORD, logStartOffset: 0, recordErrors: [{ batchIndex: 0 }] })
    const corrupt = dataBatch()
    corrupt[70] = (corrupt[70] as number) ^ 1
    expect(refusal(log, corrupt).errorCode).toBe(ErrorCode.CORRUPT_MESSAGE)
    expect(log.logEndOffset).toBe(0)
    expect(log.sizeBytes).toBe(0)
  })

  it('refuses a batch larger than a segment', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentBytes: 200 } })
    expect(refusal(log, dataBatch({ valueBytes: 300 })).errorCode).toBe(ErrorCode.RECORD_LIST_TOO_LARGE)
  })

  it('compresses as the topic wants it', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { compressionType: 'gzip' } })
    append(log, dataBatch({ count: 20, valueBytes: 100 }))
    const [stored] = await readAll(log)
    expect(new RecordBatch(stored as Buffer).compression).toBe('gzip')
  })

  it('asks for a flush when flush.messages are unflushed', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { flushMessages: 3 } })
    expect(append(log, dataBatch({ count: 2 })).mustFlush).toBe(false)
    expect(append(log, dataBatch()).mustFlush).toBe(true)
    await log.flush()
    expect(append(log, dataBatch()).mustFlush).toBe(false)
  })

  it('takes from raft batches as they are numbered, and refuses another epoch or a step back', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    const raft = { leaderEpoch: 3, origin: 'raft', nowMs: NOW_MS } as const
    const both = Buffer.concat([numbered(0, 3), numbered(5, 3)])
    expect(log.appendAsLeader(both, raft)).toMatchObject({ kind: 'appended', firstOffset: 0, lastOffset: 5 })
    expect(log.appendAsLeader(numbered(6, 2), raft)).toMatchObject({ kind: 'refused', errorCode: ErrorCode.INVALID_RECORD })
    expect(log.appendAsLeader(numbered(5, 3), raft)).toMatchObject({ kind: 'refused', errorCode: ErrorCode.INVALID_RECORD })
    expect(log.logEndOffset).toBe(6)
  })
})

function numbered(baseOffset: number, leaderEpoch: number): Buffer {
  const bytes = dataBatch()
  setBaseOffset(new RecordBatch(bytes), baseOffset)
  setLeaderEpoch(new RecordBatch(bytes), leaderEpoch)
  return bytes
}

describe('appendAsFollower', () => {
  it('takes whole batches as the leader numbered them and leaves out one that is cut short', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    const third = numbered(2, 0)
    const fetched = Buffer.concat([numbered(0, 0), numbered(1, 0), third.subarray(0, third.length - 1)])
    expect(log.appendAsFollower(fetched, { leaderEpoch: 0, nowMs: NOW_MS })).toMatchObject({ kind: 'appended', firstOffset: 0, lastOffset: 1 })
    expect(await baseOffsets(log)).toEqual([0, 1])
  })

  it('leaves out batches of a leader epoch above its own', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    const fetched = Buffer.concat([numbered(0, 1), numbered(1, 2), numbered(2, 1)])
    expect(log.appendAsFollower(fetched, { leaderEpoch: 1, nowMs: NOW_MS })).toMatchObject({ firstOffset: 0, lastOffset: 0 })
    expect(log.appendAsFollower(numbered(1, 2), { leaderEpoch: 1, nowMs: NOW_MS })).toMatchObject({ firstOffset: -1, lastOffset: -1 })
    expect(log.logEndOffset).toBe(1)
  })

  it('refuses damaged bytes', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    const damaged = numbered(0, 0)
    damaged[65] = (damaged[65] as number) ^ 1
    expect(log.appendAsFollower(damaged, { leaderEpoch: 0, nowMs: NOW_MS })).toMatchObject({ kind: 'refused', errorCode: ErrorCode.CORRUPT_MESSAGE })
  })

  it('knows where epochs begin', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    log.appendAsFollower(Buffer.concat([numbered(0, 1), numbered(1, 1), numbered(2, 4)]), { leaderEpoch: 4, nowMs: NOW_MS })
    expect(log.endOffsetForEpoch(1)).toEqual({ leaderEpoch: 1, endOffset: 2 })
    expect(log.endOffsetForEpoch(4)).toEqual({ leaderEpoch: 4, endOffset: 3 })
    expect(log.epochForOffset(1)).toBe(1)
    expect(log.latestEpoch).toBe(4)
  })
})

describe('read', () => {
  it('begins with the batch that holds the offset', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    for (let index = 0; index < 3; index++) append(log, dataBatch({ count: 10 }))
    const result = log.read(15, WHOLE)
    expect(result?.kind === 'read' && new RecordBatch(result.records).baseOffset).toBe(10)
  })

  it('finds every offset of a log of many segments and index entries', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentBytes: 4000, indexIntervalBytes: 200 } })
    for (let index = 0; index < 100; index++) append(log, dataBatch({ count: 1 + (index % 4), valueBytes: 20 }))
    for (let offset = 0; offset < log.logEndOffset; offset++) {
      const result = await log.readAsync(offset, { ...WHOLE, maxBytes: 1 })
      const batch = result.kind === 'read' ? new RecordBatch(result.records) : null
      expect(batch !== null && batch.baseOffset <= offset && batch.lastOffset >= offset).toBe(true)
    }
  })

  it('is cut at maxBytes, but gives the first batch whole when asked to', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    const { length } = dataBatch()
    for (let index = 0; index < 3; index++) append(log, dataBatch())
    expect(lengthOf(log.read(0, { ...WHOLE, maxBytes: length + 5 }))).toBe(length + 5)
    expect(lengthOf(log.read(0, { ...WHOLE, maxBytes: 5 }))).toBe(length)
    expect(lengthOf(log.read(0, { ...WHOLE, maxBytes: 5, minOneBatch: false }))).toBe(0)
  })

  it('sees up to the high watermark, or to the last stable offset', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    append(log, dataBatch())
    append(log, dataBatch({ isTransactional: true, producer: { id: 1, sequence: 0 } }))
    append(log, dataBatch())
    log.updateHighWatermark(2)
    expect(await baseOffsets(log, 'high-watermark')).toEqual([0, 1])
    expect(await baseOffsets(log, 'last-stable')).toEqual([0])
    expect(await baseOffsets(log, 'log-end')).toEqual([0, 1, 2])
    expect(lengthOf(log.read(2, { ...WHOLE, upTo: 'high-watermark' }))).toBe(0)
  })

  it('is out of range below the log start and above the log end', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    for (let index = 0; index < 4; index++) append(log, dataBatch())
    log.updateHighWatermark(4)
    log.incrementLogStartOffset(2)
    expect(log.read(1, WHOLE)).toEqual({ kind: 'out-of-range', logStartOffset: 2, logEndOffset: 4 })
    expect(log.read(5, WHOLE)?.kind).toBe('out-of-range')
    expect(lengthOf(log.read(4, WHOLE))).toBe(0)
    expect(await log.readAsync(1, WHOLE)).toMatchObject({ kind: 'out-of-range' })
  })

  it('names the transactions aborted in what committed readers get', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentBytes: 300 } })
    for (const [id, isAbort] of [
      [1, true],
      [2, false],
      [3, true],
    ] as const) {
      append(log, dataBatch({ isTransactional: true, producer: { id, sequence: 0 } }))
      appendMarker(log, { producerId: id, isAbort })
    }
    log.updateHighWatermark(log.logEndOffset)
    const first = await log.readAsync(0, { ...WHOLE, upTo: 'last-stable' })
    expect(first).toMatchObject({ kind: 'read', abortedTransactions: expect.arrayContaining([{ producerId: 1, firstOffset: 0 }]) })
    const last = await log.readAsync(4, { ...WHOLE, upTo: 'last-stable' })
    expect(last).toMatchObject({ abortedTransactions: [{ producerId: 3, firstOffset: 4 }] })
    expect(await log.readAsync(4, WHOLE)).toMatchObject({ abortedTransactions: null })
  })

  it('is null where the file is not open, and then works without holding the event loop', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentBytes: 200 } })
    for (let index = 0; index < 40; index++) append(log, dataBatch())
    expect(log.read(0, WHOLE)).toBeNull()
    expect((await baseOffsets(log)).length).toBe(40)
  })
})

describe('a disk that fails', () => {
  it('fails the append and all that follows; what was there before is there after recovery, and nothing else', async () => {
    await using started = startWorld()
    const { world, ports } = started
    const log = await openTestLog(ports)
    append(log, dataBatch())
    world.node('a').faults.failNext({ reason: 'no-space', operation: 'write' })
    expect(() => append(log, dataBatch())).toThrow(DiskError)
    expect(log.logEndOffset).toBe(1)
    expect(() => append(log, dataBatch())).toThrow(DiskError)
    await expect(log.flush()).rejects.toThrow(DiskError)
    expect(log.failure?.reason).toBe('no-space')
    log.closeFiles()
    const again = await openTestLog(ports)
    expect(again.logEndOffset).toBe(1)
    expect(append(again, dataBatch()).firstOffset).toBe(1)
  })

  it('that fills up leaves no part of a batch behind', async () => {
    await using started = startWorld()
    const { world, ports } = started
    const log = await openTestLog(ports)
    append(log, dataBatch())
    world.node('a').faults.capacityBytes = world.node('a').volume.usedBytes() + 30
    expect(() => append(log, dataBatch())).toThrow(DiskError)
    log.closeFiles()
    world.node('a').faults.clear()
    const again = await openTestLog(ports)
    expect(await baseOffsets(again)).toEqual([0])
    expect(again.sizeBytes).toBe(dataBatch().length)
  })

  it('that cannot flush does not move the recovery point', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    append(log, dataBatch())
    started.world.node('a').faults.failNext({ reason: 'io', operation: 'flush' })
    await expect(log.flush()).rejects.toThrow(DiskError)
    expect(log.recoveryPoint).toBe(0)
    await expect(log.flush()).rejects.toThrow(DiskError)
  })
})

describe('offsetForTimestamp', () => {
  it('finds the first record at or after a time, across segments and within compressed batches', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentBytes: 1000, indexIntervalBytes: 100 } })
    for (let index = 0; index < 40; index++) {
      const records = Array.from({ length: 5 }, (_, at) => ({ timestamp: NOW_MS + index * 50 + at * 10, value: Buffer.from('value') }))
      append(log, buildBatch({ compression: 'gzip' }, records))
    }
    for (const ahead of [0, 5, 10, 995, 1000, 1990]) {
      const offset = Math.ceil(ahead / 10)
      expect(await log.offsetForTimestamp(BigInt(NOW_MS + ahead))).toEqual({ offset, timestamp: BigInt(NOW_MS + offset * 10), leaderEpoch: 0 })
    }
    expect(await log.offsetForTimestamp(BigInt(NOW_MS + 1991))).toBeNull()
  })

  it('does not look before the log start', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    for (let index = 0; index < 4; index++) append(log, dataBatch({ count: 2, timestamp: NOW_MS + index * 10 }))
    log.updateHighWatermark(8)
    log.incrementLogStartOffset(3)
    expect(await log.offsetForTimestamp(BigInt(NOW_MS))).toMatchObject({ offset: 3 })
  })

  it('gives the first record with the largest timestamp, wherever it is', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentBytes: 300 } })
    for (const ahead of [10, 90, 20, 30, 90, 40]) append(log, dataBatch({ timestamp: NOW_MS + ahead }))
    expect(await log.offsetForTimestamp(-3n)).toEqual({ offset: 1, timestamp: BigInt(NOW_MS + 90), leaderEpoch: 0 })
  })

  it('answers the special times of ListOffsets', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    expect(await log.offsetForTimestamp(-3n)).toBeNull()
    expect(await log.offsetForTimestamp(-2n)).toEqual({ offset: 0, timestamp: -1n, leaderEpoch: null })
    append(log, dataBatch({ count: 2 }), { leaderEpoch: 7 })
    expect(await log.offsetForTimestamp(-1n)).toEqual({ offset: 2, timestamp: -1n, leaderEpoch: 7 })
    expect(await log.offsetForTimestamp(-2n)).toEqual({ offset: 0, timestamp: -1n, leaderEpoch: 7 })
    expect(await log.offsetForTimestamp(-4n)).toEqual({ offset: 0, timestamp: -1n, leaderEpoch: 7 })
    expect(await log.offsetForTimestamp(-5n)).toEqual({ offset: -1, timestamp: -1n, leaderEpoch: -1 })
  })
})
