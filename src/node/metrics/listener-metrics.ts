import type { ListenerStats } from '../../server/listener-stats.ts'
import type { MetricSheet, MetricTable } from '../../telemetry/metrics.ts'

/** What comes and goes on each listener. */
export function listenerTable(listeners: () => readonly ListenerStats[]): MetricTable<ListenerStats> {
  return { ...listenerSheet, rows: listeners, labelsOf: ({ name }) => [name] }
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
