import type { OtlpMetric, OtlpPoint, OtlpResource } from '../../../protocol/otlp/metrics-data.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { MetricTable } from '../../telemetry/metrics.ts'
import { shownLabels, shownName } from './pushed-names.ts'

/** Series of all clients together, and of one: a consumer of a hundred partitions has about a thousand. */
export const MAX_PUSHED_SERIES = 50_000
export const MAX_SERIES_PER_CLIENT = 5_000
/** Names of metrics; Kafka's clients know some two hundred. */
export const MAX_PUSHED_NAMES = 1_000
const LEAST_EXPIRY_MS = 60_000
/** While there are too many, what has expired is looked for this often. */
const SWEEP_INTERVAL_MS = 10_000

export interface PushingClient {
  readonly clientInstanceId: Uuid
  readonly clientId: string
  readonly pushIntervalMs: number
}

/** A client whose series are shown. */
export interface Owner {
  readonly labels: ReadonlyMap<string, string>
  seriesCount: number
  /** It made room for another: its series go at the next sweep. */
  isGone: boolean
}

export interface PushedSeries {
  readonly owner: Owner
  readonly labels: ReadonlyMap<string, string>
  value: number
  expiresAtMs: number
}

interface Family {
  readonly type: 'counter' | 'gauge'
  /** By their labels. */
  readonly series: Map<string, PushedSeries>
}

/**
 * What clients told of themselves (KIP-714), as it is shown: the last value of each figure, and the sum of what each counter
 * grew by. What a client no longer tells goes after three intervals, with the client or without. Bounded in clients, names and
 * series: of clients the one that was silent longest makes room, of the others what is new is dropped and counted.
 */
export class PushedFigures {
  readonly #maxClients: () => number
  readonly #families = new Map<string, Family>()
  /** The one that pushed last stands last. */
  readonly #owners = new Map<Uuid, Owner>()
  #seriesCount = 0
  #droppedCount = 0
  #sweptAtMs = Number.NEGATIVE_INFINITY

  constructor(maxClients: () => number) {
    this.#maxClients = maxClients
  }

  get clientCount(): number {
    return this.#owners.size
  }

  get seriesCount(): number {
    return this.#seriesCount
  }

  /** Values that were not kept, as there were too many names or series. */
  get droppedCount(): number {
    return this.#droppedCount
  }

  add(client: PushingClient, resources: readonly OtlpResource[], nowMs: number): void {
    if (this.#seriesCount >= MAX_PUSHED_SERIES && nowMs - this.#sweptAtMs >= SWEEP_INTERVAL_MS) this.#sweep(nowMs)
    const owner = this.#ownerOf(client)
    const expiresAtMs = nowMs + Math.max(LEAST_EXPIRY_MS, 3 * client.pushIntervalMs)
    for (const { attributes, metrics } of resources) {
      for (const metric of metrics) {
        for (const point of metric.points) {
          const series = this.#seriesOf(owner, metric, shownLabels(owner.labels, attributes, point.attributes))
          if (series === null) this.#droppedCount += 1
          else update(series, metric, point, expiresAtMs)
        }
      }
    }
  }

  /** What is shown at `nowMs`, a table for each name: what labels there are is the clients' choice. */
  tables(nowMs: number): readonly MetricTable<PushedSeries>[] {
    this.#sweep(nowMs)
    const names = [...this.#families.keys()].sort()
    return names.map((name) => tableOf(name, this.#families.get(name) as Family))
  }

  #ownerOf({ clientInstanceId, clientId }: PushingClient): Owner {
    const labels = { client_id: clientId, client_instance_id: clientInstanceId }
    const owner = this.#owners.get(clientInstanceId) ?? { labels: new Map(Object.entries(labels)), seriesCount: 0, isGone: false }
    this.#owners.delete(clientInstanceId)
    this.#owners.set(clientInstanceId, owner)
    for (const [id, oldest] of this.#owners) {
      if (this.#owners.size <= this.#maxClients()) break
      oldest.isGone = true
      this.#owners.delete(id)
    }
    return owner
  }

  /** null: there are too many. */
  #seriesOf(owner: Owner, metric: OtlpMetric, labels: ReadonlyMap<string, string>): PushedSeries | null {
    const type = metric.kind === 'sum' && metric.isMonotonic ? 'counter' : 'gauge'
    const name = shownName(metric.name, type === 'counter')
    if (name === null) return null
    const key = JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))
    const known = this.#families.get(name)
    const series = known?.series.get(key)
    if (series !== undefined && !series.owner.isGone) return series
    const isFull = this.#seriesCount >= MAX_PUSHED_SERIES || owner.seriesCount >= MAX_SERIES_PER_CLIENT
    if (isFull || (known === undefined && this.#families.size >= MAX_PUSHED_NAMES)) return null
    const family = known ?? { type, series: new Map() }
    const added = { owner, labels, value: 0, expiresAtMs: 0 }
    this.#families.set(name, family)
    if (series === undefined) this.#seriesCount += 1
    family.series.set(key, added)
    owner.seriesCount += 1
    return added
  }

  #sweep(nowMs: number): void {
    this.#sweptAtMs = nowMs
    for (const [name, { series }] of this.#families) {
      for (const [key, { owner, expiresAtMs }] of series) {
        if (expiresAtMs > nowMs && !owner.isGone) continue
        series.delete(key)
        owner.seriesCount -= 1
        this.#seriesCount -= 1
      }
      if (series.size === 0) this.#families.delete(name)
    }
    for (const [id, { seriesCount }] of this.#owners) if (seriesCount === 0) this.#owners.delete(id)
  }
}

/** A delta that is no number would spoil the sum for good. */
function update(series: PushedSeries, metric: OtlpMetric, { value }: OtlpPoint, expiresAtMs: number): void {
  series.expiresAtMs = expiresAtMs
  if (metric.kind === 'gauge' || !metric.isDelta) series.value = value
  else if (Number.isFinite(value)) series.value += value
}

function tableOf(name: string, { type, series }: Family): MetricTable<PushedSeries> {
  const labels = [...new Set([...series.values()].flatMap((one) => [...one.labels.keys()]))]
  const known = new Set(labels)
  return {
    labels,
    metrics: [{ name, type, help: 'As clients measured it and pushed it.', read: ({ value }) => value }],
    // What comes while others are written may have further labels, and without them be like another.
    rows: () => [...series.values()].filter((one) => [...one.labels.keys()].every((label) => known.has(label))),
    labelsOf: (one) => labels.map((label) => one.labels.get(label) ?? ''),
  }
}
