import { ZERO_UUID } from '../uuid.ts'
import type { FieldAtVersion } from './field-at-version.ts'
import type { ArrayType, Fields, ScalarType, Struct } from './notation.ts'

const NO_BYTES = Buffer.alloc(0)
const NO_ELEMENTS: readonly never[] = Object.freeze([])

/** What a field has in a version that lacks it, and what is not written when it is tagged. */
export function defaultValue(field: Pick<FieldAtVersion, 'type' | 'explicitDefault'>): unknown {
  return field.explicitDefault === undefined ? implicitDefault(field.type) : field.explicitDefault
}

function implicitDefault(type: ScalarType | Struct<Fields> | ArrayType): unknown {
  if (typeof type !== 'string') return 'element' in type ? NO_ELEMENTS : structDefault(type)
  switch (type) {
    case 'bool':
      return false
    case 'int64Exact':
      return 0n
    case 'string':
      return ''
    case 'uuid':
      return ZERO_UUID
    case 'bytes':
    case 'records':
      return NO_BYTES
    case 'int8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'float64':
      return 0
  }
}

function structDefault(struct: Struct<Fields>): unknown {
  const entries = Object.entries(struct.fields).map(([name, { type, options }]) => [name, defaultValue({ type, explicitDefault: options.default })])
  return Object.freeze(Object.fromEntries(entries))
}

/** Whether a value to be written is what an absent field stands for. Structs are compared field by field, missing ones being defaults. */
export function isDefault(field: Pick<FieldAtVersion, 'type' | 'explicitDefault'>, value: unknown): boolean {
  if (value === undefined) return true
  const standard = defaultValue(field)
  if (value === standard) return true
  if (value === null || standard === null || typeof field.type === 'string') return isEmptyBytes(value, standard)
  if ('element' in field.type) return (value as readonly unknown[]).length === 0
  return Object.entries(field.type.fields).every(([name, { type, options }]) =>
    isDefault({ type, explicitDefault: options.default }, (value as Record<string, unknown>)[name]),
  )
}

function isEmptyBytes(value: unknown, standard: unknown): boolean {
  return value instanceof Uint8Array && standard instanceof Uint8Array && value.length === 0
}
