import type { ListenerStats, RefusalReason } from '../../server/listener-stats.ts'
import type { AnyMetricTable, MetricSheet, MetricTable } from '../../telemetry/metrics.ts'

/** What comes and goes on each listener. */
export function listenerTables(listeners: () => readonly ListenerStats[]): readonly AnyMetricTable[] {
  const stats: MetricTable<ListenerStats> = { ...listenerSheet, rows: listeners, labelsOf: ({ name }) => [name] }
  const refused: MetricTable<Refused> = {
    ...refusedSheet,
    rows: () => listeners().flatMap((one) => REASONS.map((reason) => ({ listener: one.name, reason, count: one.refused[reason] }))),
    labelsOf: ({ listener, reason }) => [listener, reason],
  }
  return [stats, refused]
}

interface Refused {
  readonly listener: string
  readonly reason: RefusalReason
  readonly count: number
}

const REASONS: readonly RefusalReason[] = ['open-files', 'max.connections', 'max.connections.per.ip']

/** Each reason from the first connection on, so that an increase is seen from the first refusal on. */
export const refusedSheet: MetricSheet<Refused> = {
  labels: ['listener', 'reason'],
  metrics: [
    {
      name: 'listener_connections_refused_total',
      type: 'counter',
      help: 'Connections that were turned away: `open-files` where the process may open no more files, else the reason is the setting whose limit was reached.',
      read: ({ count }) => count,
    },
  ],
}

export const listenerSheet: MetricSheet<ListenerStats> = {
  labels: ['listener'],
  metrics: [
    {
      name: 'listener_connections',
      aliases: ['kafka_server_socket_server_metrics_connection_count', 'kafka_server_socketservermetrics_connection_count'],
      type: 'gauge',
      help: 'Connections of the listener that are served now.',
      read: ({ open }) => open,
    },
    {
      name: 'listener_connections_waiting',
      type: 'gauge',
      help: 'Connections that wait for another to close, as max.connections is reached; too many of them are refused.',
      read: ({ waiting }) => waiting,
    },
    {
      name: 'listener_connections_opened_total',
      aliases: ['kafka_server_socket_server_metrics_connection_creation_total', 'kafka_server_socketservermetrics_connection_creation_total'],
      type: 'counter',
      help: 'Connections that were taken on.',
      read: ({ opened }) => opened,
    },
    {
      name: 'network_receive_bytes_total',
      aliases: ['kafka_server_socket_server_metrics_incoming_byte_total', 'kafka_server_socketservermetrics_incoming_byte_total'],
      type: 'counter',
      help: 'Bytes that came on the connections of the listener.',
      read: ({ bytesIn }) => bytesIn,
    },
    {
      name: 'network_transmit_bytes_total',
      aliases: ['kafka_server_socket_server_metrics_outgoing_byte_total', 'kafka_server_socketservermetrics_outgoing_byte_total'],
      type: 'counter',
      help: 'Bytes that were sent on the connections of the listener.',
      read: ({ bytesOut }) => bytesOut,
    },
  ],
}
