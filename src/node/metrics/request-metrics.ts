import { errorName } from '../../../protocol/error-codes.ts'
import type { Clock } from '../../base/ports.ts'
import type { RequestKind, RequestStats } from '../../server/request-stats.ts'
import { type Histogram, quantile } from '../../telemetry/histogram.ts'
import { HistogramWindow } from '../../telemetry/histogram-window.ts'
import type { AnyMetricTable, MetricSheet, MetricTable } from '../../telemetry/metrics.ts'
import { KAFKA_QUANTILES, RATE_WINDOW_MS } from './windows.ts'

/** What the requests of each API are, and how long they take. Kinds of requests that never came are not told. */
export function requestTables(requests: RequestStats, clock: Clock): readonly AnyMetricTable[] {
  const kinds = () => requests.kinds
  const nameOf = ({ name }: RequestKind) => [name]
  return [
    { ...requestSheet, rows: kinds, labelsOf: nameOf } satisfies MetricTable<RequestKind>,
    { ...errorSheet, rows: () => errorRows(kinds()), labelsOf: ({ kind, error }) => [kind, error] } satisfies MetricTable<ErrorRow>,
    { ...kafkaVersionSheet, rows: () => versionRows(kinds()), labelsOf: ({ kind, version }) => [kind, version] } satisfies MetricTable<VersionRow>,
    { ...kafkaErrorSheet, rows: () => errorRows(kinds()), labelsOf: ({ kind, error }) => [kind, error] } satisfies MetricTable<ErrorRow>,
    quantileTable(kinds, clock),
    { ...kafkaWaitingSheet, rows: () => waitingRows(kinds()), labelsOf: ({ operation }) => [operation] } satisfies MetricTable<WaitingRow>,
    { ...kafkaCountSheet, rows: kinds, labelsOf: nameOf } satisfies MetricTable<RequestKind>,
  ]
}

export const requestSheet: MetricSheet<RequestKind> = {
  labels: ['api'],
  metrics: [
    { name: 'requests_total', type: 'counter', help: 'Requests that were answered.', read: countOf },
    {
      name: 'api_requests_in_flight',
      type: 'gauge',
      help: 'Requests that are being served now, those that wait included.',
      read: ({ inFlight }) => inFlight,
    },
    { name: 'request_bytes_total', type: 'counter', help: 'Bytes of these requests.', read: ({ requestBytes }) => requestBytes },
    { name: 'reply_bytes_total', type: 'counter', help: 'Bytes of the replies to them.', read: ({ replyBytes }) => replyBytes },
    {
      name: 'request_duration_seconds',
      type: 'histogram',
      help: 'From the last byte of a request to its reply; what follows are the parts of this time.',
      read: ({ total }) => total,
    },
    {
      name: 'request_queue_seconds',
      type: 'histogram',
      help: 'Waiting behind other requests that came on the same connection.',
      read: ({ queue }) => queue,
    },
    { name: 'request_local_seconds', type: 'histogram', help: 'Being handled, which holds the event loop.', read: ({ local }) => local },
    {
      name: 'request_remote_seconds',
      type: 'histogram',
      help: 'Waiting for records, other replicas, members of a group, the controller or the disk.',
      read: ({ remote }) => remote,
    },
  ],
}

interface ErrorRow {
  readonly kind: string
  readonly error: string
  readonly count: number
}

export const errorSheet: MetricSheet<ErrorRow> = {
  labels: ['api', 'error'],
  metrics: [
    {
      name: 'request_errors_total',
      type: 'counter',
      help: 'Error codes in replies, other than NONE; a reply may hold one for each partition.',
      read: ({ error, count }) => (error === 'NONE' ? null : count),
    },
  ],
}

export const kafkaErrorSheet: MetricSheet<ErrorRow> = {
  labels: ['request', 'error'],
  metrics: [
    {
      name: 'kafka_network_requestmetrics_errors_total',
      aliases: ['kafka_network_requestmetrics_errorspersec'],
      type: 'counter',
      help: 'Error codes in replies, NONE too.',
      read: ({ count }) => count,
    },
  ],
}

interface VersionRow {
  readonly kind: string
  readonly version: string
  readonly count: number
}

export const kafkaVersionSheet: MetricSheet<VersionRow> = {
  labels: ['request', 'version'],
  metrics: [
    {
      name: 'kafka_network_requestmetrics_requests_total',
      aliases: ['kafka_network_requestmetrics_requestspersec'],
      type: 'counter',
      help: 'Requests that were answered, by the version of the API.',
      read: ({ count }) => count,
    },
  ],
}

export const kafkaCountSheet: MetricSheet<RequestKind> = {
  labels: ['request'],
  metrics: (['totaltimems', 'requestqueuetimems', 'localtimems', 'remotetimems'] as const).map((name) => ({
    name: `kafka_network_requestmetrics_${name}_count`,
    type: 'counter',
    help: `How many requests stand behind kafka_network_requestmetrics_${name}.`,
    read: countOf,
  })),
}

/** Kafka's names for what waits, by the API whose requests wait for it. */
const DELAYED_OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['Produce', 'Produce'],
  ['Fetch', 'Fetch'],
  ['JoinGroup', 'Rebalance'],
])

interface WaitingRow {
  readonly operation: string
  readonly count: number
}

export const kafkaWaitingSheet: MetricSheet<WaitingRow> = {
  labels: ['delayedOperation'],
  metrics: [
    {
      name: 'kafka_server_delayedoperationpurgatory_purgatorysize',
      type: 'gauge',
      help: 'Requests that wait for other replicas (Produce), for records (Fetch) or for members of a group (Rebalance).',
      read: ({ count }) => count,
    },
  ],
}

interface QuantileRow {
  readonly kind: string
  readonly share: number
  /** Counts of the last minute by bucket. */
  readonly recent: Readonly<Record<Part, Float64Array>>
  readonly bounds: readonly number[]
}

type Part = 'total' | 'queue' | 'local' | 'remote'
const PARTS: readonly Part[] = ['total', 'queue', 'local', 'remote']

export const kafkaQuantileSheet: MetricSheet<QuantileRow> = {
  labels: ['request', 'quantile'],
  metrics: [
    quantileMetric('total', 'totaltimems', 'Milliseconds from the last byte of a request to its reply, over the last minute.'),
    quantileMetric('queue', 'requestqueuetimems', 'Milliseconds behind other requests of the same connection, over the last minute.'),
    quantileMetric('local', 'localtimems', 'Milliseconds of being handled, over the last minute.'),
    quantileMetric('remote', 'remotetimems', 'Milliseconds of waiting for records, replicas, members, the controller or the disk, over the last minute.'),
  ],
}

function quantileMetric(part: Part, name: string, help: string): MetricSheet<QuantileRow>['metrics'][number] {
  return { name: `kafka_network_requestmetrics_${name}`, type: 'gauge', help, read: ({ recent, bounds, share }) => inMs(quantile(bounds, recent[part], share)) }
}

/** Windows begin at the first reading: nobody pays for them before. */
function quantileTable(kinds: () => Iterable<RequestKind>, clock: Clock): MetricTable<QuantileRow> {
  const windows = new Map<Histogram, HistogramWindow>()
  const recentOf = (histogram: Histogram) => {
    const window = windows.get(histogram) ?? new HistogramWindow(clock, RATE_WINDOW_MS, histogram)
    windows.set(histogram, window)
    return window.recentCounts()
  }
  return {
    ...kafkaQuantileSheet,
    *rows() {
      for (const kind of kinds()) {
        const recent = Object.fromEntries(PARTS.map((part) => [part, recentOf(kind[part])])) as Record<Part, Float64Array>
        for (const share of KAFKA_QUANTILES) yield { kind: kind.name, share, recent, bounds: kind.total.bounds }
      }
    },
    labelsOf: ({ kind, share }) => [kind, String(share)],
  }
}

function* errorRows(kinds: Iterable<RequestKind>): Generator<ErrorRow> {
  for (const { name: kind, errors } of kinds) for (const [code, count] of errors) yield { kind, error: errorName(code), count }
}

/** Nothing else runs while a request is handled: all that is in flight at a reading waits. */
function* waitingRows(kinds: Iterable<RequestKind>): Generator<WaitingRow> {
  for (const { name, inFlight } of kinds) {
    const operation = DELAYED_OPERATIONS.get(name)
    if (operation !== undefined) yield { operation, count: inFlight }
  }
}

function* versionRows(kinds: Iterable<RequestKind>): Generator<VersionRow> {
  for (const { name: kind, versions } of kinds) {
    for (const [version, count] of versions.entries()) if (count !== undefined) yield { kind, version: String(version), count }
  }
}

function countOf({ versions }: RequestKind): number {
  return versions.reduce((sum, count) => sum + (count ?? 0), 0)
}

function inMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000
}
