import { readFileSync } from 'node:fs'
import { OdradekError } from '../../../base/errors.ts'
import { parseProperties } from '../../../config/sources/properties-file.ts'

/** Settings of clients as Kafka names them, by name. */
export type ClientProperties = ReadonlyMap<string, string>

/** Errors: CLIENT_PROPERTIES where the file cannot be read; CONFIG_SYNTAX. */
export function readClientProperties(path: string): ClientProperties {
  try {
    return new Map(parseProperties(readFileSync(path, 'latin1'), path).map(({ name, text }) => [name, text]))
  } catch (cause) {
    if (cause instanceof OdradekError) throw cause
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? ' (No such file or directory)' : `: ${(cause as Error).message}`
    throw new OdradekError('CLIENT_PROPERTIES', `${path}${why}`, { cause, fields: { path } })
  }
}

/** Errors: CLIENT_PROPERTIES for what is no whole number from 0. */
export function milliseconds(properties: ClientProperties, name: string, standard: number): number {
  const text = properties.get(name)
  if (text === undefined) return standard
  if (/^[0-9]{1,15}$/.test(text.trim())) return Number(text)
  throw new OdradekError('CLIENT_PROPERTIES', `Invalid value ${text} for configuration ${name}: Not a number of type INT`)
}
