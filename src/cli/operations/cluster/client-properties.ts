import { readFileSync } from 'node:fs'
import { OdradekError } from '../../../base/errors.ts'
import { parseProperties } from '../../../config/sources/properties-file.ts'
import { type ClientSettings, DEFAULT_API_TIMEOUT_MS, DEFAULT_REQUEST_TIMEOUT_MS, DEFAULT_RETRY_BACKOFF_MS } from './client-settings.ts'

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

/** What the properties say of how a cluster is asked. Errors: CLIENT_PROPERTIES for what is not spoken here. */
export function settingsFrom(properties: ClientProperties, clientId: string): Omit<ClientSettings, 'bootstrap'> {
  const protocol = (properties.get('security.protocol') ?? 'PLAINTEXT').toUpperCase()
  if (protocol !== 'PLAINTEXT') {
    throw new OdradekError('CLIENT_PROPERTIES', `security.protocol=${protocol} is not spoken by these commands yet: only PLAINTEXT is.`)
  }
  return {
    clientId: properties.get('client.id') ?? clientId,
    requestTimeoutMs: milliseconds(properties, 'request.timeout.ms', DEFAULT_REQUEST_TIMEOUT_MS),
    apiTimeoutMs: milliseconds(properties, 'default.api.timeout.ms', DEFAULT_API_TIMEOUT_MS),
    retryBackoffMs: milliseconds(properties, 'retry.backoff.ms', DEFAULT_RETRY_BACKOFF_MS),
  }
}

/** Errors: CLIENT_PROPERTIES for what is no whole number from 0. */
export function milliseconds(properties: ClientProperties, name: string, standard: number): number {
  const text = properties.get(name)
  if (text === undefined) return standard
  if (/^[0-9]{1,15}$/.test(text.trim())) return Number(text)
  throw new OdradekError('CLIENT_PROPERTIES', `Invalid value ${text} for configuration ${name}: Not a number of type INT`)
}
