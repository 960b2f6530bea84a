import { expect, it } from 'vitest'
import { noMetrics } from '../../../src/telemetry/metrics.ts'

it('without a collector every metric can be made and used', () => {
  const requests = noMetrics.counter({ name: 'requests_total', help: 'Requests.', labels: ['api'] })
  const size = noMetrics.gauge({ name: 'size_bytes', help: 'Size.' })
  const duration = noMetrics.histogram({ name: 'duration_seconds', help: 'Duration.', buckets: [1] })
  expect(() => {
    requests.add(1, { api: 'Fetch' })
    size.set(5, {})
    duration.observe(0.5, {})
  }).not.toThrow()
})
