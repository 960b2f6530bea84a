import fc from 'fast-check'
import { defaultValue } from '../../protocol/schema/defaults.ts'
import { type FieldAtVersion, fieldsAtVersion } from '../../protocol/schema/field-at-version.ts'
import type { ArrayType, Fields, MessageSpec, ScalarType, Struct } from '../../protocol/schema/notation.ts'
import { includesVersion } from '../../protocol/schema/versions.ts'
import { uuidFromBytes } from '../../protocol/uuid.ts'

/** Values for scalar fields, and elements of lists of scalars, by the field's name; undefined lets any value of the type be. */
export type ChooseScalars = (fieldName: string) => fc.Arbitrary<unknown> | undefined

interface At {
  readonly version: number
  readonly flexible: boolean
  readonly choose: ChooseScalars
}

/** Values that one version of a message can say: fields that it lacks have their defaults. */
export function arbitraryMessage(
  message: MessageSpec<Fields>,
  version: number,
  choose: ChooseScalars = () => undefined,
): fc.Arbitrary<Record<string, unknown>> {
  return arbitraryStruct(message.fields, { version, flexible: includesVersion(message.flexible, version), choose })
}

function arbitraryStruct(fields: Fields, at: At): fc.Arbitrary<Record<string, unknown>> {
  const struct: Struct<Fields> = { name: 'any', fields, versions: '0+' }
  const entries = fieldsAtVersion(struct, at.version, at.flexible).map((field) => [field.name, arbitraryField(field, at)] as const)
  return fc.record(Object.fromEntries(entries), { noNullPrototype: true })
}

function arbitraryField(field: FieldAtVersion, at: At): fc.Arbitrary<unknown> {
  if (!field.present) return fc.constant(defaultValue(field))
  const value = arbitraryType(field.name, field.type, at)
  const some = field.nullable ? fc.option(value, { freq: 4 }) : value
  const standard = defaultValue(field)
  // An absent tagged field and one that holds its default are one and the same on the wire.
  return standard === null && !field.nullable ? some : fc.oneof({ arbitrary: fc.constant(standard), weight: 1 }, { arbitrary: some, weight: 3 })
}

function arbitraryType(fieldName: string, type: ScalarType | Struct<Fields> | ArrayType, at: At): fc.Arbitrary<unknown> {
  if (typeof type === 'string') return at.choose(fieldName) ?? arbitraryScalar(type)
  if ('element' in type) return fc.array(arbitraryType(fieldName, type.element, at), { maxLength: 3 })
  return arbitraryStruct(type.fields, at)
}

function arbitraryScalar(type: ScalarType): fc.Arbitrary<unknown> {
  switch (type) {
    case 'bool':
      return fc.boolean()
    case 'int8':
      return fc.integer({ min: -128, max: 127 })
    case 'int16':
      return fc.integer({ min: -0x8000, max: 0x7fff })
    case 'uint16':
      return fc.integer({ min: 0, max: 0xffff })
    case 'int32':
      return fc.integer()
    case 'uint32':
      return fc.integer({ min: 0, max: 0xffff_ffff })
    case 'int64':
      return fc.maxSafeInteger()
    case 'int64Exact':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    case 'float64':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'string':
      return fc.string({ unit: 'binary', maxLength: 20 })
    case 'uuid':
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => uuidFromBytes(Buffer.from(bytes)))
    case 'bytes':
    case 'records':
      return fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))
  }
}
