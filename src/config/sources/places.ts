/**
 * Where a node listens and keeps its data when no setting says so: variables of ours for images and units, which stand
 * below files and `KAFKA_*` variables and above the profile.
 */
import { OdradekError } from '../../base/errors.ts'
import type { ConfigEntry } from './config-entry.ts'

const LISTEN = 'ODRADEK_LISTEN'
const DATA = 'ODRADEK_DATA'
const ALL_ADDRESSES = 'everywhere'

export interface Places {
  /** `ODRADEK_LISTEN=everywhere`: on all addresses, metrics and health, too. */
  readonly everywhere: boolean
  /** `ODRADEK_DATA`: for `log.dirs`; null where it is not set. */
  readonly data: string | null
}

/** Errors: CONFIG_INVALID for a variable that says something else. */
export function readPlaces(environment: Readonly<Record<string, string | undefined>>): Places {
  const listen = environment[LISTEN] ?? ''
  if (listen !== '' && listen !== ALL_ADDRESSES) throw new OdradekError('CONFIG_INVALID', `${LISTEN}=${listen}: it may be ${ALL_ADDRESSES}, or not be set`)
  const data = environment[DATA] ?? ''
  return { everywhere: listen !== '', data: data === '' ? null : data }
}

export interface PlacesOptions {
  /** The command line gave the port for clients. */
  readonly hasClientPort: boolean
}

/**
 * The settings that follow, of those that nobody wrote. Listeners are those that clients are told of, on all addresses, as in the
 * images of Apache Kafka and Confluent.
 *
 * @param given what files, variables and the command line set
 */
export function placesOf(given: ReadonlyMap<string, { readonly text: string }>, { everywhere, data }: Places, { hasClientPort }: PlacesOptions): ConfigEntry[] {
  const told = given.get('advertised.listeners')?.text
  const entries: ConfigEntry[] = []
  if (data !== null && !given.has('log.dirs') && !given.has('log.dir')) entries.push({ name: 'log.dirs', text: data, origin: DATA })
  if (!everywhere) return entries
  if (told !== undefined && !given.has('listeners') && !hasClientPort) entries.push({ name: 'listeners', text: onAllAddresses(told), origin: LISTEN })
  if (!given.has('metrics.host')) entries.push({ name: 'metrics.host', text: '', origin: LISTEN })
  return entries
}

/** `NAME://host:port` items without their hosts; what has another form is left for the listeners' own rules to refuse. */
function onAllAddresses(items: string): string {
  return items.replaceAll(/:\/\/[^,]*?(:-?[0-9]+\s*(?:,|$))/g, '://$1')
}
