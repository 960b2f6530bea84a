import { describe, expect, it } from 'vitest'
import { compareSnapshots, parseSnapshotFileName, snapshotFileName } from '../../../src/raft/snapshot-name.ts'

describe('the name of a snapshot', () => {
  it('says offset and epoch', () => {
    expect(snapshotFileName({ offset: 47, epoch: 2 })).toBe('00000000000000000047-0000000002.checkpoint')
    expect(parseSnapshotFileName('00000000000000000047-0000000002.checkpoint')).toEqual({ state: 'complete', id: { offset: 47, epoch: 2 } })
  })

  it('says that it is partial or on its way out', () => {
    expect(parseSnapshotFileName('00000000000000000047-0000000002-8412.checkpoint.part')).toMatchObject({ state: 'partial' })
    expect(parseSnapshotFileName('00000000000000000047-0000000002.checkpoint.deleted')).toMatchObject({ state: 'deleted' })
  })

  it.each(['00000000000000000000.log', 'quorum-state', '47-2.checkpoint', '00000000000000000047-0000000002.checkpoint.bak'])('is not %s', (name) => {
    expect(parseSnapshotFileName(name)).toBeNull()
  })

  it('orders by epoch, then by offset', () => {
    const ids = [
      { offset: 5, epoch: 2 },
      { offset: 9, epoch: 1 },
      { offset: 3, epoch: 2 },
    ]
    expect(ids.sort(compareSnapshots)).toEqual([
      { offset: 9, epoch: 1 },
      { offset: 3, epoch: 2 },
      { offset: 5, epoch: 2 },
    ])
  })
})
