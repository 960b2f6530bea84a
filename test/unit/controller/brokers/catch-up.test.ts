import { describe, expect, it } from 'vitest'
import { CatchUp } from '../../../../src/controller/brokers/catch-up.ts'
import { World } from '../../../support/world/world.ts'

const MAX_HOLD_MS = 20_000

/** One broker that is waited for; `applied` is how far it is. */
function start({ tellsAtOnce = true } = {}) {
  const world = new World({ seed: 1 })
  const broker = { applied: 0, looks: 0, tellsAtOnce }
  const catchUp = new CatchUp({
    behind: (offset) => {
      broker.looks++
      return broker.applied < offset ? [{ brokerId: 7, appliedOffset: broker.applied, tellsAtOnce: broker.tellsAtOnce }] : []
    },
    ...world.node('a').ports,
  })
  const reached = (offset: number, maxMs = 10_000) => {
    const state = { isOver: false }
    void catchUp.reached(offset, maxMs).then(() => {
      state.isOver = true
    })
    return state
  }
  return { world, broker, catchUp, reached }
}

describe('an answer that waits for brokers', () => {
  it('leaves when the last of them is as far', async () => {
    const { world, broker, catchUp, reached } = start()
    const [first, second] = [reached(5), reached(6)]
    await world.run(50)
    expect([first.isOver, second.isOver]).toEqual([false, false])
    broker.applied = 5
    catchUp.check()
    await world.run(1)
    expect([first.isOver, second.isOver]).toEqual([true, false])
    broker.applied = 6
    catchUp.check()
    await world.run(1)
    expect(second.isOver).toBe(true)
  })

  it('leaves when its time is over, and when the leadership is', async () => {
    const { world, catchUp, reached } = start()
    const [short, long] = [reached(5, 1000), reached(5, 20_000)]
    await world.run(999)
    expect(short.isOver).toBe(false)
    await world.run(2)
    expect([short.isOver, long.isOver]).toEqual([true, false])
    catchUp.end()
    await world.run(1)
    expect(long.isOver).toBe(true)
  })

  it('leaves at once when nobody is behind, or no time was given', async () => {
    const { world, reached } = start()
    const [none, late] = [reached(0), reached(5, 0)]
    await Promise.resolve()
    await Promise.resolve()
    expect([none.isOver, late.isOver]).toEqual([true, true])
    await world.run(1)
  })

  it('is looked after again and again only for brokers that do not tell', async () => {
    const telling = start()
    telling.reached(5)
    await telling.world.run(1000)
    expect(telling.broker.looks).toBeLessThan(5)
    const silent = start({ tellsAtOnce: false })
    const answer = silent.reached(5)
    await silent.world.run(100)
    silent.broker.applied = 5
    await silent.world.run(20)
    expect(answer.isOver).toBe(true)
    const { looks } = silent.broker
    await silent.world.run(1000)
    expect(silent.broker.looks).toBe(looks)
  })

  it('is looked after from the time on when a broker turns out to be one that does not tell', async () => {
    const { world, broker, catchUp, reached } = start()
    const answer = reached(5)
    await world.run(100)
    broker.tellsAtOnce = false
    catchUp.check()
    broker.applied = 5
    await world.run(20)
    expect(answer.isOver).toBe(true)
  })

  it('waits until it is known, too, which leaders moved meanwhile', async () => {
    const { world, broker, catchUp, reached } = start()
    const answer = reached(5)
    catchUp.leadersMoved(8)
    broker.applied = 7
    catchUp.check()
    await world.run(1)
    expect(answer.isOver).toBe(false)
    broker.applied = 8
    catchUp.check()
    await world.run(1)
    expect(answer.isOver).toBe(true)
  })

  it('is not held up by one broker for ever, nor are those behind it', async () => {
    const { world, catchUp, reached } = start()
    const [first, second] = [reached(5, 60_000), reached(6, 5000)]
    await world.run(MAX_HOLD_MS - 1)
    expect([first.isOver, second.isOver]).toEqual([false, true])
    await world.run(2)
    expect(first.isOver).toBe(true)
    const late = reached(7)
    await world.run(1)
    expect(late.isOver).toBe(true)
    // Another leadership knows nothing of that.
    catchUp.end()
    const later = reached(7)
    await world.run(1)
    expect(later.isOver).toBe(false)
  })

  it('waits again for a broker that was given up, when it gets on', async () => {
    const { world, broker, reached } = start()
    reached(5)
    await world.run(MAX_HOLD_MS + 1)
    broker.applied = 4
    const answer = reached(5)
    await world.run(1000)
    expect(answer.isOver).toBe(false)
  })
})
