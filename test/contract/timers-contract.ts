import { describe, expect, it } from 'vitest'
import { deferred } from '../../src/base/deferred.ts'
import type { OpenSetting } from './setting.ts'

const FOREVER_MS = 2 ** 40

export function timersContract(open: OpenSetting): void {
  describe('Timers', () => {
    it('run in the order of their deadlines, and of the calls where these are equal', async () => {
      await using setting = await open()
      const { timers } = setting.ports
      const order: string[] = []
      timers.schedule(40, () => order.push('later'))
      timers.schedule(5, () => order.push('first'))
      timers.schedule(5, () => order.push('second'))
      timers.schedule(-3, () => order.push('at once'))
      await timers.sleep(50)
      expect(order).toEqual(['at once', 'first', 'second', 'later'])
    })

    it('never run before their time', async () => {
      await using setting = await open()
      const { timers, clock } = setting.ports
      for (const delayMs of [0.4, 1, 2.5, 7]) {
        const start = clock.monotonicMs()
        const ran = deferred<number>()
        timers.schedule(delayMs, () => ran.resolve(clock.monotonicMs()))
        await timers.sleep(delayMs + 1)
        expect((await ran.promise) - start).toBeGreaterThanOrEqual(delayMs)
      }
    })

    it('a call that was cancelled does not run, and cancelling again or too late does nothing', async () => {
      await using setting = await open()
      const { timers } = setting.ports
      const order: string[] = []
      const cancelled = timers.schedule(1, () => order.push('cancelled'))
      const ran = timers.schedule(2, () => order.push('ran'))
      cancelled.cancel()
      cancelled.cancel()
      await timers.sleep(5)
      ran.cancel()
      expect(order).toEqual(['ran'])
    })

    it('a call can cancel one that is due at the same time', async () => {
      await using setting = await open()
      const { timers } = setting.ports
      const second: { cancel?: () => void } = {}
      let ran = false
      timers.schedule(1, () => second.cancel?.())
      const timer = timers.schedule(1, () => {
        ran = true
      })
      second.cancel = () => timer.cancel()
      await timers.sleep(5)
      expect(ran).toBe(false)
    })

    it('delays beyond 2^31 milliseconds do not run at once', async () => {
      await using setting = await open()
      const { timers } = setting.ports
      let ran = false
      const timer = timers.schedule(FOREVER_MS, () => {
        ran = true
      })
      await timers.sleep(10)
      timer.cancel()
      expect(ran).toBe(false)
    })

    it('deferred calls run in their order, after promises and before a later timer', async () => {
      await using setting = await open()
      const { timers } = setting.ports
      const order: string[] = []
      const done = deferred<void>()
      timers.schedule(20, () => order.push('timer'))
      timers.defer(() => order.push('first'))
      timers.defer(() => {
        order.push('second')
        done.resolve()
      })
      queueMicrotask(() => order.push('microtask'))
      await done.promise
      expect(order).toEqual(['microtask', 'first', 'second'])
    })

    it('work that defers itself again lets timers through', async () => {
      await using setting = await open()
      const { timers } = setting.ports
      let rounds = 0
      let isStopped = false
      const slice = () => {
        rounds++
        if (!isStopped) timers.defer(slice)
      }
      timers.defer(slice)
      await timers.sleep(3)
      isStopped = true
      expect(rounds).toBeGreaterThan(1)
    })

    it('a sleep ends early with the reason of its signal', async () => {
      await using setting = await open()
      const { timers } = setting.ports
      const controller = new AbortController()
      timers.schedule(2, () => controller.abort(new Error('stopping')))
      await expect(timers.sleep(FOREVER_MS, controller.signal)).rejects.toThrow('stopping')
      await expect(timers.sleep(1, controller.signal)).rejects.toThrow('stopping')
    })

    it('an abort after the sleep is over changes nothing', async () => {
      await using setting = await open()
      const controller = new AbortController()
      await expect(setting.ports.timers.sleep(1, controller.signal)).resolves.toBeUndefined()
      controller.abort(new Error('too late'))
    })

    it('many calls, half of them cancelled, all run and keep their order', async () => {
      await using setting = await open()
      const { timers, random, clock } = setting.ports
      const ran: { readonly earliestMs: number; readonly latestMs: number }[] = []
      for (let index = 0; index < 2000; index++) {
        const delayMs = random.below(20)
        const beforeMs = clock.monotonicMs()
        const timer = timers.schedule(delayMs, () => ran.push({ earliestMs: beforeMs + delayMs, latestMs }))
        const latestMs = clock.monotonicMs() + delayMs
        if (index % 2 === 0) timer.cancel()
      }
      await timers.sleep(40)
      expect(ran).toHaveLength(1000)
      for (const [index, call] of ran.entries()) {
        const next = ran[index + 1]
        if (next !== undefined) expect(call.earliestMs).toBeLessThanOrEqual(next.latestMs)
      }
    })
  })
}
