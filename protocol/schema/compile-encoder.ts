import { EncodeError } from '../errors.ts'
import type { Writer } from '../wire/writer.ts'
import { defaultValue, isDefault } from './defaults.ts'
import { type FieldAtVersion, fieldsAtVersion } from './field-at-version.ts'
import type { Fields, MessageSpec, ScalarType, Struct } from './notation.ts'
import { includesVersion } from './versions.ts'

export type Encode = (writer: Writer, value: unknown) => void

/**
 * Makes the function that encodes one version of a message, in the same form as the decoder. A field that is missing in
 * the value is written as its default; one that the version lacks must have its default or be ignorable, else the
 * function throws an `EncodeError` rather than lose what was to be said.
 */
export function compileEncoder(message: MessageSpec<Fields>, version: number): Encode {
  const compiler = new EncoderCompiler(message.name, version, includesVersion(message.flexible, version))
  const root = compiler.structFunction({ name: message.name, fields: message.fields, versions: message.versions })
  return compiler.build(root)
}

class EncoderCompiler {
  readonly #messageName: string
  readonly #version: number
  readonly #flexible: boolean
  readonly #functions: string[] = []
  readonly #names = new Map<Struct<Fields>, string>()
  readonly #constants: unknown[] = []

  constructor(messageName: string, version: number, flexible: boolean) {
    this.#messageName = messageName
    this.#version = version
    this.#flexible = flexible
  }

  build(root: string): Encode {
    const source = `'use strict'\n${this.#functions.join('\n')}\nreturn ${root}`
    return new Function('constants', 'isDefault', 'refuse', source)(this.#constants, isDefault, this.#refuse) as Encode
  }

  structFunction(struct: Struct<Fields>): string {
    const known = this.#names.get(struct)
    if (known !== undefined) return known
    const name = `encode${this.#names.size}_${struct.name}`
    this.#names.set(struct, name)
    const fields = fieldsAtVersion(struct, this.#version, this.#flexible)
    const lines = fields.flatMap((field) => this.#fieldLines(field))
    if (this.#flexible) lines.push(...this.#taggedSection(fields))
    this.#functions.push(`function ${name}(w, v) {\n${lines.join('\n')}\n}`)
    return name
  }

  #fieldLines(field: FieldAtVersion): readonly string[] {
    if (!field.present) {
      return field.ignorable
        ? []
        : [`  if (v.${field.name} !== undefined && !isDefault(${this.#constant(field)}, v.${field.name})) refuse('${field.name}', 'is not in this version')`]
    }
    return field.tag === undefined ? [`  ${this.#write(field, 'w', this.#valueOf(field))}`] : []
  }

  #valueOf(field: FieldAtVersion): string {
    return `(v.${field.name} === undefined ? ${this.#constant(defaultValue(field))} : v.${field.name})`
  }

  #write(field: FieldAtVersion, writer: string, value: string): string {
    const { type, nullable, flexible } = field
    if (typeof type === 'string' && !isVariable(type)) return `${writer}.${type}(${value})`
    const inner = `value_${field.name}`
    const lines = [`const ${inner} = ${value}`]
    if (!nullable) lines.push(`if (${inner} === null) refuse('${field.name}', 'is null')`)
    if (typeof type === 'string') lines.push(`${writer}.${variableMethod(type, { flexible, nullable })}(${inner})`)
    else if ('element' in type) lines.push(this.#writeArray(type.element, field, writer, inner))
    // One byte says whether a nullable struct follows: negative for null in its place (KIP-893), 0 for null behind a tag.
    else if (nullable)
      lines.push(
        `if (${inner} === null) ${writer}.int8(${field.tag === undefined ? -1 : 0}); else { ${writer}.int8(1); ${this.structFunction(type)}(${writer}, ${inner}) }`,
      )
    else lines.push(`${this.structFunction(type)}(${writer}, ${inner})`)
    return `{ ${lines.join('; ')} }`
  }

  #writeArray(element: ScalarType | Struct<Fields>, { flexible, nullable }: FieldAtVersion, writer: string, list: string): string {
    const length = flexible ? 'compactArrayLength' : 'arrayLength'
    const item = typeof element === 'string' ? writeElement(element, writer, flexible) : `${this.structFunction(element)}(${writer}, item)`
    const loop = `${writer}.${length}(${list}.length); for (const item of ${list}) ${item}`
    return nullable ? `if (${list} === null) ${writer}.${length}(-1); else { ${loop} }` : loop
  }

  #taggedSection(fields: readonly FieldAtVersion[]): readonly string[] {
    const tagged = fields.filter((field) => field.present && field.tag !== undefined).sort((a, b) => (a.tag as number) - (b.tag as number))
    if (tagged.length === 0) return ['  w.unsignedVarint(0)']
    const flags = tagged.map((field, index) => `  const has${index} = v.${field.name} !== undefined && !isDefault(${this.#constant(field)}, v.${field.name})`)
    const writes = tagged.map(
      (field, index) => `  if (has${index}) w.tagged(${field.tag}, (t) => ${this.#write(field, 't', `v.${field.name}`).replace(/^([^{].*)$/, '{ $1 }')})`,
    )
    return [...flags, `  w.unsignedVarint(${tagged.map((_, index) => `(has${index} ? 1 : 0)`).join(' + ')})`, ...writes]
  }

  #constant(value: unknown): string {
    if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'string') return JSON.stringify(value)
    this.#constants.push(value)
    return `constants[${this.#constants.length - 1}]`
  }

  readonly #refuse = (field: string, why: string): never => {
    throw new EncodeError(`${this.#messageName} version ${this.#version}: ${field} ${why}`)
  }
}

type VariableType = 'string' | 'bytes' | 'records'

function isVariable(type: ScalarType): type is VariableType {
  return type === 'string' || type === 'bytes' || type === 'records'
}

function variableMethod(type: VariableType, { flexible, nullable }: { readonly flexible: boolean; readonly nullable: boolean }): string {
  const noun = type === 'string' ? 'String' : 'Bytes'
  const name = `${flexible ? 'compact' : ''}${nullable ? 'Nullable' : ''}${noun}`
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function writeElement(type: ScalarType, writer: string, flexible: boolean): string {
  return `${writer}.${isVariable(type) ? variableMethod(type, { flexible, nullable: false }) : type}(item)`
}
