import { parseArgs } from 'node:util'
import { nearestName } from '../config/sources/nearest-name.ts'
import { UsageError } from './usage-error.ts'

/** One flag of a command. */
export interface Flag {
  /** What stands for the value in the help; none for a flag that is there or not. */
  readonly value?: string
  /** May be given more than once. */
  readonly multiple?: true
  readonly short?: string
  readonly does: string
}

/** What a command is about, named without a flag. */
export interface Argument {
  /** As the help shows it. */
  readonly name: string
  readonly optional?: true
  /** Any number of them; the last argument only. */
  readonly multiple?: true
  readonly does: string
}

/** What a command line may say. */
export interface CommandLine {
  readonly name: string
  readonly flags: Flags
  /** What follows the name of the command, in this order; nothing may where not given. */
  readonly arguments?: readonly Argument[]
}

export type Flags = Readonly<Record<string, Flag>>

/** What the flags of a command line say. */
export class Arguments {
  /** What stands behind the command's name; those are always there that are not optional. */
  readonly positional: readonly string[]
  readonly #values: ReadonlyMap<string, FlagValue>

  constructor(values: ReadonlyMap<string, FlagValue>, positional: readonly string[]) {
    this.#values = values
    this.positional = positional
  }

  has(flag: string): boolean {
    return this.#values.has(flag)
  }

  /** The value of a flag that takes one, or undefined when it is not there. */
  value(flag: string): string | undefined {
    const value = this.#values.get(flag)
    return typeof value === 'string' ? value : undefined
  }

  /** All values of a flag that may be repeated. */
  list(flag: string): readonly string[] {
    const value = this.#values.get(flag)
    return Array.isArray(value) ? value : []
  }
}

/** true for a flag without a value, a list for one that may be repeated. */
type FlagValue = true | string | readonly string[]

/**
 * Reads a command's arguments. Every flag takes the forms `--name value` and `--name=value`.
 *
 * Errors: `UsageError` that names the argument that is not understood and the flag that was probably meant.
 */
export function parseArguments({ name: command, flags, arguments: known = [] }: CommandLine, args: readonly string[]): Arguments {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value, multiple, short }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: multiple === true, ...(short === undefined ? {} : { short }) },
    ]),
  )
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const values = new Map<string, FlagValue>()
  const given: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') given.push(token.value)
    if (token.kind === 'option') take(values, { command, flags, name: token.name, rawName: token.rawName, value: token.value })
  }
  checkPositional(command, known, given)
  return new Arguments(values, given)
}

function checkPositional(command: string, known: readonly Argument[], given: readonly string[]): void {
  const missing = known[given.length]
  if (missing !== undefined && missing.optional === undefined) throw new UsageError(`\`odradek ${command}\` needs a ${missing.name}.`)
  const tooMany = given[known.length]
  if (tooMany === undefined || known.at(-1)?.multiple === true) return
  if (known.length === 0) throw new UsageError(`\`odradek ${command}\` takes no argument \`${tooMany}\`.`)
  const names = known.map(({ name }) => name).join(' and ')
  const taken = given.slice(0, known.length).map((text) => `\`${text}\``)
  throw new UsageError(`\`odradek ${command}\` takes one ${names}, and is given ${taken.join(', ')} and \`${tooMany}\`.`)
}

interface Taken {
  readonly command: string
  readonly flags: Flags
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
}

function take(values: Map<string, FlagValue>, { command, flags, name, rawName, value }: Taken): void {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
  if (flag === undefined) throw new UsageError(`\`odradek ${command}\` has no flag \`${rawName}\`.${suggestion(name, Object.keys(flags))}`)
  if (flag.value === undefined) {
    if (value !== undefined) throw new UsageError(`\`--${name}\` takes no value.`)
    values.set(name, true)
    return
  }
  if (value === undefined || value === '') throw new UsageError(`\`--${name}\` needs a value: \`--${name} ${flag.value}\`.`)
  if (flag.multiple === true) values.set(name, [...((values.get(name) ?? []) as readonly string[]), value])
  else if (values.has(name)) throw new UsageError(`\`--${name}\` is given twice.`)
  else values.set(name, value)
}

function suggestion(word: string, known: readonly string[]): string {
  const near = nearestName(word, known)
  return near === null ? '' : ` Did you mean \`--${near}\`?`
}
