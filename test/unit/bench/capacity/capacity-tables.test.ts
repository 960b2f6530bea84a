import { expect, test } from 'vitest'
import { capacityTables } from '../../../../bench/capacity/document/capacity-tables.ts'
import { AXIS_NAMES, BASE } from '../../../../bench/capacity/steps.ts'
import { measured, reportOf } from './capacity-report.ts'

const rowsOf = (markdown: string) => markdown.split('\n').filter((line) => line.startsWith('|'))

test('a step is a row of its axis, with three digits where it says nothing by more', () => {
  const [head, , row] = rowsOf(capacityTables(reportOf([measured({ axis: 'partitions', partitions: 10_000 })])))
  expect(head).toBe(
    '| partitions | produced, MB/s | records/s | p50, ms | p99, ms | s per GB | client, s per GB | consumed, MB/s | s per GB consumed | memory of a node, MB |',
  )
  expect(row).toBe('| 10,000 | 123 | 123,457 | 1.23 | 12.3 | 5.68 | 0.50 | 250 | 0.90 | 98.7 |')
})

test('every axis has a table, and all rows of one as many cells', () => {
  const tables = capacityTables(reportOf())
    .split('\n\n')
    .map(rowsOf)
    .filter((rows) => rows.length > 0)
  expect(tables.length).toBe(AXIS_NAMES.length)
  for (const rows of tables) expect(new Set(rows.map((row) => row.split('|').length)).size).toBe(1)
})

test('what stands on an axis says its unit, its replicas, and whose nodes they are', () => {
  const labelOf = (step: Parameters<typeof measured>[0]) => rowsOf(capacityTables(reportOf([measured(step)])))[2]?.split(' | ')[0]
  expect(labelOf({ axis: 'message size', recordBytes: 10 })).toBe('| 10 B')
  expect(labelOf({ axis: 'message size', recordBytes: 100_000 })).toBe('| 100 KB')
  expect(labelOf({ axis: 'message size', recordBytes: 10_000_000 })).toBe('| 10 MB')
  expect(labelOf({ axis: 'batches', batchBytes: BASE.recordBytes })).toBe('| one record')
  expect(labelOf({ axis: 'batches', batchBytes: 131_072, kind: 'kafka' })).toBe('| 128 KB, Apache Kafka')
  expect(labelOf({ axis: 'nodes', nodes: 5, replicationFactor: 1 })).toBe('| 5, one replica')
  expect(labelOf({ axis: 'nodes', nodes: 5, replicationFactor: 3 })).toBe('| 5, 3 replicas')
})

test('a step that the machine could not do says why, and breaks no table', () => {
  const { step } = measured({ axis: 'connections', connections: 10_000 })
  const [head, , row] = rowsOf(capacityTables(reportOf([{ step, missing: 'takes 10500 descriptors | ulimit -n' }])))
  expect(row).toMatch(/^\| 10,000 \| not measured: takes 10500 descriptors \\\| ulimit -n \|/)
  expect(row?.replaceAll('\\|', '').split('|').length).toBe(head?.split('|').length)
})

test('a 99th percentile of few requests is marked', () => {
  expect(capacityTables(reportOf([measured({}, { p99Ms: 20, latencyRequests: 99 })]))).toContain('| 20.0 * |')
  expect(capacityTables(reportOf([measured({}, { p99Ms: 20, latencyRequests: 100 })]))).toContain('| 20.0 |')
})

test('the day, the machine and what others took of it are told, and a run that was cut short', () => {
  const results = [10, 2, 30].map((othersPercent) => measured({}, { othersPercent }))
  const text = capacityTables(reportOf(results))
  expect(text).toContain('2026-01-02')
  expect(text).toContain('2 processors')
  expect(text).toContain('2–30 % (median 10 %)')
  expect(text).not.toContain('of the usual')
  expect(capacityTables({ ...reportOf(results), scale: 0.1 })).toContain('with times 0.1 of the usual')
})
