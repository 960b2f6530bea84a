import type { Clock } from '../../base/ports.ts'
import type { MetricSheet, MetricTable } from '../../telemetry/metrics.ts'
import type { ClientFigures, ClientGrowth } from './client-figures.ts'
import type { ClientTable } from './client-table.ts'

export interface ClientRow extends ClientGrowth {
  readonly clientId: string
  readonly lag: number
  readonly isProducer: boolean
  readonly isConsumer: boolean
}

/** Producers and consumers as this node sees them. Of nothing there is no mean, and no series. */
export const clientSheet: MetricSheet<ClientRow> = {
  labels: ['client_id'],
  metrics: [
    {
      name: 'record_send_rate',
      type: 'gauge',
      help: 'Records per second that the client wrote, over the last minute.',
      read: (row) => (row.isProducer ? perSecond(row, row.recordsSent) : null),
    },
    {
      name: 'record_error_rate',
      type: 'gauge',
      help: 'Records per second that the client sent and that were refused, over the last minute.',
      read: (row) => (row.isProducer ? perSecond(row, row.recordErrors) : null),
    },
    {
      name: 'batch_size_avg',
      type: 'gauge',
      help: 'Mean bytes of the batches that the client wrote in the last minute, compressed as they were.',
      read: ({ batches, batchBytes }) => mean(batchBytes, batches),
    },
    {
      name: 'request_latency_avg',
      type: 'gauge',
      help: 'Mean milliseconds that Produce requests of the client took here in the last minute, replication included.',
      read: ({ produceMs, produceRequests }) => mean(produceMs, produceRequests),
    },
    {
      name: 'records_consumed_rate',
      type: 'gauge',
      help: 'Records per second in the batches that the client was sent, over the last minute.',
      read: (row) => (row.isConsumer ? perSecond(row, row.recordsConsumed) : null),
    },
    {
      name: 'fetch_latency_avg',
      type: 'gauge',
      help: 'Mean milliseconds that Fetch requests of the client took here in the last minute, without the time for which they waited for records.',
      read: ({ fetchMs, fetchRequests }) => mean(fetchMs, fetchRequests),
    },
    {
      name: 'consumer_fetch_lag',
      type: 'gauge',
      help: 'The most records that a fetch of the last minute left the client behind the end of a partition.',
      read: ({ isConsumer, lag }) => (isConsumer ? lag : null),
    },
  ],
}

export function clientMetrics(clients: ClientTable, clock: Clock): MetricTable<ClientRow> {
  return {
    ...clientSheet,
    *rows() {
      const nowMs = clock.monotonicMs()
      for (const [clientId, figures] of clients.shown(nowMs)) yield rowOf(clientId, figures, nowMs)
    },
    labelsOf: ({ clientId }) => [clientId],
  }
}

function rowOf(clientId: string, figures: ClientFigures, nowMs: number): ClientRow {
  const { produceRequests, fetchRequests } = figures
  return { clientId, isProducer: produceRequests > 0, isConsumer: fetchRequests > 0, lag: figures.lag(nowMs), ...figures.growth(nowMs) }
}

function perSecond({ elapsedMs }: ClientRow, count: number): number {
  return elapsedMs <= 0 ? 0 : (count * 1000) / elapsedMs
}

/** null of nothing. */
function mean(sum: number, count: number): number | null {
  return count === 0 ? null : sum / count
}
