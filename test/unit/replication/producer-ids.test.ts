import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { ProducerIds } from '../../../src/replication/producer-ids.ts'

/** Gives blocks of `count` ids, one after another, and counts the requests. */
function controller(count: number) {
  const state = { requests: 0, next: 0 }
  return {
    state,
    allocate: () => {
      state.requests++
      const block = { firstProducerId: state.next, count }
      state.next += count
      return Promise.resolve({ errorCode: ErrorCode.NONE, block })
    },
  }
}

describe('producer ids', () => {
  it('are given once each, over the borders of blocks and to many who ask at once', async () => {
    const ids = new ProducerIds(controller(10).allocate)
    const given = await Promise.all(Array.from({ length: 57 }, () => ids.next()))
    expect(given.map(({ producerId }) => producerId).sort((a, b) => a - b)).toEqual(Array.from({ length: 57 }, (_, id) => id))
  })

  it('come from one request for a whole block', async () => {
    const { state, allocate } = controller(1000)
    const ids = new ProducerIds(allocate)
    for (let count = 0; count < 100; count++) await ids.next()
    expect(state.requests).toBe(1)
  })

  it('are asked for before the block is used up', async () => {
    const { state, allocate } = controller(10)
    const ids = new ProducerIds(allocate)
    for (let count = 0; count < 9; count++) await ids.next()
    expect(state.requests).toBe(2)
  })

  it('answer COORDINATOR_LOAD_IN_PROGRESS while the controller gives none, and go on when it does', async () => {
    const { allocate } = controller(10)
    let isDown = true
    const ids = new ProducerIds(() => (isDown ? Promise.reject(new Error('no controller')) : allocate()))
    expect(await ids.next()).toEqual({ errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, producerId: -1 })
    isDown = false
    expect(await ids.next()).toEqual({ errorCode: 0, producerId: 0 })
  })
})
