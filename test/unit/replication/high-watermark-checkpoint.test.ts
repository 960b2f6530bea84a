import { describe, expect, it } from 'vitest'
import { HighWatermarkCheckpoint } from '../../../src/replication/high-watermark-checkpoint.ts'
import { HIGH_WATERMARK_CHECKPOINT, OffsetCheckpointFile, type OffsetsByPartition } from '../../../src/storage/checkpoint/offset-checkpoint.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { World } from '../../support/world/world.ts'

const DIRECTORY = '/data'

/** What the last run left, and a run that begins. */
async function start(left: OffsetsByPartition) {
  const world = new World({ seed: 1 })
  const { ports } = world.node('broker')
  await world.complete(ports.disk.makeDirectory(DIRECTORY))
  const file = new OffsetCheckpointFile(ports.disk, DIRECTORY, HIGH_WATERMARK_CHECKPOINT)
  await world.complete(file.write(left))
  const current = new Map<string, number>()
  const checkpoint = new HighWatermarkCheckpoint({
    ports,
    logger: silentLogger,
    intervalMs: () => 5000,
    directories: () => [DIRECTORY],
    highWatermarksIn: () => current,
    onFailure: (error) => {
      throw error
    },
  })
  const kept = async () => Object.fromEntries((await world.complete(file.read())).offsets)
  return { world, checkpoint, current, kept }
}

describe('the high watermarks of the last run', () => {
  it('are kept by a node that stops before its partitions are there', async () => {
    const { world, checkpoint, kept } = await start(new Map([['orders-0', 7]]))
    await world.complete(checkpoint.stop())
    expect(await kept()).toEqual({ 'orders-0': 7 })
  })

  it('are taken once, and replaced by those of this run when it stops', async () => {
    const { world, checkpoint, current, kept } = await start(new Map([['orders-0', 7]]))
    await world.complete(checkpoint.load())
    expect([checkpoint.take('orders', 0), checkpoint.take('orders', 0)]).toEqual([7, 0])
    current.set('orders-0', 9)
    await world.complete(checkpoint.stop())
    expect(await kept()).toEqual({ 'orders-0': 9 })
  })
})
