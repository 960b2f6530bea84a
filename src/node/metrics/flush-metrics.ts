import type { Clock } from '../../base/ports.ts'
import { type Histogram, quantile } from '../../telemetry/histogram.ts'
import { HistogramWindow } from '../../telemetry/histogram-window.ts'
import type { AnyMetricTable, MetricSheet, MetricTable } from '../../telemetry/metrics.ts'
import { KAFKA_QUANTILES, RATE_WINDOW_MS } from './windows.ts'

/** How long flushes of the partitions' logs take: what waits for a disk waits for these. */
export function flushTables(flushTimes: Histogram, clock: Clock): readonly AnyMetricTable[] {
  const window = new HistogramWindow(clock, RATE_WINDOW_MS, flushTimes)
  const times: MetricTable<Histogram> = { ...flushSheet, rows: () => [flushTimes], labelsOf: () => [] }
  const quantiles: MetricTable<FlushQuantile> = {
    ...flushQuantileSheet,
    *rows() {
      const counts = window.recentCounts()
      for (const share of KAFKA_QUANTILES) yield { share, seconds: quantile(flushTimes.bounds, counts, share) }
    },
    labelsOf: ({ share }) => [String(share)],
  }
  return [times, quantiles]
}

export const flushSheet: MetricSheet<Histogram> = {
  labels: [],
  metrics: [
    { name: 'log_flush_seconds', type: 'histogram', help: "Flushes of the partitions' logs to the device.", read: (times) => times },
    {
      name: 'kafka_log_logflushstats_logflushrateandtimems_count',
      type: 'counter',
      help: 'How many there were.',
      read: ({ counts }) => counts.reduce((sum, count) => sum + count, 0),
    },
  ],
}

interface FlushQuantile {
  readonly share: number
  readonly seconds: number | null
}

export const flushQuantileSheet: MetricSheet<FlushQuantile> = {
  labels: ['quantile'],
  metrics: [
    {
      name: 'kafka_log_logflushstats_logflushrateandtimems',
      type: 'gauge',
      help: 'Milliseconds that they took, over the last minute.',
      read: ({ seconds }) => (seconds === null ? null : seconds * 1000),
    },
  ],
}

/** Flushes of the metadata log, which every change of the cluster waits for. */
export function metadataFlushTable(flushTimes: Histogram): MetricTable<Histogram> {
  return { ...metadataFlushSheet, rows: () => [flushTimes], labelsOf: () => [] }
}

export const metadataFlushSheet: MetricSheet<Histogram> = {
  labels: [],
  metrics: [{ name: 'metadata_log_flush_seconds', type: 'histogram', help: 'Flushes of the metadata log to the device.', read: (times) => times }],
}
