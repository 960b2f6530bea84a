import { expect, test } from 'vitest'
import { MetricRegistry } from '../../../src/telemetry/metric-registry.ts'
import type { MetricTable } from '../../../src/telemetry/metrics.ts'

function table(name: string, aliases: readonly string[] = []): MetricTable<number> {
  return { labels: [], metrics: [{ name, aliases, type: 'gauge', help: 'One.', read: (row) => row }], rows: () => [1], labelsOf: () => [] }
}

test('tables stand in the order in which they were added', () => {
  const registry = new MetricRegistry()
  const [first, second] = [table('first'), table('second')]
  registry.add(first)
  registry.add(second)
  expect(registry.tables).toEqual([first, second])
})

test.each([
  ['a name', table('spools')],
  ['an alias that is a name', table('threads', ['spools'])],
  ['a name that is an alias', table('kafka_spools')],
])('%s that is told already is a mistake', (_, again) => {
  const registry = new MetricRegistry()
  registry.add(table('spools', ['kafka_spools']))
  expect(() => registry.add(again)).toThrow('is told once')
})

test('tables that change are asked for at each reading, and stand last', () => {
  const registry = new MetricRegistry()
  const [fixed, later] = [table('fixed'), table('later')]
  let changing: readonly MetricTable<number>[] = []
  registry.addChanging(() => changing)
  registry.add(fixed)
  expect(registry.tables).toEqual([fixed])
  changing = [later]
  expect(registry.tables).toEqual([fixed, later])
})
