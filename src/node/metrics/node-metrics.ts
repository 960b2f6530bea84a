import type { Clock } from '../../base/ports.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { Server } from '../../server/server.ts'
import type { MetricSheet, MetricTable } from '../../telemetry/metrics.ts'
import { RateWindow } from '../../telemetry/rate-window.ts'
import type { Traffic } from '../../telemetry/traffic.ts'
import type { HealthState } from '../health/health.ts'
import { RATE_WINDOW_MS } from './windows.ts'

/** As `kafka.server.BrokerState` numbers them: 1 starting, 3 running, 6 leaving, 7 shutting down. */
const BROKER_STATES: Readonly<Record<HealthState, number>> = { starting: 1, ready: 3, stopping: 6, failed: 7 }

export interface NodeMetricSources {
  readonly clock: Clock
  readonly traffic: Traffic
  readonly server: Pick<Server<never>, 'connectionCount' | 'requestBytes' | 'replyBytes' | 'requests'>
  readonly config: Pick<NodeConfig, 'get'>
  readonly healthState: () => HealthState
}

export interface NodeRow extends NodeMetricSources {
  /** Records or bytes per second over the window. */
  readonly rates: { readonly messagesIn: RateWindow; readonly bytesIn: RateWindow; readonly messagesOut: RateWindow; readonly bytesOut: RateWindow }
}

/** What every node tells of itself. Its rates begin when the table is made. */
export function nodeTable(sources: NodeMetricSources): MetricTable<NodeRow> {
  const { clock, traffic } = sources
  const window = (total: () => number) => new RateWindow(clock, RATE_WINDOW_MS, total)
  const rates = {
    messagesIn: window(() => traffic.messagesIn),
    bytesIn: window(() => traffic.bytesIn),
    messagesOut: window(() => traffic.messagesOut),
    bytesOut: window(() => traffic.bytesOut),
  }
  const rows: readonly NodeRow[] = [{ ...sources, rates }]
  return { ...nodeSheet, rows: () => rows, labelsOf: () => [] }
}

export const nodeSheet: MetricSheet<NodeRow> = {
  labels: [],
  metrics: [
    { name: 'messages_in_total', type: 'counter', help: 'Records that producers wrote since the node started.', read: ({ traffic }) => traffic.messagesIn },
    {
      name: 'messages_in_per_sec',
      type: 'gauge',
      help: 'Records per second that producers wrote, over the last minute.',
      read: ({ rates }) => rates.messagesIn.perSecond(),
    },
    {
      name: 'bytes_in_total',
      type: 'counter',
      help: 'Bytes of the record batches that producers wrote since the node started.',
      read: ({ traffic }) => traffic.bytesIn,
    },
    {
      name: 'bytes_in_per_sec',
      type: 'gauge',
      help: 'Bytes per second of the record batches that producers wrote, over the last minute.',
      read: ({ rates }) => rates.bytesIn.perSecond(),
    },
    {
      name: 'bytes_in_capacity',
      type: 'gauge',
      help: 'Bytes per second that producers may write to this node, as metrics.capacity.bytes.in says.',
      read: ({ config }) => config.get('metrics.capacity.bytes.in') || null,
    },
    {
      name: 'messages_out_total',
      type: 'counter',
      help: 'Records in the batches sent to consumers since the node started.',
      read: ({ traffic }) => traffic.messagesOut,
    },
    {
      name: 'messages_out_per_sec',
      type: 'gauge',
      help: 'Records per second in the batches sent to consumers, over the last minute.',
      read: ({ rates }) => rates.messagesOut.perSecond(),
    },
    {
      name: 'bytes_out_total',
      type: 'counter',
      help: 'Bytes of the record batches sent to consumers since the node started.',
      read: ({ traffic }) => traffic.bytesOut,
    },
    {
      name: 'bytes_out_per_sec',
      type: 'gauge',
      help: 'Bytes per second of the record batches sent to consumers, over the last minute.',
      read: ({ rates }) => rates.bytesOut.perSecond(),
    },
    { name: 'active_connections', type: 'gauge', help: 'Connections of clients and nodes that are served now.', read: ({ server }) => server.connectionCount },
    {
      name: 'requests_in_flight',
      type: 'gauge',
      help: 'Requests that are being served now, those that wait for records, replicas or members included.',
      read: ({ server }) => server.requests.inFlight,
    },
    {
      name: 'request_bytes_in_flight',
      type: 'gauge',
      help: 'Bytes of requests that are arriving or being served now.',
      read: ({ server }) => server.requestBytes,
    },
    {
      name: 'reply_bytes_in_flight',
      type: 'gauge',
      help: 'Bytes of replies that the system has not taken yet, as clients read slowly.',
      read: ({ server }) => server.replyBytes,
    },
    {
      name: 'kafka_server_kafkaserver_brokerstate',
      type: 'gauge',
      help: 'How far the node is, as Kafka numbers it: 1 starting, 3 running, 6 leaving, 7 shutting down after a failure.',
      read: ({ healthState }) => BROKER_STATES[healthState()],
    },
  ],
}
