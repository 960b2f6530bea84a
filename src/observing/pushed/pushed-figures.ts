import type { OtlpMetric, OtlpPoint, OtlpResource } from '../../../protocol/otlp/metrics-data.ts'
import type { MetricTable } from '../../telemetry/metrics.ts'
import { shownLabels, shownName } from './pushed-names.ts'
import { type Owner, type PushingClient, PushingClients } from './pushing-clients.ts'

/** Series of all clients together, and of one: a consumer of a hundred partitions has about a thousand. */
export const MAX_PUSHED_SERIES = 50_000
export const MAX_SERIES_PER_CLIENT = 5_000
/** Of the labels of all series together, and of those of one client: some 250 for each series are usual. */
export const MAX_LABEL_CHARACTERS = 16 * 1024 * 1024
export const MAX_LABEL_CHARACTERS_PER_CLIENT = 2 * 1024 * 1024
/** Names of metrics; Kafka's clients know some two hundred. */
export const MAX_PUSHED_NAMES = 1_000
const LEAST_EXPIRY_MS = 60_000
/** While there are too many, what has expired is looked for this often. */
const SWEEP_INTERVAL_MS = 10_000

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
 * grew by. What a client no longer tells goes after three intervals, with the client or without.
 *
 * Nothing that a client chooses is without bound: neither clients (`PushingClients`), names, series, nor the length of labels, each
 * and together. What has no place is dropped and counted. Whether a client is asked for a metric is for who calls to know.
 */
export class PushedFigures {
  readonly #clients: PushingClients
  readonly #families = new Map<string, Family>()
  #seriesCount = 0
  #labelCharacters = 0
  #droppedCount = 0
  #sweptAtMs = Number.NEGATIVE_INFINITY

  constructor(maxClients: () => number) {
    this.#clients = new PushingClients(maxClients)
  }

  get clientCount(): number {
    return this.#clients.count
  }

  get seriesCount(): number {
    return this.#seriesCount
  }

  /** Of the labels of all series. */
  get labelCharacters(): number {
    return this.#labelCharacters
  }

  /** Values that were not kept: there were too many clients, names or series, or their labels are too long. */
  get droppedCount(): number {
    return this.#droppedCount
  }

  /** @param isWanted whether the client is asked for the metric of this name */
  add(client: PushingClient, resources: readonly OtlpResource[], isWanted: (name: string) => boolean, nowMs: number): void {
    if (this.#isFull && nowMs - this.#sweptAtMs >= SWEEP_INTERVAL_MS) this.#sweep(nowMs)
    const wanted = resources.map(({ attributes, metrics }) => ({ attributes, metrics: metrics.filter(({ name }) => isWanted(name)) }))
    this.#droppedCount += pointCount(resources) - pointCount(wanted)
    const owner = this.#clients.ownerOf(client, nowMs)
    if (owner === null) {
      this.#droppedCount += pointCount(wanted)
      return
    }
    const expiresAtMs = nowMs + Math.max(LEAST_EXPIRY_MS, 3 * client.pushIntervalMs)
    for (const { attributes, metrics } of wanted) {
      for (const metric of metrics) {
        for (const point of metric.points) {
          const series = this.#seriesOf(owner, metric, shownLabels(owner.labels, attributes, point.attributes))
          if (series === null) this.#droppedCount += 1
          else update(series, metric, point, expiresAtMs)
        }
      }
    }
  }

  connectionClosed(connectionId: number): void {
    this.#clients.connectionClosed(connectionId)
  }

  /** What is shown at `nowMs`, a table for each name: what labels there are is the clients' choice. */
  tables(nowMs: number): readonly MetricTable<PushedSeries>[] {
    this.#sweep(nowMs)
    const names = [...this.#families.keys()].sort()
    return names.map((name) => tableOf(name, this.#families.get(name) as Family))
  }

  get #isFull(): boolean {
    return this.#seriesCount >= MAX_PUSHED_SERIES || this.#labelCharacters >= MAX_LABEL_CHARACTERS
  }

  /** null: it has no name or labels that could be shown, or there are too many. */
  #seriesOf(owner: Owner, metric: OtlpMetric, labels: ReadonlyMap<string, string> | null): PushedSeries | null {
    const type = metric.kind === 'sum' && metric.isMonotonic ? 'counter' : 'gauge'
    const name = shownName(metric.name, type === 'counter')
    if (name === null || labels === null) return null
    const key = keyOf(labels)
    const known = this.#families.get(name)
    const series = known?.series.get(key)
    if (series !== undefined && !series.owner.isGone) return series
    if (!this.#fits(owner, key.length) || (known === undefined && this.#families.size >= MAX_PUSHED_NAMES)) return null
    const family = known ?? { type, series: new Map() }
    const added = { owner, labels, value: 0, expiresAtMs: 0 }
    this.#families.set(name, family)
    if (series !== undefined) this.#count(series.owner, -1, -key.length)
    family.series.set(key, added)
    this.#count(owner, 1, key.length)
    return added
  }

  #fits(owner: Owner, characters: number): boolean {
    const isInAll = this.#seriesCount < MAX_PUSHED_SERIES && this.#labelCharacters + characters <= MAX_LABEL_CHARACTERS
    return isInAll && owner.seriesCount < MAX_SERIES_PER_CLIENT && owner.labelCharacters + characters <= MAX_LABEL_CHARACTERS_PER_CLIENT
  }

  #count(owner: Owner, series: 1 | -1, characters: number): void {
    owner.seriesCount += series
    owner.labelCharacters += characters
    this.#seriesCount += series
    this.#labelCharacters += characters
  }

  #sweep(nowMs: number): void {
    this.#sweptAtMs = nowMs
    for (const [name, { series }] of this.#families) {
      for (const [key, { owner, expiresAtMs }] of series) {
        if (expiresAtMs > nowMs && !owner.isGone) continue
        series.delete(key)
        this.#count(owner, -1, -key.length)
      }
      if (series.size === 0) this.#families.delete(name)
    }
    this.#clients.forgetIdle()
  }
}

/** The same for the same labels, in whatever order they came. */
function keyOf(labels: ReadonlyMap<string, string>): string {
  let key = ''
  for (const [name, value] of [...labels].sort(([a], [b]) => (a < b ? -1 : 1))) key += `${name}=${value.length}:${value}`
  return key
}

function pointCount(resources: readonly OtlpResource[]): number {
  let count = 0
  for (const { metrics } of resources) for (const { points } of metrics) count += points.length
  return count
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
