import type { Reader } from '../wire/reader.ts'
import { defaultValue } from './defaults.ts'
import { type FieldAtVersion, fieldsAtVersion } from './field-at-version.ts'
import type { Fields, MessageSpec, ScalarType, Struct } from './notation.ts'
import { includesVersion } from './versions.ts'

export type Decode = (reader: Reader) => unknown

/**
 * Makes the function that decodes one version of a message: straight-line code with no version test inside, one inner
 * function for each struct. Everything in the source text comes from schemas in this repository, nothing from the wire.
 */
export function compileDecoder(message: MessageSpec<Fields>, version: number): Decode {
  const flexible = includesVersion(message.flexible, version)
  const compiler = new DecoderCompiler(version, flexible)
  const root = compiler.structFunction({ name: message.name, fields: message.fields, versions: message.versions })
  return compiler.build(root)
}

class DecoderCompiler {
  readonly #version: number
  readonly #flexible: boolean
  readonly #functions: string[] = []
  readonly #names = new Map<Struct<Fields>, string>()
  readonly #constants: unknown[] = []

  constructor(version: number, flexible: boolean) {
    this.#version = version
    this.#flexible = flexible
  }

  build(root: string): Decode {
    const source = `'use strict'\n${this.#functions.join('\n')}\nreturn ${root}`
    return new Function('constants', source)(this.#constants) as Decode
  }

  structFunction(struct: Struct<Fields>): string {
    const known = this.#names.get(struct)
    if (known !== undefined) return known
    const name = `decode${this.#names.size}_${struct.name}`
    this.#names.set(struct, name)
    const fields = fieldsAtVersion(struct, this.#version, this.#flexible)
    const lines = fields.map((field, index) => `  let f${index} = ${this.#initial(field)}`)
    if (this.#flexible) lines.push(this.#taggedSection(fields))
    const properties = fields.map((field, index) => `${field.name}: f${index}`).join(', ')
    this.#functions.push(`function ${name}(r) {\n${lines.join('\n')}\n  return { ${properties} }\n}`)
    return name
  }

  #initial(field: FieldAtVersion): string {
    if (field.present && field.tag === undefined) return this.#read(field)
    return this.#default(field)
  }

  #default(field: FieldAtVersion): string {
    const value = defaultValue(field)
    if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'string') return JSON.stringify(value)
    this.#constants.push(value)
    return `constants[${this.#constants.length - 1}]`
  }

  #read(field: FieldAtVersion): string {
    const { type, nullable } = field
    if (typeof type === 'string') return readScalar(type, { flexible: field.flexible, nullable })
    if ('element' in type) return this.#readArray(type.element, field)
    const call = `${this.structFunction(type)}(r)`
    if (!nullable) return call
    // One byte says whether a nullable struct follows: negative for null in its place (KIP-893), 0 for null behind a tag.
    return field.tag === undefined ? `(r.int8() < 0 ? null : ${call})` : `(r.unsignedVarint() === 0 ? null : ${call})`
  }

  #readArray(element: ScalarType | Struct<Fields>, { nullable, flexible }: FieldAtVersion): string {
    const length = `r.${flexible ? (nullable ? 'compactNullableArrayLength' : 'compactArrayLength') : nullable ? 'nullableArrayLength' : 'arrayLength'}()`
    const item = typeof element === 'string' ? readScalar(element, { flexible, nullable: false }) : `${this.structFunction(element)}(r)`
    const name = `list${this.#functions.length}_${this.#constants.length}`
    this.#constants.push(null)
    const guard = nullable ? '  if (n < 0) return null\n' : ''
    this.#functions.push(
      `function ${name}(r) {\n  const n = ${length}\n${guard}  const list = []\n  for (let i = 0; i < n; i++) list.push(${item})\n  return list\n}`,
    )
    return `${name}(r)`
  }

  #taggedSection(fields: readonly FieldAtVersion[]): string {
    const tagged = fields.flatMap((field, index) => (field.present && field.tag !== undefined ? [{ field, index }] : []))
    if (tagged.length === 0) return '  r.skipTaggedFields()'
    const cases = tagged.map(({ field, index }) => `      case ${field.tag}: f${index} = ${this.#read(field)}; r.expectPosition(end); break`)
    return [
      '  for (let n = r.unsignedVarint(); n > 0; n--) {',
      '    const tag = r.unsignedVarint()',
      '    const size = r.unsignedVarint()',
      '    const end = r.position + size',
      '    switch (tag) {',
      ...cases,
      '      default: r.skip(size)',
      '    }',
      '  }',
    ].join('\n')
  }
}

function readScalar(type: ScalarType, { flexible, nullable }: { readonly flexible: boolean; readonly nullable: boolean }): string {
  switch (type) {
    case 'string':
      return `r.${flexible ? (nullable ? 'compactNullableString' : 'compactString') : nullable ? 'nullableString' : 'string'}()`
    case 'bytes':
    case 'records':
      return `r.${flexible ? (nullable ? 'compactNullableBytes' : 'compactBytes') : nullable ? 'nullableBytes' : 'bytes'}()`
    case 'bool':
    case 'int8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'int64Exact':
    case 'float64':
    case 'uuid':
      return `r.${type}()`
  }
}
