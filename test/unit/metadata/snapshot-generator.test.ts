import { describe, expect, it } from 'vitest'
import { deferred } from '../../../src/base/deferred.ts'
import { EMPTY_IMAGE } from '../../../src/metadata/image.ts'
import { SnapshotGenerator } from '../../../src/metadata/snapshot-generator.ts'

function generator(options: { readonly maxBytes?: number; readonly maxIntervalMs?: number; readonly write?: () => Promise<void> }) {
  const state = { nowMs: 0, written: 0, failures: [] as unknown[] }
  const snapshots = new SnapshotGenerator({
    clock: { monotonicMs: () => state.nowMs },
    maxBytes: options.maxBytes ?? 1000,
    maxIntervalMs: options.maxIntervalMs ?? 0,
    write: () => {
      state.written++
      return options.write?.() ?? Promise.resolve()
    },
    onFailure: (error) => state.failures.push(error),
  })
  return { snapshots, state }
}

describe('snapshots of the metadata', () => {
  it('are written after so many bytes of log, and again after as many more', async () => {
    const { snapshots, state } = generator({ maxBytes: 1000 })
    const counts = []
    for (let index = 0; index < 7; index++) {
      snapshots.published(EMPTY_IMAGE, 400)
      await snapshots.idle()
      counts.push(state.written)
    }
    expect(counts).toEqual([0, 0, 1, 1, 1, 2, 2])
  })

  it('are written with the first change after so long', async () => {
    const { snapshots, state } = generator({ maxIntervalMs: 100 })
    snapshots.published(EMPTY_IMAGE, 1)
    expect(state.written).toBe(0)
    state.nowMs = 100
    snapshots.published(EMPTY_IMAGE, 1)
    await snapshots.idle()
    expect(state.written).toBe(1)
    snapshots.published(EMPTY_IMAGE, 1)
    expect(state.written).toBe(1)
  })

  it('are written one at a time', async () => {
    const gate = deferred<void>()
    const { snapshots, state } = generator({ maxBytes: 1, write: () => gate.promise })
    snapshots.published(EMPTY_IMAGE, 1)
    snapshots.published(EMPTY_IMAGE, 1)
    expect(state.written).toBe(1)
    gate.resolve()
    await snapshots.idle()
    snapshots.published(EMPTY_IMAGE, 1)
    expect(state.written).toBe(2)
  })

  it('that fail are told, and tried again when due', async () => {
    const { snapshots, state } = generator({ maxBytes: 1, write: () => Promise.reject(new Error('full')) })
    snapshots.published(EMPTY_IMAGE, 1)
    await snapshots.idle()
    expect(state.failures).toHaveLength(1)
    snapshots.published(EMPTY_IMAGE, 1)
    expect(state.written).toBe(2)
  })
})
