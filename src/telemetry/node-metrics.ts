import type { Clock } from '../base/ports.ts'
import type { Metric } from './metrics.ts'
import { RateWindow } from './rate-window.ts'
import type { Traffic } from './traffic.ts'

/** Over how long rates are means, unless they are asked for more seldom, or the node is younger. */
export const RATE_WINDOW_MS = 60_000

export interface NodeMetricSources {
  readonly clock: Clock
  readonly traffic: Traffic
  readonly connectionCount: () => number
}

/** The metrics of a node. Their rates begin now. Documented in docs/metrics.md. */
export function nodeMetrics({ clock, traffic, connectionCount }: NodeMetricSources): readonly Metric[] {
  const rate = (name: string, help: string, total: () => number): Metric => {
    const window = new RateWindow(clock, RATE_WINDOW_MS, total)
    return { name, help, type: 'gauge', read: () => window.perSecond() }
  }
  return [
    { name: 'messages_in_total', type: 'counter', help: 'Records that producers wrote since the node started.', read: () => traffic.messagesIn },
    rate('messages_in_per_sec', 'Records per second that producers wrote, over the last minute.', () => traffic.messagesIn),
    rate('bytes_in_per_sec', 'Bytes per second of the record batches that producers wrote, over the last minute.', () => traffic.bytesIn),
    rate('messages_out_per_sec', 'Records per second in the batches sent to consumers, over the last minute.', () => traffic.messagesOut),
    { name: 'active_connections', type: 'gauge', help: 'Connections of clients and nodes that are served now.', read: connectionCount },
  ]
}
