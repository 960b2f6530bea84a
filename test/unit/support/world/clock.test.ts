import { expect, it } from 'vitest'
import { World } from '../../../support/world/world.ts'

it('wall clocks jump and drift, each on its own, and monotonic time does not care', async () => {
  const world = new World({ seed: 1, startsAtMs: 1_000_000 })
  const [a, b] = [world.node('a'), world.node('b')]
  const { clock } = a.ports
  const startMs = clock.monotonicMs()
  a.jumpClock(-5000)
  expect([clock.nowMs(), b.ports.clock.nowMs()]).toEqual([995_000, 1_000_000])
  a.driftClock(1000)
  await world.run(100_000)
  expect(clock.nowMs()).toBe(995_000 + 100_100)
  expect(clock.monotonicMs() - startMs).toBe(100_000)
  a.driftClock(0)
  await world.run(1000)
  expect(clock.nowMs()).toBe(995_000 + 101_100)
})

it('a slow synchronous call holds its process and no other', async () => {
  const world = new World({ seed: 1 })
  const [a, b] = [world.node('a'), world.node('b')]
  const file = await world.complete(a.ports.disk.open('/log', 'create'))
  const startMs = world.nowMs
  const ran: Record<string, number> = {}
  a.ports.timers.schedule(1, () => {
    ran.a = world.nowMs - startMs
  })
  b.ports.timers.schedule(1, () => {
    ran.b = world.nowMs - startMs
  })
  a.faults.slowCallProbability = 1
  a.faults.slowCallMaxMs = 1000
  const beforeMs = a.ports.clock.monotonicMs()
  file.writeAt([Buffer.from('x')], 0)
  const tookMs = a.ports.clock.monotonicMs() - beforeMs
  expect(tookMs).toBeGreaterThan(5)
  await world.run(2000)
  expect(ran).toEqual({ a: tookMs, b: 1 })
})

it('each process counts monotonic time from a start of its own', async () => {
  const world = new World({ seed: 1 })
  const before = world.node('a').ports.clock.monotonicMs()
  world.crash('a')
  expect(world.restart('a').clock.monotonicMs()).not.toBe(before)
})
