import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exposePrometheus } from '../../../../src/platform/metrics/prometheus.ts'
import { metricSections, renderMetricsDocument } from '../../../support/metrics-document.ts'
import { parseExposition } from '../../../support/parse-exposition.ts'
import { textOf } from '../../../support/text-of.ts'

const document = readFileSync(join(import.meta.dirname, '../../../../docs/metrics.md'), 'utf8')

test('docs/metrics.md is what the sheets of metrics say (npm run docs writes it)', () => {
  expect(document).toBe(renderMetricsDocument())
})

test('no name is told twice', () => {
  const names = metricSections.flatMap(({ sheets }) => sheets.flatMap(({ metrics }) => metrics.flatMap(({ name, aliases = [] }) => [name, ...aliases])))
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

test('docs/metrics.md names what prom-client tells of the process and Node.js, and nothing else', async () => {
  const text = await textOf(await exposePrometheus(async () => [])())
  const told = [...parseExposition(text).keys()].filter((name) => /^(process|nodejs)_/.test(name))
  const [, about = ''] = document.split('## Of the process and Node.js')
  const named = [...(about.split('## ')[0] ?? '').matchAll(/`((?:process|nodejs)_\w+)`/g)].map(([, name]) => name)
  expect(named.sort()).toEqual(told.sort())
})
