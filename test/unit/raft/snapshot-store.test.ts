import { describe, expect, it } from 'vitest'
import { SnapshotStore } from '../../../src/raft/snapshot-store.ts'
import type { DiskFault } from '../../support/world/disk-faults.ts'
import { World } from '../../support/world/world.ts'
import { text } from './raft-world.ts'

const DIRECTORY = '/log'
const ID = { offset: 42, epoch: 3 }
const HEADER = { epoch: 3, nowMs: 0, lastContainedLogTimestampMs: 7, kraftVersion: 0, voters: [] }

async function opened() {
  const world = new World({ seed: 1 })
  const { ports, faults } = world.node('a')
  await world.complete(ports.disk.makeDirectory(DIRECTORY))
  const store = await world.complete(SnapshotStore.open({ directory: DIRECTORY, ...ports, serde: text }, 0))
  const names = async () => (await world.complete(ports.disk.list(DIRECTORY))).map(({ name }) => name)
  return { world, store, faults, names, write: () => world.complete(store.write(ID, HEADER, ['one', 'two'])) }
}

describe('a snapshot of the metadata', () => {
  it.each([
    ['a write', { operation: 'write', reason: 'no-space' }],
    ['a flush', { operation: 'flush', reason: 'io' }],
    ['the renaming', { operation: 'rename', reason: 'io' }],
  ] satisfies [string, DiskFault][])('of which %s fails leaves nothing behind, and is written the next time', async (_what, fault) => {
    const { store, faults, names, write } = await opened()
    faults.failNext(fault)
    await expect(write()).rejects.toMatchObject({ name: 'DiskError', reason: fault.reason })
    expect([store.latest, await names()]).toEqual([null, []])
    await write()
    expect([store.latest, await names()]).toEqual([ID, ['00000000000000000042-0000000003.checkpoint']])
  })

  it('whose remains cannot be removed either says what failed first', async () => {
    const { faults, write } = await opened()
    faults.failNext({ operation: 'write', reason: 'no-space' })
    faults.failNext({ operation: 'removeFile', reason: 'io' })
    await expect(write()).rejects.toMatchObject({ name: 'DiskError', reason: 'no-space' })
  })
})
