import type { MetricSheet } from '../../telemetry/metrics.ts'

/** How much clients push. */
export interface TelemetryFacts {
  readonly instanceCount: number
  readonly pushCount: number
  readonly unreadableCount: number
  readonly throttleCount: number
  readonly unknownSubscriptionCount: number
  readonly seriesCount: number
  readonly droppedCount: number
}

/** Of the receiver of clients' metrics itself. */
export const telemetrySheet: MetricSheet<TelemetryFacts> = {
  labels: [],
  metrics: [
    {
      name: 'client_telemetry_instances',
      type: 'gauge',
      help: 'Clients that asked of late which metrics to push, or pushed them.',
      read: ({ instanceCount }) => instanceCount,
    },
    { name: 'client_telemetry_pushes_total', type: 'counter', help: 'Pushes of metrics by clients that were read.', read: ({ pushCount }) => pushCount },
    {
      name: 'client_telemetry_unreadable_total',
      type: 'counter',
      help: 'Pushes by clients that were no metrics.',
      read: ({ unreadableCount }) => unreadableCount,
    },
    {
      name: 'client_telemetry_throttled_total',
      type: 'counter',
      help: 'Requests of clients about metrics that came before their time.',
      read: ({ throttleCount }) => throttleCount,
    },
    {
      name: 'client_telemetry_unknown_subscription_total',
      type: 'counter',
      help: 'Pushes by clients of what they are not asked for any more.',
      read: ({ unknownSubscriptionCount }) => unknownSubscriptionCount,
    },
    { name: 'client_telemetry_series', type: 'gauge', help: 'Series that clients pushed and that are kept.', read: ({ seriesCount }) => seriesCount },
    {
      name: 'client_telemetry_dropped_total',
      type: 'counter',
      help: 'Values that clients pushed and that were not kept: nobody asked for them, there were too many clients, names or series, or their labels were too long.',
      read: ({ droppedCount }) => droppedCount,
    },
  ],
}
