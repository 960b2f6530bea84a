import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { fullSpeed, paced, quantile } from '../../../../bench/capacity/load/drive.ts'

/** Requests that take a turn of the event loop each, and how many of them were under way together at most. */
function requests(): { send(): Promise<void>; readonly most: number; readonly begun: number } {
  let running = 0
  let most = 0
  let begun = 0
  return {
    async send() {
      begun++
      most = Math.max(most, ++running)
      await turn()
      running--
    },
    get most() {
      return most
    },
    get begun() {
      return begun
    },
  }
}

test('full speed keeps all places taken, and no more', async () => {
  const served = requests()
  const { waitsMs } = await fullSpeed(() => served.send(), { durationMs: 5, maxInFlight: 7 })
  expect(served.most).toBe(7)
  expect(waitsMs.length).toBe(served.begun)
})

test('a request for each place is made, however short the time', async () => {
  expect((await fullSpeed(() => turn(), { durationMs: 0, maxInFlight: 3 })).waitsMs.length).toBe(3)
})

test('a pace makes as many requests as it says', async () => {
  const served = requests()
  expect((await paced(() => served.send(), { durationMs: 20, maxInFlight: 2, ratePerSecond: 1_000 })).waitsMs.length).toBe(20)
  expect(served.most).toBeLessThanOrEqual(2)
})

test('the time that a request waits for a place counts', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let begun = 0
  // All are due at once.
  const driven = paced(() => (begun++ === 0 ? held : Promise.resolve()), { durationMs: 5e-6, maxInFlight: 1, ratePerSecond: 1e9 })
  const startMs = performance.now()
  while (performance.now() < startMs + 20) await turn()
  release()
  const { waitsMs } = await driven
  expect(begun).toBe(5)
  expect(Math.min(...waitsMs)).toBeGreaterThan(19)
})

test.each([
  ['full speed', (send: () => Promise<void>) => fullSpeed(send, { durationMs: 1_000, maxInFlight: 2 })],
  ['a pace', (send: () => Promise<void>) => paced(send, { durationMs: 1_000, maxInFlight: 2, ratePerSecond: 1_000 })],
])('%s ends with the request that fails', async (_, drive) => {
  let begun = 0
  const failing = async () => {
    if (++begun === 3) throw new Error('refused')
  }
  await expect(drive(failing)).rejects.toThrow('refused')
  expect(begun).toBeLessThanOrEqual(4)
})

test('a quantile is one of the values', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index)
  expect(quantile(values, 0.5)).toBe(101)
  expect(quantile(values, 0.99)).toBe(199)
  expect(quantile([5], 0.99)).toBe(5)
})
