import type { Output } from '../../command.ts'
import { readClientProperties } from '../../operations/cluster/client-properties.ts'
import { UsageExit } from '../options/option-error.ts'
import type { Options } from '../options/parse-options.ts'

/** An option that has a new name. */
export interface Renamed {
  readonly old: string
  readonly name: string
}

/** The values of whichever of the two names is there; the old one is spoken of. Errors: `UsageExit` for both. */
export function renamedValues(options: Options, { old, name }: Renamed, output: Output, opening: 'Option' | 'Warning:' = 'Option'): readonly string[] {
  if (!options.has(old)) return options.values(name)
  if (options.has(name)) throw new UsageExit(`Options --${old} and --${name} cannot be specified together.`)
  output.out(`${opening} --${old} is deprecated and will be removed in a future version. Use --${name} instead.\n`)
  return options.values(old)
}

/** NAME=VALUE each; a name alone has an empty value. */
export function keyValues(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const equals = text.indexOf('=')
      return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)]
    }),
  )
}

/** What a file says and, above it, what single options say. */
export function propertiesOf(
  options: Options,
  { file, single }: { readonly file: Renamed; readonly single: Renamed },
  output: Output,
  opening: 'Option' | 'Warning:' = 'Option',
): ReadonlyMap<string, string> {
  const [values, [path]] = [keyValues(renamedValues(options, single, output, opening)), renamedValues(options, file, output, opening)]
  return path === undefined ? values : new Map([...readClientProperties(path), ...values])
}
