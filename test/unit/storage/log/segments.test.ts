import { describe, expect, it } from 'vitest'
import { append, baseOffsets, dataBatch, fileNames, LOG_DIRECTORY, markerBatch, NOW_MS, openTestLog, readAll, startWorld } from '../support.ts'

const BATCH_BYTES = dataBatch().length

describe('a new segment begins', () => {
  it('when the batch would make the active one larger than segment.bytes', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentBytes: 3 * BATCH_BYTES } })
    for (let index = 0; index < 7; index++) append(log, dataBatch())
    const logs = (await fileNames(started.ports)).filter((name) => name.endsWith('.log'))
    expect(logs).toEqual(['00000000000000000000.log', '00000000000000000003.log', '00000000000000000006.log'])
  })

  it('when records are younger than the first of the segment by more than segment.ms', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentMs: 1000 } })
    append(log, dataBatch({ timestamp: NOW_MS }))
    append(log, dataBatch({ timestamp: NOW_MS + 1000 }))
    expect(log.segmentCount).toBe(1)
    append(log, dataBatch({ timestamp: NOW_MS + 1001 }))
    expect(log.segmentCount).toBe(2)
  })

  it('when its index is full', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentIndexBytes: 24, indexIntervalBytes: 1 } })
    for (let index = 0; index < 10; index++) append(log, dataBatch({ timestamp: NOW_MS + index }))
    expect(log.segmentCount).toBeGreaterThan(2)
    expect(await baseOffsets(log)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('earlier by a part of segment.jitter.ms', async () => {
    await using started = startWorld()
    const config = { segmentMs: 1_000_000, segmentJitterMs: 1_000_000 }
    const log = await openTestLog(started.ports, { config })
    for (let index = 0; index < 20; index++) append(log, dataBatch({ timestamp: NOW_MS + index * 250_000 }), { nowMs: NOW_MS + 10_000_000 })
    expect(log.segmentCount).toBeGreaterThan(5)
  })

  it('on request, unless the active one is empty', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    log.roll()
    expect(log.segmentCount).toBe(1)
    append(log, dataBatch())
    log.roll()
    log.roll()
    expect(log.segmentCount).toBe(2)
  })

  it('with a producer snapshot at its start, and the finished one is flushed by itself', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    append(log, dataBatch({ producer: { id: 1, sequence: 0 } }))
    log.roll()
    await log.flush()
    expect(log.recoveryPoint).toBe(1)
    expect(await fileNames(started.ports)).toContain('00000000000000000001.snapshot')
  })
})

describe('truncateTo', () => {
  it('drops batches that hold the offset and all behind, over segments', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentBytes: 300, indexIntervalBytes: 50 } })
    for (let index = 0; index < 30; index++) append(log, dataBatch({ count: 2 }))
    expect(await log.truncateTo(21)).toBe(true)
    expect(log.logEndOffset).toBe(21)
    expect(await baseOffsets(log)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18])
    expect(append(log, dataBatch()).firstOffset).toBe(21)
    expect((await baseOffsets(log)).at(-1)).toBe(21)
  })

  it('forgets where the last batch stood, which readers at the end are given without a search', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    for (let index = 0; index < 5; index++) append(log, dataBatch({ count: 2 }))
    const at = (offset: number) => log.read(offset, { maxBytes: 1, minOneBatch: true, upTo: 'log-end' })
    const fourth = at(6)
    expect(at(8)).toMatchObject({ kind: 'read' })
    await log.truncateTo(8)
    expect(log.logEndOffset).toBe(8)
    expect(at(7)).toEqual(fourth)
    expect(at(8)).toMatchObject({ kind: 'read', records: Buffer.alloc(0) })
    append(log, dataBatch())
    expect(at(8)).not.toEqual(fourth)
    expect(at(7)).toEqual(fourth)
    expect(at(9)).toMatchObject({ kind: 'read', records: Buffer.alloc(0) })
  })

  it('takes away epochs, high watermark and recovery point with the records', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    for (const leaderEpoch of [1, 1, 2, 3]) append(log, dataBatch(), { leaderEpoch })
    await log.flush()
    log.updateHighWatermark(4)
    await log.truncateTo(2)
    expect(log).toMatchObject({ latestEpoch: 1, highWatermark: 2, recoveryPoint: 2, logStartOffset: 0 })
  })

  it('takes producers back to what they were', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentBytes: 250 } })
    for (let sequence = 0; sequence < 10; sequence++) append(log, dataBatch({ producer: { id: 1, sequence } }))
    await log.truncateTo(5)
    expect(log.activeProducers()).toMatchObject([{ lastSequence: 4 }])
    expect(append(log, dataBatch({ producer: { id: 1, sequence: 5 } })).firstOffset).toBe(5)
  })

  it('opens a transaction again whose marker it cuts off, and forgets its abort', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    append(log, dataBatch({ isTransactional: true, producer: { id: 1, sequence: 0 } }))
    append(log, markerBatch({ producerId: 1, isAbort: true }), { origin: 'coordinator', transactionVersion: 1 })
    await log.truncateTo(1)
    expect(log.firstUnstableOffset).toBe(0)
    append(log, markerBatch({ producerId: 1, isAbort: false }), { origin: 'coordinator', transactionVersion: 1 })
    log.updateHighWatermark(2)
    const read = await log.readAsync(0, { maxBytes: 1000, minOneBatch: true, upTo: 'last-stable' })
    expect(read).toMatchObject({ abortedTransactions: [] })
  })

  it('at or above the log end cuts nothing but an epoch without records', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    append(log, dataBatch(), { leaderEpoch: 1 })
    log.assignEpochStartOffset(5, 1)
    expect(await log.truncateTo(1)).toBe(false)
    expect(log.latestEpoch).toBe(1)
  })

  it('below the first segment starts over there', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    await log.truncateFullyAndStartAt(100)
    append(log, dataBatch())
    expect(await log.truncateTo(50)).toBe(true)
    expect(log).toMatchObject({ logStartOffset: 50, logEndOffset: 50 })
  })
})

describe('truncateFullyAndStartAt', () => {
  it('leaves an empty log at the offset, whose files are the only ones', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentBytes: 200, fileDeleteDelayMs: 1000 } })
    for (let index = 0; index < 10; index++) append(log, dataBatch({ producer: { id: 1, sequence: index } }))
    await log.truncateFullyAndStartAt(500)
    expect(log).toMatchObject({ logStartOffset: 500, logEndOffset: 500, highWatermark: 500, sizeBytes: 0 })
    expect(log.activeProducers()).toEqual([])
    expect(append(log, dataBatch()).firstOffset).toBe(500)
    await started.ports.timers.sleep(2000)
    expect((await fileNames(started.ports)).filter((name) => name.startsWith('0') && !name.startsWith('00000000000000000500'))).toEqual([])
  })

  it('begins anew in a segment that has the same offset', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { indexIntervalBytes: 1 } })
    for (let index = 0; index < 10; index++) append(log, dataBatch())
    await log.truncateFullyAndStartAt(0)
    append(log, dataBatch({ valueBytes: 33 }))
    expect(await readAll(log)).toHaveLength(1)
  })
})

describe('retention', () => {
  const config = { segmentBytes: 2 * BATCH_BYTES, fileDeleteDelayMs: 1000, retentionMs: -1 }

  it('by size removes segments from the front while the rest is as large as retention.bytes', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { ...config, retentionBytes: 4 * BATCH_BYTES } })
    for (let index = 0; index < 9; index++) append(log, dataBatch())
    log.updateHighWatermark(9)
    expect(await log.deleteOldSegments(NOW_MS)).toBe(2)
    expect(log.logStartOffset).toBe(4)
    expect(await baseOffsets(log)).toEqual([4, 5, 6, 7, 8])
  })

  it('by time removes segments whose youngest record is older than retention.ms, the active one too', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { ...config, retentionMs: 1000 } })
    for (let index = 0; index < 6; index++) append(log, dataBatch({ timestamp: NOW_MS + index * 100 }))
    log.updateHighWatermark(6)
    expect(await log.deleteOldSegments(NOW_MS + 1101)).toBe(1)
    expect(log.logStartOffset).toBe(2)
    expect(await log.deleteOldSegments(NOW_MS + 100_000)).toBe(2)
    expect(log).toMatchObject({ logStartOffset: 6, logEndOffset: 6, segmentCount: 1 })
    expect(append(log, dataBatch()).firstOffset).toBe(6)
  })

  it('by log start removes segments that lie before it, also on compacted topics', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { ...config, delete: false, retentionMs: 1 } })
    for (let index = 0; index < 6; index++) append(log, dataBatch())
    log.updateHighWatermark(6)
    log.incrementLogStartOffset(3)
    expect(await log.deleteOldSegments(NOW_MS + 100_000)).toBe(1)
    expect(log.logStartOffset).toBe(3)
    expect(log.segmentCount).toBe(2)
  })

  it('removes nothing at or above the high watermark', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { ...config, retentionMs: 1 } })
    for (let index = 0; index < 6; index++) append(log, dataBatch())
    log.updateHighWatermark(3)
    expect(await log.deleteOldSegments(NOW_MS + 100_000)).toBe(1)
    expect(log.logStartOffset).toBe(2)
  })

  it('leaves an empty log alone', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { ...config, retentionMs: 1 } })
    expect(await log.deleteOldSegments(NOW_MS + 100_000)).toBe(0)
  })

  it('sets files aside and removes them after file.delete.delay.ms', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { ...config, retentionMs: 1 } })
    for (let index = 0; index < 4; index++) append(log, dataBatch())
    log.updateHighWatermark(3)
    await log.deleteOldSegments(NOW_MS + 100_000)
    expect(await fileNames(started.ports)).toContain('00000000000000000000.log.deleted')
    await started.ports.timers.sleep(2000)
    expect((await fileNames(started.ports)).filter((name) => name.endsWith('.deleted'))).toEqual([])
  })
})

describe('incrementLogStartOffset', () => {
  it('moves up to the high watermark and not back', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    for (let index = 0; index < 4; index++) append(log, dataBatch(), { leaderEpoch: 3 })
    log.updateHighWatermark(2)
    expect(log.incrementLogStartOffset(3)).toBe('out-of-range')
    expect(log.incrementLogStartOffset(2)).toBe(true)
    expect(log.incrementLogStartOffset(1)).toBe(false)
    expect(log.logStartOffset).toBe(2)
    expect(await log.offsetForTimestamp(-2n)).toEqual({ offset: 2, timestamp: -1n, leaderEpoch: 3 })
  })
})

describe('flush', () => {
  it('moves the recovery point to what was appended before the call', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports, { config: { segmentBytes: 200 } })
    for (let index = 0; index < 9; index++) append(log, dataBatch())
    const flushed = log.flush()
    append(log, dataBatch())
    await flushed
    expect(log.recoveryPoint).toBeGreaterThanOrEqual(9)
  })

  it('is shared by calls that come while one runs', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    append(log, dataBatch())
    await log.flush()
    const before = started.world.node('a').faults.changeCount
    append(log, dataBatch())
    const first = log.flush()
    const others = Array.from({ length: 20 }, () => {
      append(log, dataBatch())
      return log.flush()
    })
    await Promise.all([first, ...others])
    expect(log.recoveryPoint).toBe(22)
    const appends = 21
    expect(started.world.node('a').faults.changeCount - before - appends).toBe(2)
  })

  it('does not count what was cut while it ran', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    for (let index = 0; index < 5; index++) append(log, dataBatch())
    const flushed = log.flush()
    await log.truncateTo(2)
    await flushed
    expect(log.recoveryPoint).toBeLessThanOrEqual(2)
  })
})

it('a closed log has an index for its segment, a snapshot at its end and its epochs', async () => {
  await using started = startWorld()
  const log = await openTestLog(started.ports)
  append(log, dataBatch())
  await log.close()
  expect(log.isClosed).toBe(true)
  expect((await fileNames(started.ports, LOG_DIRECTORY)).sort()).toEqual([
    '00000000000000000000.index',
    '00000000000000000000.log',
    '00000000000000000000.timeindex',
    '00000000000000000001.snapshot',
    'leader-epoch-checkpoint',
  ])
})
