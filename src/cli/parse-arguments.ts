import { parseArgs } from 'node:util'
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

export type Flags = Readonly<Record<string, Flag>>

/** Values by flag: true for one without a value, a list for one that may be repeated. */
export interface Arguments {
  readonly flags: ReadonlyMap<string, true | string | readonly string[]>
}

/**
 * Reads a command's arguments. Every flag takes the forms `--name value` and `--name=value`.
 *
 * Errors: `UsageError` that names the argument that is not understood and the flag that was probably meant.
 */
export function parseArguments(command: string, args: readonly string[], flags: Flags): Arguments {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value, multiple, short }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: multiple === true, ...(short === undefined ? {} : { short }) },
    ]),
  )
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const values = new Map<string, true | string | readonly string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') throw new UsageError(`\`odradek ${command}\` takes no argument \`${token.value}\`.`)
    if (token.kind === 'option') take(values, { command, flags, name: token.name, rawName: token.rawName, value: token.value })
  }
  return { flags: values }
}

interface Taken {
  readonly command: string
  readonly flags: Flags
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
}

function take(values: Map<string, true | string | readonly string[]>, { command, flags, name, rawName, value }: Taken): void {
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

/** ` Did you mean …?` with the nearest of the known words, or nothing when none is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const ranked = known.map((name) => ({ name, distance: editDistance(word, name) })).sort((a, b) => a.distance - b.distance)
  const nearest = ranked[0]
  if (nearest === undefined || nearest.distance > Math.max(2, Math.floor(nearest.name.length / 3))) return ''
  return ` Did you mean \`--${nearest.name}\`?`
}

/** Levenshtein's distance: how many letters to add, drop or change. */
export function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const change = (previous[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1)
      row.push(Math.min(change, (previous[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    previous = row
  }
  return previous[to.length] as number
}
