import { CHOSEN, type Dashboard, INSTANCE } from './dashboard.ts'

const CLIENTS = `client_id=~"$client_id",${CHOSEN}`

/** Producers as the brokers see them. */
export const producerPerformance: Dashboard = {
  uid: 'odradek-producer-performance',
  title: 'Producer Performance',
  description: 'Producers by client id, as the brokers see them: what they send, what is refused, and how long they wait.',
  variables: [INSTANCE, { name: 'client_id', label: 'Client', query: 'label_values(record_send_rate, client_id)' }],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Records sent',
          description: 'Per second, by all chosen clients.',
          kind: 'stat',
          unit: 'cps',
          width: 6,
          queries: [{ expr: `sum(record_send_rate{${CLIENTS}})`, legend: 'records' }],
        },
        {
          title: 'Records refused',
          description: 'Per second: sent, and answered with an error.',
          kind: 'stat',
          unit: 'cps',
          width: 6,
          thresholds: [{ from: 0.001, colour: 'red' }],
          queries: [{ expr: `sum(record_error_rate{${CLIENTS}})`, legend: 'records' }],
        },
        {
          title: 'Longest average wait',
          description: 'Of the client that waits longest for its answers.',
          kind: 'stat',
          unit: 'ms',
          width: 6,
          queries: [{ expr: `max(request_latency_avg{${CLIENTS}})`, legend: 'wait' }],
        },
        {
          title: 'Clients',
          description: 'Client ids that the brokers tell of.',
          kind: 'stat',
          unit: 'none',
          width: 6,
          queries: [{ expr: `count(count by (client_id) (record_send_rate{${CLIENTS}}))`, legend: 'clients' }],
        },
      ],
    },
    {
      title: 'By client',
      panels: [
        {
          title: 'Record send rate',
          description: 'Records per second that were written.',
          kind: 'timeseries',
          unit: 'cps',
          width: 12,
          queries: [{ expr: `sum by (client_id) (record_send_rate{${CLIENTS}})`, legend: '{{client_id}}' }],
        },
        {
          title: 'Record error rate',
          description: 'Records per second that were refused.',
          kind: 'timeseries',
          unit: 'cps',
          width: 12,
          thresholds: [{ from: 0.001, colour: 'red' }],
          queries: [{ expr: `sum by (client_id) (record_error_rate{${CLIENTS}})`, legend: '{{client_id}}' }],
        },
        {
          title: 'Batch size',
          description: 'Average bytes of a batch. Small ones cost most: linger.ms and batch.size of the producer make them larger.',
          kind: 'timeseries',
          unit: 'bytes',
          width: 12,
          queries: [{ expr: `avg by (client_id) (batch_size_avg{${CLIENTS}})`, legend: '{{client_id}}' }],
        },
        {
          title: 'Request latency',
          description: 'Average time from a produce request to its answer, at the broker: with acks=all that is until all replicas in sync have it.',
          kind: 'timeseries',
          unit: 'ms',
          width: 12,
          queries: [{ expr: `max by (client_id) (request_latency_avg{${CLIENTS}})`, legend: '{{client_id}}' }],
        },
      ],
    },
    {
      title: 'At the brokers',
      panels: [
        {
          title: 'Produce requests per second',
          description: 'By broker: uneven where leaders are, or where keys are.',
          kind: 'timeseries',
          unit: 'reqps',
          width: 8,
          queries: [
            {
              expr: `sum by (instance) (rate(requests_total{api="Produce",${CHOSEN}}[$__rate_interval]))`,
              legend: '{{instance}}',
            },
          ],
        },
        {
          title: 'Produce time, 99 of 100',
          description: 'Within which 99 of 100 produce requests were answered.',
          kind: 'timeseries',
          unit: 's',
          width: 8,
          queries: [
            {
              expr: `histogram_quantile(0.99, sum by (instance, le) (rate(request_duration_seconds_bucket{api="Produce",${CHOSEN}}[$__rate_interval])))`,
              legend: '{{instance}}',
            },
          ],
        },
        {
          title: 'Bytes per record',
          description: 'Average size of a record in its batch, as it was sent: compression makes it smaller.',
          kind: 'timeseries',
          unit: 'bytes',
          width: 8,
          queries: [
            {
              expr: `sum by (instance) (rate(bytes_in_total{${CHOSEN}}[$__rate_interval])) / (sum by (instance) (rate(messages_in_total{${CHOSEN}}[$__rate_interval])) > 0)`,
              legend: '{{instance}}',
            },
          ],
        },
      ],
    },
  ],
}
