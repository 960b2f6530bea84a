import type { ArrayType, Fields, ScalarType, Struct } from './notation.ts'
import { includesVersion } from './versions.ts'

/** What one version of a message makes of a field. */
export interface FieldAtVersion {
  readonly name: string
  readonly type: ScalarType | Struct<Fields> | ArrayType
  readonly present: boolean
  readonly nullable: boolean
  /** Lengths are compact and the section of tagged fields follows. Source: KIP-482. */
  readonly flexible: boolean
  /** undefined where the field stands in its place. */
  readonly tag: number | undefined
  readonly ignorable: boolean
  readonly explicitDefault: unknown
}

export function fieldsAtVersion(struct: Struct<Fields>, version: number, flexible: boolean): readonly FieldAtVersion[] {
  return Object.entries(struct.fields).map(([name, { type, versions, options }]) => ({
    name,
    type,
    present: includesVersion(versions, version),
    nullable: includesVersion(options.nullable, version),
    flexible: options.flexible === undefined ? flexible : includesVersion(options.flexible, version),
    tag: includesVersion(options.tagged, version) ? options.tag : undefined,
    ignorable: options.ignorable === true,
    explicitDefault: options.default,
  }))
}
