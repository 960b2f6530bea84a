import { DecodeError } from '../errors.ts'
import { ProtobufReader } from './protobuf-reader.ts'

/** What describes a resource or a point, by name; values of other kinds than text, numbers and booleans are left out. */
export type OtlpAttributes = ReadonlyMap<string, string>

export interface OtlpPoint {
  readonly attributes: OtlpAttributes
  /** An integer beyond 2^53 loses its last digits. */
  readonly value: number
}

/** A figure, or a total. */
export type OtlpMetric =
  | { readonly kind: 'gauge'; readonly name: string; readonly points: readonly OtlpPoint[] }
  | {
      readonly kind: 'sum'
      readonly name: string
      /** The points tell what came since the last ones, not all since the beginning. */
      readonly isDelta: boolean
      /** It never goes down. */
      readonly isMonotonic: boolean
      readonly points: readonly OtlpPoint[]
    }

/** What one client, or one part of it, measured. */
export interface OtlpResource {
  readonly attributes: OtlpAttributes
  readonly metrics: readonly OtlpMetric[]
}

/** A client's figures with all their labels are some hundreds. Reading and keeping this many takes some 50 ms. */
export const MAX_OTLP_POINTS = 10_000
const MAX_ATTRIBUTES = 64
const DELTA = 1n

/** What may still be read of a message. */
interface Budget {
  points: number
}

/**
 * The gauges and sums of OpenTelemetry's `MetricsData`, which clients push (KIP-714). Histograms, summaries, exemplars and
 * units are passed over: Kafka's clients send none.
 *
 * Errors: `DecodeError` for what is no such message, or holds more than `MAX_OTLP_POINTS` points.
 * Source: opentelemetry-proto 1.x, metrics/v1/metrics.proto, common/v1/common.proto, resource/v1/resource.proto.
 */
export function decodeMetricsData(bytes: Buffer): OtlpResource[] {
  const budget = { points: MAX_OTLP_POINTS }
  const resources: OtlpResource[] = []
  for (const reader = new ProtobufReader(bytes); reader.next(); ) {
    if (reader.field === 1) resources.push(resourceMetrics(reader.bytes(), budget))
    else reader.skip()
  }
  return resources
}

function resourceMetrics(bytes: Buffer, budget: Budget): OtlpResource {
  let attributes: OtlpAttributes = new Map()
  const metrics: OtlpMetric[] = []
  for (const reader = new ProtobufReader(bytes); reader.next(); ) {
    if (reader.field === 1) attributes = attributesIn(reader.bytes(), 1)
    else if (reader.field === 2) scopeMetrics(reader.bytes(), metrics, budget)
    else reader.skip()
  }
  return { attributes, metrics }
}

function scopeMetrics(bytes: Buffer, metrics: OtlpMetric[], budget: Budget): void {
  for (const reader = new ProtobufReader(bytes); reader.next(); ) {
    if (reader.field !== 2) {
      reader.skip()
      continue
    }
    spend(budget)
    const decoded = metric(reader.bytes(), budget)
    if (decoded !== null) metrics.push(decoded)
  }
}

/** null for a kind that is passed over. */
function metric(bytes: Buffer, budget: Budget): OtlpMetric | null {
  let name = ''
  let data: Nameless<OtlpMetric> | null = null
  for (const reader = new ProtobufReader(bytes); reader.next(); ) {
    if (reader.field === 1) name = reader.string()
    else if (reader.field === 5) data = gauge(reader.bytes(), budget)
    else if (reader.field === 7) data = sum(reader.bytes(), budget)
    else reader.skip()
  }
  return data === null ? null : { ...data, name }
}

/** A metric before its name is known. */
type Nameless<M> = M extends OtlpMetric ? Omit<M, 'name'> : never

function gauge(bytes: Buffer, budget: Budget): Nameless<OtlpMetric> {
  const points: OtlpPoint[] = []
  for (const reader = new ProtobufReader(bytes); reader.next(); ) {
    if (reader.field === 1) addPoint(points, reader.bytes(), budget)
    else reader.skip()
  }
  return { kind: 'gauge', points }
}

function sum(bytes: Buffer, budget: Budget): Nameless<OtlpMetric> {
  const points: OtlpPoint[] = []
  let isDelta = false
  let isMonotonic = false
  for (const reader = new ProtobufReader(bytes); reader.next(); ) {
    if (reader.field === 1) addPoint(points, reader.bytes(), budget)
    else if (reader.field === 2) isDelta = reader.varint() === DELTA
    else if (reader.field === 3) isMonotonic = reader.varint() !== 0n
    else reader.skip()
  }
  return { kind: 'sum', isDelta, isMonotonic, points }
}

/** A point without a value tells nothing. */
function addPoint(points: OtlpPoint[], bytes: Buffer, budget: Budget): void {
  spend(budget)
  const attributes = new Map<string, string>()
  let value: number | null = null
  for (const reader = new ProtobufReader(bytes); reader.next(); ) {
    if (reader.field === 4) value = reader.double()
    else if (reader.field === 6) value = Number(reader.signedFixed64())
    else if (reader.field === 7) addAttribute(attributes, reader.bytes())
    else reader.skip()
  }
  if (value !== null) points.push({ attributes, value })
}

function spend(budget: Budget): void {
  budget.points -= 1
  if (budget.points < 0) throw new DecodeError(`more than ${MAX_OTLP_POINTS} points at once`)
}

function attributesIn(bytes: Buffer, field: number): OtlpAttributes {
  const attributes = new Map<string, string>()
  for (const reader = new ProtobufReader(bytes); reader.next(); ) {
    if (reader.field === field) addAttribute(attributes, reader.bytes())
    else reader.skip()
  }
  return attributes
}

function addAttribute(attributes: Map<string, string>, bytes: Buffer): void {
  let key = ''
  let value: string | null = null
  for (const reader = new ProtobufReader(bytes); reader.next(); ) {
    if (reader.field === 1) key = reader.string()
    else if (reader.field === 2) value = plainValue(reader.bytes())
    else reader.skip()
  }
  if (value === null) return
  if (attributes.size >= MAX_ATTRIBUTES && !attributes.has(key)) throw new DecodeError(`more than ${MAX_ATTRIBUTES} attributes`)
  attributes.set(key, value)
}

/** null for arrays, maps, bytes, and nothing. */
function plainValue(bytes: Buffer): string | null {
  let value: string | null = null
  for (const reader = new ProtobufReader(bytes); reader.next(); ) {
    if (reader.field === 1) value = reader.string()
    else if (reader.field === 2) value = String(reader.varint() !== 0n)
    else if (reader.field === 3) value = String(BigInt.asIntN(64, reader.varint()))
    else if (reader.field === 4) value = String(reader.double())
    else reader.skip()
  }
  return value
}
