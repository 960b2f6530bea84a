import { expect, test } from 'vitest'
import { RateWindow } from '../../../src/telemetry/rate-window.ts'

const WINDOW_MS = 60_000

/** A window over a total and a time that the test sets. */
function scene() {
  const state = { atMs: 5_000, total: 0 }
  const window = new RateWindow({ nowMs: () => 0, monotonicMs: () => state.atMs }, WINDOW_MS, () => state.total)
  return {
    window,
    pass(elapsedMs: number, count: number) {
      state.atMs += elapsedMs
      state.total += count
      return window.perSecond()
    },
  }
}

test('before any time has passed the rate is 0', () => {
  expect(scene().pass(0, 10)).toBe(0)
})

test('a young window gives the mean since its beginning', () => {
  const { pass } = scene()
  expect(pass(2_000, 10)).toBe(5)
  expect(pass(8_000, 0)).toBe(1)
})

test('an old burst is forgotten after a window', () => {
  const { pass } = scene()
  pass(1_000, 6_000)
  expect(pass(59_000, 0)).toBe(100)
  expect(pass(1_000, 0)).toBe(0)
})

test('two that ask at their own pace do not disturb each other', () => {
  const { pass } = scene()
  let rate = 0
  for (let second = 0; second < 180; second++) {
    pass(500, 5)
    pass(100, 1)
    rate = pass(400, 4)
  }
  expect(rate).toBe(10)
})

test('who asks seldom learns the mean since the last time', () => {
  const { pass } = scene()
  pass(1_000_000, 7)
  expect(pass(600_000, 1_200)).toBe(2)
})

test('asking without end keeps no more samples than the window has seconds', () => {
  const state = { atMs: 0 }
  const window = new RateWindow({ nowMs: () => 0, monotonicMs: () => state.atMs }, WINDOW_MS, () => state.atMs)
  for (let step = 0; step < 2_000; step++) {
    state.atMs += 100
    expect(window.perSecond()).toBeCloseTo(1000, 5)
  }
  expect(window.sampleCount).toBeLessThanOrEqual(62)
})

test('growth is how much came since the newest reading that is a window old', () => {
  const state = { atMs: 0, total: 0 }
  const window = new RateWindow({ nowMs: () => 0, monotonicMs: () => state.atMs }, WINDOW_MS, () => state.total)
  const pass = (elapsedMs: number, count: number) => {
    state.atMs += elapsedMs
    state.total += count
    return window.growth()
  }
  expect(pass(0, 0)).toBe(0)
  expect(pass(15_000, 2)).toBe(2)
  expect(pass(45_000, 1)).toBe(3)
  expect(pass(15_000, 0)).toBe(1)
  expect(pass(60_000, 0)).toBe(0)
})
