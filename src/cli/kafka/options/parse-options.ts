import { OptionError } from './option-error.ts'
import type { OptionSpec, OptionTable } from './option-table.ts'

/** An option as it was given; null where it has no value. */
export interface GivenOption {
  readonly name: string
  readonly value: string | null
}

const MIN_INT = -2_147_483_648n
const MAX_INT = 2_147_483_647n
const MIN_LONG = -9_223_372_036_854_775_808n
const MAX_LONG = 9_223_372_036_854_775_807n

/** What a command line of one of Kafka's programs says. Values are looked at when they are asked for, as there. */
export class Options {
  /** In the order of the command line. */
  readonly given: readonly GivenOption[]
  readonly #table: OptionTable

  constructor(table: OptionTable, given: readonly GivenOption[]) {
    this.#table = table
    this.given = given
  }

  has(name: string): boolean {
    return this.given.some((option) => option.name === name)
  }

  /** All values, or the default. */
  values(name: string): readonly string[] {
    const { separator, default: standard } = this.#spec(name)
    const values = this.given.flatMap((option) => (option.name === name && option.value !== null ? [option.value] : []))
    if (values.length === 0) return standard === undefined || this.has(name) ? [] : [standard]
    return separator === undefined ? values : values.flatMap((value) => value.split(separator))
  }

  /** The one value, or the default; null where there is neither. Errors: `OptionError` for several. */
  value(name: string): string | null {
    const values = this.values(name)
    if (values.length > 1) throw new OptionError(`Found multiple arguments for option ${name}, but you asked for only one`)
    return values[0] ?? null
  }

  /** As `value`, for an option whose value is a number. Errors: `OptionError` for what is none. */
  number(name: string): number | null {
    const text = this.value(name)
    return text === null ? null : numberOf(name, text, this.#spec(name))
  }

  #spec(name: string): OptionSpec {
    return this.#table[name] as OptionSpec
  }
}

function numberOf(name: string, text: string, { type }: OptionSpec): number {
  const [min, max] = type === 'long' ? [MIN_LONG, MAX_LONG] : [MIN_INT, MAX_INT]
  const number = /^[+-]?[0-9]+$/.test(text) ? BigInt(text.replace('+', '')) : null
  if (number === null || number < min || number > max) throw new OptionError(`Cannot parse argument '${text}' of option ${name}`)
  return Number(number)
}

/**
 * Reads options as Kafka's tools do: `--name value`, `--name=value` and `-name value`, each any number of times; words that
 * are no options are passed over.
 *
 * Errors: `OptionError` with the text that the tools print.
 */
export function parseOptions(table: OptionTable, args: readonly string[]): Options {
  const given: GivenOption[] = []
  for (let index = 0; index < args.length; ) {
    const word = args[index] as string
    if (word === '--') break
    index += isOption(word) ? take(table, args, index, given) : 1
  }
  const options = new Options(table, given)
  checkAvailable(table, options)
  return options
}

function isOption(word: string): boolean {
  return word.startsWith('-') && word !== '-'
}

/** Returns the count of words that were taken. */
function take(table: OptionTable, args: readonly string[], index: number, given: GivenOption[]): number {
  const { name, value } = split(args[index] as string)
  const spec = Object.hasOwn(table, name) ? table[name] : undefined
  if (spec === undefined) throw new OptionError(`${unknownPart(args[index] as string, name)} is not a recognized option`)
  if (spec.value === undefined) {
    given.push({ name, value: null })
    return 1
  }
  if (value !== '') {
    given.push({ name, value })
    return 1
  }
  const next = args[index + 1]
  if (spec.valueIsOptional === true ? next === undefined || isOption(next) : next === undefined) {
    if (spec.valueIsOptional !== true) throw new OptionError(`Option ${name} requires an argument`)
    given.push({ name, value: null })
    return 1
  }
  given.push({ name, value: next as string })
  return 2
}

function split(word: string): { readonly name: string; readonly value: string } {
  const text = word.replace(/^--?/, '')
  const equals = text.indexOf('=')
  return equals < 0 ? { name: text, value: '' } : { name: text.slice(0, equals), value: text.slice(equals + 1) }
}

/** Behind a single dash each letter is an option, so that the first is the one that nobody knows. */
function unknownPart(word: string, name: string): string {
  return word.startsWith('--') ? name : name.slice(0, 1)
}

function checkAvailable(table: OptionTable, options: Options): void {
  for (const [name, { availableIf }] of Object.entries(table)) {
    if (availableIf === undefined || !options.has(name) || availableIf.some((other) => options.has(other))) continue
    throw new OptionError(`Option(s) [${name}] are unavailable given other options on the command line`)
  }
}
