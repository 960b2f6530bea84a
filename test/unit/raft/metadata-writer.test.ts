import { expect, it } from 'vitest'
import { METADATA_TOPIC_ID } from '../../../protocol/uuid.ts'
import { MetadataWriter } from '../../../src/raft/metadata-writer.ts'
import { PendingAppends } from '../../../src/raft/pending-appends.ts'
import { DEFAULT_LOG_CONFIG } from '../../../src/storage/log/log-config.ts'
import { openLog } from '../../../src/storage/open-log.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { World } from '../../support/world/world.ts'
import { text } from './raft-world.ts'

it('an append that ends the leadership is not left waiting', async () => {
  const { writer, pending } = await makeWriter(() => pending.failAll(new Error('leads no longer')))
  const { committed } = writer.append(1, ['a', 'b'])
  await expect(committed).rejects.toThrow('leads no longer')
  expect(pending.count).toBe(0)
})

it('all batches of an append are written before anybody hears of it', async () => {
  const heard: number[] = []
  const { writer, pending } = await makeWriter(() => heard.push(pending.count))
  const { lastOffset } = writer.append(
    1,
    Array.from({ length: 20_001 }, () => 'a'),
  )
  expect(lastOffset).toBe(20_000)
  expect(heard).toEqual([3])
})

async function makeWriter(onAppended: () => void) {
  const world = new World({ seed: 1 })
  const { ports } = world.node('a')
  const place = { directory: '/data/__cluster_metadata-0', topic: '__cluster_metadata', partition: 0, topicId: METADATA_TOPIC_ID }
  const log = await world.complete(openLog({ ports, logger: silentLogger, ...place, config: DEFAULT_LOG_CONFIG, onDiskError: failed }))
  const pending = new PendingAppends<string>(100)
  const writer = new MetadataWriter({ log, serde: text, clock: ports.clock, pending, flusher: { flushSoon() {} }, onAppended, onFailure: failed })
  return { writer, pending }
}

function failed(error: unknown): never {
  throw error
}
