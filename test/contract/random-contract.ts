import { describe, expect, it } from 'vitest'
import type { OpenSetting } from './setting.ts'

export function randomContract(open: OpenSetting): void {
  describe('Random', () => {
    it('draws whole numbers below the bound, all of them', async () => {
      await using setting = await open()
      const drawn = new Set<number>()
      for (let draw = 0; draw < 400; draw++) drawn.add(setting.ports.random.below(6))
      expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4, 5])
      expect(setting.ports.random.below(1)).toBe(0)
    })

    it('reaches the upper half of the largest bound', async () => {
      await using setting = await open()
      const draws = Array.from({ length: 100 }, () => setting.ports.random.below(2 ** 48))
      expect(draws.every((draw) => Number.isInteger(draw) && draw >= 0 && draw < 2 ** 48)).toBe(true)
      expect(draws.some((draw) => draw >= 2 ** 47)).toBe(true)
      expect(draws.some((draw) => draw < 2 ** 47)).toBe(true)
    })

    it.each([0, -1, 1.5, 2 ** 48 + 2])('refuses the bound %d', async (bound) => {
      await using setting = await open()
      expect(() => setting.ports.random.below(bound)).toThrow('bound')
    })

    it('draws fractions from 0 to below 1', async () => {
      await using setting = await open()
      const draws = Array.from({ length: 200 }, () => setting.ports.random.fraction())
      expect(Math.min(...draws)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...draws)).toBeLessThan(1)
      expect(Math.max(...draws) - Math.min(...draws)).toBeGreaterThan(0.5)
    })

    it('gives as many bytes as asked, and other ones each time', async () => {
      await using setting = await open()
      const first = setting.ports.random.bytes(16)
      expect(first).toHaveLength(16)
      expect(setting.ports.random.bytes(16)).not.toEqual(first)
      expect(setting.ports.random.bytes(0)).toHaveLength(0)
    })
  })
}
