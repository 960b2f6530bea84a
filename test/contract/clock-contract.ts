import { describe, expect, it } from 'vitest'
import type { OpenSetting } from './setting.ts'

export function clockContract(open: OpenSetting): void {
  describe('Clock', () => {
    it('gives wall time in whole milliseconds', async () => {
      await using setting = await open()
      const nowMs = setting.ports.clock.nowMs()
      expect(Number.isInteger(nowMs)).toBe(true)
      expect(nowMs).toBeGreaterThan(Date.UTC(2020, 0))
    })

    it('monotonic time goes on while sleeping and never back', async () => {
      await using setting = await open()
      const { clock, timers } = setting.ports
      let last = clock.monotonicMs()
      for (let round = 0; round < 5; round++) {
        await timers.sleep(1)
        const now = clock.monotonicMs()
        expect(now - last).toBeGreaterThanOrEqual(1)
        last = now
      }
    })
  })
}
