import { expect, test } from 'vitest'
import { Histogram } from '../../../src/telemetry/histogram.ts'
import { HistogramWindow } from '../../../src/telemetry/histogram-window.ts'

const WINDOW_MS = 60_000

function scene() {
  const time = { atMs: 1_000 }
  const histogram = new Histogram([1, 2])
  const window = new HistogramWindow({ nowMs: () => 0, monotonicMs: () => time.atMs }, WINDOW_MS, histogram)
  const read = (elapsedMs: number) => {
    time.atMs += elapsedMs
    return [...window.recentCounts()]
  }
  return { histogram, window, read }
}

test('what was counted before the window began is in its first readings, and forgotten after a window', () => {
  const { histogram, read } = scene()
  histogram.observe(1)
  histogram.observe(2)
  expect(read(15_000)).toEqual([1, 1, 0])
  histogram.observe(9)
  expect(read(15_000)).toEqual([1, 1, 1])
  expect(read(45_000)).toEqual([0, 0, 1])
  expect(read(15_000)).toEqual([0, 0, 0])
})

test('who asks seldom learns what came since the last time', () => {
  const { histogram, read } = scene()
  read(1_000_000)
  histogram.observe(1)
  expect(read(600_000)).toEqual([1, 0, 0])
})

test('asking without end keeps few samples', () => {
  const { window, read } = scene()
  for (let step = 0; step < 5_000; step++) read(100)
  expect(window.sampleCount).toBeLessThanOrEqual(8)
})
