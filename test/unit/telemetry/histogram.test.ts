import { expect, test } from 'vitest'
import { Histogram, quantile } from '../../../src/telemetry/histogram.ts'

test('a value counts in the first bucket whose bound it does not exceed, or behind the last', () => {
  const histogram = new Histogram([1, 2, 5])
  for (const value of [0, 1, 1.5, 2, 5, 5.1, 1000]) histogram.observe(value)
  expect([...histogram.counts]).toEqual([2, 2, 1, 2])
  expect(histogram.sum).toBeCloseTo(1014.6)
})

test('a quantile lies evenly within its bucket', () => {
  const histogram = new Histogram([10, 20])
  for (let value = 1; value <= 20; value++) histogram.observe(value)
  expect(quantile(histogram.bounds, histogram.counts, 0.5)).toBe(10)
  expect(quantile(histogram.bounds, histogram.counts, 0.75)).toBe(15)
  expect(quantile(histogram.bounds, histogram.counts, 1)).toBe(20)
})

test('empty buckets in between are no place for a quantile', () => {
  const histogram = new Histogram([1, 2, 3, 4])
  histogram.observe(0.5)
  histogram.observe(3.5)
  expect(quantile(histogram.bounds, histogram.counts, 0.5)).toBe(1)
  expect(quantile(histogram.bounds, histogram.counts, 0.6)).toBeGreaterThan(3)
})

test('above the last bound a quantile is that bound, and of nothing there is none', () => {
  const histogram = new Histogram([1])
  expect(quantile(histogram.bounds, histogram.counts, 0.5)).toBeNull()
  histogram.observe(60)
  expect(quantile(histogram.bounds, histogram.counts, 0.99)).toBe(1)
})
