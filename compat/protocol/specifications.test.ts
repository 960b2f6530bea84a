import { describe, expect, test } from 'vitest'
import { apis } from '../../protocol/apis.ts'
import type { Field, Fields, MessageSpec, Struct } from '../../protocol/schema/notation.ts'
import { allSchemas } from '../../test/support/schemas.ts'
import { readSpecifications, type Specification, type SpecifiedField } from './specifications.ts'

/** Both sides are brought into one plain form and compared whole. */
interface PlainField {
  readonly name: string
  readonly type: string
  readonly versions: string
  readonly nullable: string
  readonly default: string
  readonly tag: string
  readonly ignorable: boolean
  readonly mapKey: boolean
  readonly flexible: string
  readonly fields: readonly PlainField[]
}

const specifications = await readSpecifications()
const schemas = await allSchemas()

describe('our schemas and the specifications of Apache Kafka', () => {
  test('are of the same 280 messages', () => {
    expect(specifications.size).toBe(280)
    expect(schemas.map(({ message }) => message.name).sort()).toEqual([...specifications.keys()].sort())
  })

  test.each(schemas.map(({ message }) => [message.name, message] as const))('%s', (name, message) => {
    const specification = specifications.get(name) as Specification
    expect(plainMessage(message)).toEqual(plainSpecification(specification))
  })

  test('the table of APIs holds every request that has a version', () => {
    const requests = schemas.flatMap(({ message }) => (message.kind === 'request' && message.versions !== 'none' ? [message.name] : []))
    expect(apis.map(({ request }) => request.name).sort()).toEqual(requests.sort())
    for (const { key, request, response } of apis)
      expect([request.key, response.key, response.name]).toEqual([key, key, request.name.replace(/Request$/, 'Response')])
  })
})

function plainMessage(message: MessageSpec<Fields>): unknown {
  return {
    name: message.name,
    type: message.kind,
    key: message.key,
    versions: message.versions,
    flexible: message.flexible,
    listeners: message.listeners ?? [],
    latestVersionUnstable: message.latestVersionUnstable === true,
    fields: plainFields(message.fields),
  }
}

function plainFields(fields: Fields): readonly PlainField[] {
  return Object.entries(fields).map(([name, field]) => {
    const { element, isArray } = elementOf(field)
    return {
      name,
      type: `${isArray ? '[]' : ''}${typeof element === 'string' ? element.replace('int64Exact', 'int64') : element.name}`,
      versions: field.versions,
      nullable: field.options.nullable ?? 'none',
      default: field.options.default === null ? 'null' : plainDefault(isArray ? '[]' : typeof element === 'string' ? element : 'struct', field.options.default),
      tag: field.options.tag === undefined ? 'none' : `${field.options.tag} in ${field.options.tagged}`,
      ignorable: field.options.ignorable === true,
      mapKey: field.options.mapKey === true,
      flexible: field.options.flexible ?? 'as the message',
      fields: typeof element === 'string' ? [] : plainFields(element.fields),
    }
  })
}

function elementOf(field: Field<unknown, boolean>): { readonly element: string | Struct<Fields>; readonly isArray: boolean } {
  if (typeof field.type !== 'string' && 'element' in field.type) return { element: field.type.element, isArray: true }
  return { element: field.type, isArray: false }
}

function plainSpecification(specification: Specification): unknown {
  return {
    name: specification.name,
    type: specification.type,
    key: specification.apiKey,
    versions: specification.validVersions,
    flexible: specification.flexibleVersions ?? 'none',
    listeners: specification.listeners ?? [],
    latestVersionUnstable: specification.latestVersionUnstable === true,
    fields: plainSpecifiedFields(specification.fields ?? [], specification),
  }
}

function plainSpecifiedFields(fields: readonly SpecifiedField[], specification: Specification): readonly PlainField[] {
  return fields.map((field) => {
    const isArray = field.type.startsWith('[]')
    const element = isArray ? field.type.slice(2) : field.type
    const common = specification.commonStructs?.find((struct) => struct.name === element)
    const isStruct = /^[A-Z]/.test(element)
    return {
      name: field.name.charAt(0).toLowerCase() + field.name.slice(1),
      type: field.type,
      // A field that is only tagged may leave its versions out.
      versions: field.versions ?? field.taggedVersions ?? 'missing',
      nullable: field.nullableVersions ?? 'none',
      default: plainDefault(isArray ? '[]' : isStruct ? 'struct' : element, field.default),
      tag: field.tag === undefined ? 'none' : `${field.tag} in ${field.taggedVersions}`,
      ignorable: String(field.ignorable) === 'true',
      mapKey: field.mapKey === true,
      flexible: field.flexibleVersions ?? 'as the message',
      fields: isStruct ? plainSpecifiedFields(field.fields ?? common?.fields ?? [], specification) : [],
    }
  })
}

/**
 * The default as a text; what Kafka leaves out is zero, empty or false. A few specifications give the JSON value null
 * instead of the text "null", and Kafka's generator reads that as left out: its classes start with an empty list there.
 */
function plainDefault(type: string, specified: unknown): string {
  if (specified === 'null') return 'null'
  const value = specified ?? undefined
  if (type === '[]' || type === 'struct' || type === 'bytes' || type === 'records' || type === 'uuid') return value === undefined ? 'empty' : String(value)
  if (type === 'string') return `"${value ?? ''}"`
  if (type === 'bool') return String(value ?? false)
  if (type === 'float64') return String(Number(value ?? 0))
  return String(BigInt((value ?? 0) as string | number))
}
