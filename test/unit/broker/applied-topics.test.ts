import { expect, it } from 'vitest'
import { tellOfAppliedTopics } from '../../../src/broker/applied-topics.ts'
import { MetadataLoader } from '../../../src/metadata/loader.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { config, partition, partitionChange, topic } from '../metadata/records.ts'

it('a heartbeat follows what changes topics or partitions, and nothing else', async () => {
  const loader = new MetadataLoader((error) => {
    throw error
  })
  const toldAt: number[] = []
  tellOfAppliedTopics({ metadata: loader, heartbeatNow: () => void toldAt.push(loader.image().provenance.offset) })
  let offset = 0
  const commit = async (...records: MetadataRecord[]) => {
    const baseOffset = offset
    offset += records.length
    loader.handleCommit({ baseOffset, lastOffset: offset - 1, epoch: 1, appendedMs: 0, sizeBytes: 0, records })
    await loader.applied(offset - 1)
  }
  await commit(topic('foo', 1), partition(1, 0))
  await commit({ type: 'NoOpRecord', version: 0, data: {} })
  await commit(config(2, 'foo', 'retention.ms', '1'))
  await commit(partitionChange(1, 0, { isr: [1] }))
  expect(toldAt).toEqual([1, 4])
})
