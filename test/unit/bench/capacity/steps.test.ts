import { expect, test } from 'vitest'
import type { Axis } from '../../../../bench/capacity/report.ts'
import { recordsPerBatch, stepsOf } from '../../../../bench/capacity/steps.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'

test('sizes from 10 B to 10 MB, partitions and connections from 1 to 10,000', () => {
  const valuesOf = (axis: Axis, value: 'recordBytes' | 'partitions' | 'connections') =>
    stepsOf([axis]).flatMap((step) => (step.kind === 'odradek' ? [step[value]] : []))
  expect(valuesOf('message size', 'recordBytes')).toEqual([10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000])
  expect(valuesOf('partitions', 'partitions')).toEqual([1, 10, 100, 1_000, 10_000])
  expect(valuesOf('connections', 'connections')).toEqual([1, 10, 100, 1_000, 10_000])
})

test.each(stepsOf().map((step) => [step.recordBytes, step.batchBytes, step] as const))(
  'records of %i B in batches of %i B fill them, and one at least is in each',
  (recordBytes, batchBytes, step) => {
    const count = recordsPerBatch(step)
    const record = { timestamp: 0, value: Buffer.alloc(recordBytes) }
    const bytes = buildBatch({}, Array<typeof record>(count).fill(record)).length
    if (count > 1) expect(bytes).toBeLessThanOrEqual(batchBytes)
    else expect(recordBytes).toBeGreaterThanOrEqual(batchBytes / 2)
    expect(bytes).toBeGreaterThan(batchBytes * 0.6)
  },
)
