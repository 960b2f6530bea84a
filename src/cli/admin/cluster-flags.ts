import type { ClientProperties } from '../operations/cluster/client-properties.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import type { Arguments, Flags } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'

export const BOOTSTRAP_VARIABLE = 'ODRADEK_BOOTSTRAP_SERVERS'
const DEFAULT_BOOTSTRAP = 'localhost:9092'
const DEFAULT_TIMEOUT_MS = 10_000

/** The flags by which every command is told about the cluster that it asks. */
export const clusterFlags: Flags = {
  'bootstrap-server': {
    value: 'HOST:PORT',
    short: 'b',
    does: `A broker of the cluster, several with commas; ${BOOTSTRAP_VARIABLE} or ${DEFAULT_BOOTSTRAP} where not given.`,
  },
  'command-config': { value: 'FILE', does: "Properties of the client, as Kafka's tools take them." },
  'timeout-ms': { value: 'MS', does: `How long to try, in milliseconds; ${DEFAULT_TIMEOUT_MS} where not given.` },
}

export const jsonFlag: Flags = { json: { does: 'Print JSON.' } }

/** The cluster that the flags name. Nothing is connected yet. Errors: CLIENT_BOOTSTRAP, CLIENT_PROPERTIES. */
export async function clientFromFlags(args: Arguments): Promise<ClusterClient> {
  const { openClient } = await import('../operations/cluster/open-client.ts')
  const properties = await propertiesFromFlags(args)
  return openClient({ bootstrap: bootstrapOf(args, properties), properties: withTimeout(args, properties, 'default.api.timeout.ms'), clientId: 'odradek' })
}

/** The properties with `--timeout-ms` as the one of that name; its default where neither says anything. Errors: `UsageError`. */
export function withTimeout(args: Arguments, properties: ClientProperties, name: string): ClientProperties {
  const given = wholeNumber(args, 'timeout-ms')
  if (given === undefined && properties.has(name)) return properties
  return new Map([...properties, [name, String(given ?? DEFAULT_TIMEOUT_MS)]])
}

/** Errors: CLIENT_PROPERTIES. */
export async function propertiesFromFlags(args: Arguments): Promise<ClientProperties> {
  const file = args.value('command-config')
  if (file === undefined) return new Map()
  const { readClientProperties } = await import('../operations/cluster/client-properties.ts')
  return readClientProperties(file)
}

/** `HOST:PORT`, several with commas: of the flag, the variable, the properties, or this machine. */
export function bootstrapOf(args: Arguments, properties: ClientProperties): string {
  return args.value('bootstrap-server') ?? process.env[BOOTSTRAP_VARIABLE] ?? properties.get('bootstrap.servers') ?? DEFAULT_BOOTSTRAP
}

/** The number that a flag gives; undefined where it is not there. Errors: `UsageError`. */
export function wholeNumber(args: Arguments, flag: string, least = 1): number | undefined {
  const text = args.value(flag)
  if (text === undefined) return undefined
  const number = Number(text)
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(number) || number < least)
    throw new UsageError(`\`--${flag}\` is a whole number from ${least}, not \`${text}\`.`)
  return number
}

/** The assignments NAME=VALUE of a flag. Errors: `UsageError`. */
export function assignments(args: Arguments, flag: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    args.list(flag).map((text) => {
      const equals = text.indexOf('=')
      if (equals < 1) throw new UsageError(`\`--${flag}\` takes NAME=VALUE, and \`${text}\` has no \`=\`.`)
      return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
    }),
  )
}
