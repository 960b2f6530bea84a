import { describe, expect, it } from 'vitest'
import { MetadataLoader } from '../../../../src/metadata/loader.ts'
import type { MetadataRecord } from '../../../../src/metadata/metadata-record.ts'
import { brokersRegistered, brokersServing } from '../../../../src/node/roles/brokers-awaited.ts'
import { World } from '../../../support/world/world.ts'
import { broker } from '../../metadata/records.ts'

function start() {
  const loader = new MetadataLoader(() => {})
  let offset = 0
  const commit = async (...records: MetadataRecord[]) => {
    const baseOffset = offset
    offset += records.length
    loader.handleCommit({ baseOffset, lastOffset: offset - 1, epoch: 1, appendedMs: 0, sizeBytes: 0, records })
    await loader.applied(offset - 1)
  }
  return { loader, commit }
}

describe('the wait for brokers to be registered', () => {
  it('ends when there are as many, whether they serve or not', async () => {
    const { loader, commit } = start()
    let isOver = false
    const waiting = brokersRegistered(loader, 2).then(() => {
      isOver = true
    })
    await commit(broker(1))
    expect(isOver).toBe(false)
    await commit(broker(2, { fenced: true }))
    await waiting
    expect(isOver).toBe(true)
  })

  it('ends with the node, when it cannot follow the cluster any longer', async () => {
    const { loader, commit } = start()
    const waiting = brokersRegistered(loader, 2)
    const failed = expect(waiting).rejects.toMatchObject({ code: 'METADATA_REPLAY' })
    await commit({ type: 'RemoveTopicRecord', version: 0, data: { topicId: 'topicTHATisNOTthereAAA' as never } }).catch(() => undefined)
    await failed
  })
})

describe('the wait for brokers to serve', () => {
  function waiting() {
    const { loader, commit } = start()
    const world = new World({ seed: 1 })
    const ended: string[] = []
    void brokersServing(loader, 2, world.node('self').ports.timers).then(
      () => ended.push('over'),
      ({ code }) => ended.push(code),
    )
    return { commit, world, ended }
  }

  it('ends when as many do, and not when they are but registered', async () => {
    const { commit, world, ended } = waiting()
    await commit(broker(1), broker(2, { fenced: true }))
    await world.run(1000)
    expect(ended).toEqual([])
    await commit(broker(3))
    await world.run(1)
    expect(ended).toEqual(['over'])
  })

  it('ends after ten seconds where one does not come up', async () => {
    const { commit, world, ended } = waiting()
    await commit(broker(1), broker(2, { fenced: true }))
    await world.run(10_001)
    expect(ended).toEqual(['over'])
  })

  it('ends with the node', async () => {
    const { commit, world, ended } = waiting()
    await commit({ type: 'RemoveTopicRecord', version: 0, data: { topicId: 'topicTHATisNOTthereAAA' as never } }).catch(() => undefined)
    await world.run(1)
    expect(ended).toEqual(['METADATA_REPLAY'])
  })
})
