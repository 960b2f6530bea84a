import { describe, expect, it } from 'vitest'
import { MoveThrottle } from '../../../../src/replication/directories/move-throttle.ts'
import { World } from '../../../support/world/world.ts'

const never = new AbortController().signal

function throttle(bytesPerSecond: () => number) {
  const world = new World({ seed: 1 })
  const { ports } = world.node('a')
  return { world, ports, throttle: new MoveThrottle(ports, bytesPerSecond) }
}

async function secondsFor(count: number, sizeBytes: number, rate: number): Promise<number> {
  const { world, ports, throttle: limited } = throttle(() => rate)
  const startMs = ports.clock.monotonicMs()
  const takeAll = async () => {
    for (let taken = 0; taken < count; taken++) await limited.take(sizeBytes, never)
  }
  await world.complete(takeAll())
  return (ports.clock.monotonicMs() - startMs) / 1000
}

describe('the rate of moves', () => {
  it('is kept, after the first bytes, which nobody waits for', async () => {
    expect(await secondsFor(11, 1000, 500)).toBeCloseTo(20, 0)
  })

  it('is no wait at all without a bound', async () => {
    expect(await secondsFor(1000, 1_000_000, Number.MAX_SAFE_INTEGER)).toBeLessThan(0.1)
  })

  it('acts at once when it is raised, also from nothing', async () => {
    let rate = 0
    const { world, throttle: limited } = throttle(() => rate)
    let isThrough = false
    limited.take(1, never).then(() => {
      isThrough = true
    })
    await world.run(60_000)
    expect(isThrough).toBe(false)
    rate = 1_000_000
    await world.run(1100)
    expect(isThrough).toBe(true)
  })

  it('is not waited for by a move that is cancelled', async () => {
    const { world, throttle: limited } = throttle(() => 1)
    const cancelling = new AbortController()
    await world.complete(limited.take(1_000_000, cancelling.signal))
    const waiting = limited.take(1, cancelling.signal)
    cancelling.abort(new Error('cancelled'))
    await expect(waiting).rejects.toThrow('cancelled')
  })
})
