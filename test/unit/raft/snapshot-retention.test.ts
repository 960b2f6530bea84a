import { describe, expect, it } from 'vitest'
import { cleanSnapshots } from '../../../src/raft/snapshot-retention.ts'

interface Setup {
  readonly logBytes?: number
  readonly snapshots: readonly { readonly offset: number; readonly sizeBytes?: number; readonly appendedMs?: number }[]
  readonly maxBytes?: number
  readonly maxMs?: number
}

/** What is left: the offsets of the snapshots, and where the log starts. */
async function clean({ logBytes = 0, snapshots, maxBytes = -1, maxMs = -1 }: Setup) {
  let stored = snapshots.map(({ offset, sizeBytes = 10 }) => ({ id: { offset, epoch: 1 }, sizeBytes }))
  const log = {
    logStartOffset: 0,
    sizeBytes: logBytes,
    incrementLogStartOffset: (offset: number) => {
      log.logStartOffset = offset
      return true
    },
    deleteOldSegments: async () => 0,
  }
  await cleanSnapshots({
    log,
    snapshots: {
      get all() {
        return stored
      },
      appendedMsOf: async (id) => snapshots.find((snapshot) => snapshot.offset === id.offset)?.appendedMs ?? 0,
      removeBefore: async (id) => {
        stored = stored.filter((snapshot) => snapshot.id.offset >= id.offset)
      },
    },
    retention: { maxBytes, maxMs },
    nowMs: 1000,
  })
  return { offsets: stored.map((snapshot) => snapshot.id.offset), logStartOffset: log.logStartOffset }
}

describe('old snapshots', () => {
  it('go, with the log below the next one, while log and snapshots are too large together', async () => {
    const left = await clean({ logBytes: 50, snapshots: [{ offset: 1 }, { offset: 2 }, { offset: 3 }], maxBytes: 75 })
    expect(left).toEqual({ offsets: [2, 3], logStartOffset: 2 })
  })

  it('go when their newest record is too old', async () => {
    const snapshots = [
      { offset: 1, appendedMs: 100 },
      { offset: 2, appendedMs: 500 },
      { offset: 3, appendedMs: 900 },
    ]
    expect(await clean({ snapshots, maxMs: 600 })).toEqual({ offsets: [2, 3], logStartOffset: 2 })
  })

  it('stay when there is no bound', async () => {
    expect(await clean({ logBytes: 1e9, snapshots: [{ offset: 1 }, { offset: 2 }] })).toEqual({ offsets: [1, 2], logStartOffset: 0 })
  })

  it('never go down to none: the newest stays', async () => {
    expect(await clean({ logBytes: 1e9, snapshots: [{ offset: 1 }, { offset: 2 }], maxBytes: 1, maxMs: 0 })).toMatchObject({ offsets: [2] })
  })
})
