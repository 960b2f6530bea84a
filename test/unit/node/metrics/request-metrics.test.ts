import { expect, test } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { FetchApi } from '../../../../protocol/messages/fetch.ts'
import { MetadataApi } from '../../../../protocol/messages/metadata.ts'
import { requestTables } from '../../../../src/node/metrics/request-metrics.ts'
import { RequestStats } from '../../../../src/server/request-stats.ts'
import { writeMetrics } from '../../../../src/telemetry/write-metrics.ts'
import { parseExposition } from '../../../support/parse-exposition.ts'

test('requests are told as histograms, and as the quantiles and counts of the usual rules', () => {
  const stats = new RequestStats()
  let atMs = 0
  const tables = requestTables(stats, { nowMs: () => 0, monotonicMs: () => atMs })
  const read = () => {
    const families = parseExposition([...writeMetrics(tables)].join(''))
    return (name: string, labels: Readonly<Record<string, string>>) =>
      families.get(name.replace(/_bucket$/, ''))?.samples.find((sample) => sample.name === name && JSON.stringify(sample.labels) === JSON.stringify(labels))
        ?.value
  }
  expect([...writeMetrics(tables)].join('')).toBe('')

  const [kind] = stats.countedAs(MetadataApi, {}).kinds
  for (const waiting of stats.countedAs(FetchApi, {}).kinds) waiting.inFlight = 3
  for (let count = 0; count < 10; count++) {
    kind?.add({ arrivedMs: 0, startMs: 10, handledMs: 30, doneMs: 100 })
    kind?.addVersion(12)
    kind?.addError(count === 0 ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE)
  }
  const first = read()
  expect(first('api_requests_in_flight', { api: 'FetchConsumer' })).toBe(3)
  expect(first('kafka_server_delayedoperationpurgatory_purgatorysize', { delayedOperation: 'Fetch' })).toBe(3)
  expect(first('requests_total', { api: 'Metadata' })).toBe(10)
  expect(first('request_duration_seconds_bucket', { api: 'Metadata', le: '0.1' })).toBe(10)
  expect(first('request_duration_seconds_bucket', { api: 'Metadata', le: '0.05' })).toBe(0)
  expect(first('request_errors_total', { api: 'Metadata', error: 'UNKNOWN_TOPIC_OR_PARTITION' })).toBe(1)
  expect(first('request_errors_total', { api: 'Metadata', error: 'NONE' })).toBeUndefined()
  expect(first('kafka_network_requestmetrics_errors_total', { request: 'Metadata', error: 'NONE' })).toBe(9)
  expect(first('kafka_network_requestmetrics_requests_total', { request: 'Metadata', version: '12' })).toBe(10)
  expect(first('kafka_network_requestmetrics_totaltimems_count', { request: 'Metadata' })).toBe(10)
  expect(first('kafka_network_requestmetrics_totaltimems', { request: 'Metadata', quantile: '0.99' })).toBeGreaterThan(50)
  expect(first('kafka_network_requestmetrics_totaltimems', { request: 'Metadata', quantile: '0.99' })).toBeLessThanOrEqual(100)
  expect(first('kafka_network_requestmetrics_localtimems', { request: 'Metadata', quantile: '0.5' })).toBeLessThanOrEqual(25)

  atMs = 70_000
  read()
  atMs = 140_000
  const quiet = read()
  expect(quiet('kafka_network_requestmetrics_totaltimems', { request: 'Metadata', quantile: '0.99' })).toBeUndefined()
  expect(quiet('requests_total', { api: 'Metadata' })).toBe(10)
})
