import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { Ports } from '../../../../src/base/ports.ts'
import type { LogConfig } from '../../../../src/storage/log/log-config.ts'
import type { PartitionLog } from '../../../../src/storage/log/partition-log.ts'
import type { Appended } from '../../../../src/storage/log/results.ts'
import { append, dataBatch, openTestLog, refusal, startWorld } from '../support.ts'

const PRODUCER = 7
const OTHER = 8
/** Of the batches of `send`. */
const RECORDS = 2

interface Sending {
  readonly producer?: number
  readonly epoch?: number
}

/** The batch that a producer sends as its `index`th, from 0. */
function batchAt(index: number, { producer = PRODUCER, epoch = 0 }: Sending = {}): Buffer {
  return dataBatch({ count: RECORDS, producer: { id: producer, epoch, sequence: index * RECORDS } })
}

function send(log: PartitionLog, index: number, sending?: Sending): Appended {
  return append(log, batchAt(index, sending))
}

/** As a broker that was restarted has it: of the producers there is a snapshot. */
async function reopened(ports: Ports, log: PartitionLog, config: Partial<LogConfig> = {}): Promise<PartitionLog> {
  const { logEndOffset: recoveryPoint, logStartOffset } = log
  await log.close()
  return openTestLog(ports, { config, recoveryPoint, logStartOffset })
}

describe('of a producer of which a snapshot has the last batch', () => {
  it('the last five are recognized, and none before them', async () => {
    await using started = startWorld()
    const before = await openTestLog(started.ports)
    for (let index = 0; index < 7; index++) send(before, index)
    const log = await reopened(started.ports, before)
    for (const index of [2, 3, 4, 5, 6]) {
      expect(send(log, index)).toMatchObject({ duplicate: true, firstOffset: index * RECORDS, lastOffset: index * RECORDS + 1 })
    }
    expect(refusal(log, batchAt(1)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
    expect(send(log, 7)).toMatchObject({ duplicate: false, firstOffset: 7 * RECORDS })
  })

  it('the last five are recognized though each stands in another segment, among those of others', async () => {
    await using started = startWorld()
    const config = { segmentBytes: 2 * batchAt(0).length, indexIntervalBytes: 1 }
    const before = await openTestLog(started.ports, { config })
    for (let index = 0; index < 6; index++) {
      send(before, index, { producer: OTHER })
      send(before, index)
    }
    const log = await reopened(started.ports, before, config)
    expect(send(log, 1)).toMatchObject({ duplicate: true, firstOffset: 3 * RECORDS })
    expect(send(log, 4)).toMatchObject({ duplicate: true, firstOffset: 9 * RECORDS })
  })

  it('those before it are recognized when more have come behind it', async () => {
    await using started = startWorld()
    const before = await openTestLog(started.ports)
    for (let index = 0; index < 4; index++) send(before, index)
    const log = await reopened(started.ports, before)
    for (const index of [4, 5]) send(log, index)
    expect(send(log, 1).duplicate).toBe(true)
    expect(send(log, 5).duplicate).toBe(true)
    expect(refusal(log, batchAt(0)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
  })

  it('those before it are recognized when the log was cut behind the snapshot', async () => {
    await using started = startWorld()
    const log = await openTestLog(started.ports)
    for (let index = 0; index < 4; index++) send(log, index)
    log.roll()
    for (const index of [4, 5]) send(log, index)
    await log.truncateTo(5 * RECORDS)
    expect(send(log, 1).duplicate).toBe(true)
    expect(send(log, 5)).toMatchObject({ duplicate: false, firstOffset: 5 * RECORDS })
  })

  it('those of an earlier epoch are not recognized', async () => {
    await using started = startWorld()
    const before = await openTestLog(started.ports)
    for (let index = 0; index < 3; index++) send(before, index)
    send(before, 0, { epoch: 1 })
    const log = await reopened(started.ports, before)
    expect(refusal(log, batchAt(2, { epoch: 1 })).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
  })

  it('those before the start of the log are not recognized', async () => {
    await using started = startWorld()
    const before = await openTestLog(started.ports)
    for (let index = 0; index < 4; index++) send(before, index)
    before.updateHighWatermark(before.logEndOffset)
    before.incrementLogStartOffset(2 * RECORDS)
    const log = await reopened(started.ports, before)
    expect(refusal(log, batchAt(1)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
    expect(send(log, 2).duplicate).toBe(true)
  })

  it('those are not looked for that lie a thousand pieces of the log back', async () => {
    await using started = startWorld()
    const config = { indexIntervalBytes: 1 }
    const before = await openTestLog(started.ports, { config })
    for (const index of [0, 1]) send(before, index)
    for (let index = 0; index < 1000; index++) send(before, index, { producer: OTHER })
    for (const index of [2, 3]) send(before, index)
    const log = await reopened(started.ports, before, config)
    expect(send(log, 2).duplicate).toBe(true)
    expect(refusal(log, batchAt(1)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
  })

  it('those are not looked for that lie further from the end of the log than what is in memory', async () => {
    await using started = startWorld()
    const before = await openTestLog(started.ports)
    for (const index of [0, 1]) send(before, index)
    for (let index = 0; index < 66; index++) append(before, dataBatch({ valueBytes: 1000 * 1024 }))
    for (const index of [2, 3]) send(before, index)
    const log = await reopened(started.ports, before)
    expect(send(log, 2).duplicate).toBe(true)
    expect(refusal(log, batchAt(1)).errorCode).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER)
  })
})
