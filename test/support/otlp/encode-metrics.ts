/** Metrics as clients push them, written field by field as opentelemetry-proto says; for tests of what reads them. */

type Attributes = Readonly<Record<string, string | number | boolean>>

export interface PushedPoint {
  readonly value: number
  /** The value is written as an integer. */
  readonly isInteger?: boolean
  readonly attributes?: Attributes
}

export type PushedMetric =
  | { readonly name: string; readonly gauge: readonly PushedPoint[] }
  | { readonly name: string; readonly sum: readonly PushedPoint[]; readonly isDelta?: boolean; readonly isMonotonic?: boolean }

export function encodeMetrics(metrics: readonly PushedMetric[], resource: Attributes = {}): Buffer {
  const scope = bytesField(
    2,
    Buffer.concat([bytesField(1, stringField(1, 'org.apache.kafka')), ...metrics.map((metric) => bytesField(2, encodeMetric(metric)))]),
  )
  return bytesField(1, Buffer.concat([bytesField(1, attributes(1, resource)), scope, stringField(3, 'a schema')]))
}

function encodeMetric(metric: PushedMetric): Buffer {
  const head = Buffer.concat([stringField(1, metric.name), stringField(2, 'described'), stringField(3, 'ms')])
  if ('gauge' in metric) return Buffer.concat([head, bytesField(5, Buffer.concat(metric.gauge.map((point) => bytesField(1, encodePoint(point)))))])
  const { sum, isDelta = false, isMonotonic = true } = metric
  const kind = [varintField(2, isDelta ? 1n : 2n), varintField(3, isMonotonic ? 1n : 0n)]
  return Buffer.concat([head, bytesField(7, Buffer.concat([...sum.map((point) => bytesField(1, encodePoint(point))), ...kind]))])
}

function encodePoint({ value, isInteger = false, attributes: named = {} }: PushedPoint): Buffer {
  const fixed = Buffer.alloc(8)
  if (isInteger) fixed.writeBigInt64LE(BigInt(value))
  else fixed.writeDoubleLE(value)
  return Buffer.concat([fixedField(2, 1n), fixedField(3, 2n), attributes(7, named), tag(isInteger ? 6 : 4, 1), fixed])
}

function attributes(field: number, named: Attributes): Buffer {
  return Buffer.concat(Object.entries(named).map(([key, value]) => bytesField(field, Buffer.concat([stringField(1, key), bytesField(2, anyValue(value))]))))
}

function anyValue(value: string | number | boolean): Buffer {
  if (typeof value === 'string') return stringField(1, value)
  if (typeof value === 'boolean') return varintField(2, value ? 1n : 0n)
  return varintField(3, BigInt.asUintN(64, BigInt(value)))
}

export function stringField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text))
}

export function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([tag(field, 2), varint(BigInt(bytes.length)), bytes])
}

function varintField(field: number, value: bigint): Buffer {
  return Buffer.concat([tag(field, 0), varint(value)])
}

function fixedField(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return Buffer.concat([tag(field, 1), bytes])
}

function tag(field: number, wireType: number): Buffer {
  return varint(BigInt(field * 8 + wireType))
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)])
    bytes.push(Number(rest & 0x7fn) | 0x80)
  }
}
