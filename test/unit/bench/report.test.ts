import { expect, test } from 'vitest'
import { markdown, rows } from '../../../bench/report.ts'

test('a figure is the median of the rounds, with its spread, and a ratio with the spread over pairs', () => {
  const table = markdown(rows([{ 'start, ms': 100 }, { 'start, ms': 200 }], [{ 'start, ms': 20 }, { 'start, ms': 20 }]))
  expect(table.split('\n').at(-1)).toBe('| start, ms | 150 (100–200) | 20.0 (20.0–20.0) | 0.13 (0.10–0.20) |')
})

test('a round that failed keeps the figures that it came to, and a side without any says so', () => {
  const kafka = [{ create: 10, start: 30 }, { create: 20 }]
  const odradek = [
    { create: 1, start: 3, stop: 5 },
    { create: 2, start: 3, stop: 5 },
  ]
  expect(rows(kafka, odradek).map(({ figure }) => figure)).toEqual(['create', 'start', 'stop'])
  const [, start, stop] = markdown(rows(kafka, odradek)).split('\n').slice(2)
  expect(start).toBe('| start | 30.0 (30.0–30.0) | 3.00 (3.00–3.00) | 0.10 |')
  expect(stop).toBe('| stop | none | 5.00 (5.00–5.00) | – |')
})

test('what Apache Kafka has none of makes no ratio', () => {
  expect(
    markdown(rows([{ failures: 0 }], [{ failures: 0 }]))
      .split('\n')
      .at(-1),
  ).toBe('| failures | 0.00 (0.00–0.00) | 0.00 (0.00–0.00) | – |')
})
