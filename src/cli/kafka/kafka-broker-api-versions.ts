import type { ApiVersionsResponse } from '../../../protocol/messages/api-versions.ts'
import type { AnyApi } from '../../../protocol/schema/notation.ts'
import type { Output } from '../command.ts'
import type { KafkaProgram } from './kafka-program.ts'
import { requireOptions } from './options/checks.ts'
import { bootstrapOption, commandConfigOption } from './options/option-table.ts'
import type { Options } from './options/parse-options.ts'

/** kafka-broker-api-versions. Source: org.apache.kafka.tools.BrokerApiVersionsCommand of 4.3.1. */
export const kafkaBrokerApiVersions: KafkaProgram = {
  name: 'kafka-broker-api-versions',
  summary: 'Prints the requests that each broker of a cluster serves, and in which versions.',
  options: {
    ...bootstrapOption,
    ...commandConfigOption,
  },
  examples: ['--bootstrap-server localhost:9092'],
  async run(options, output) {
    requireOptions(options, 'bootstrap-server')
    await printVersions(options, output)
    return 0
  },
}

/** As Java's legacy client, which asks here, waits for an answer. */
const TIMEOUT_MS = 5_000

async function printVersions(options: Options, output: Output): Promise<void> {
  const { adminClient } = await import('./admin-client.ts')
  const { apis } = await import('../../../protocol/apis.ts')
  const { apiVersionsOf } = await import('../operations/cluster/api-versions.ts')
  await using client = adminClient(options, { apiTimeoutMs: TIMEOUT_MS, clientId: 'admin-1' })
  for (const { broker, served } of await apiVersionsOf(client)) {
    const who = `${broker.host}:${broker.port} (id: ${broker.id} rack: ${broker.rack} isFenced: false)`
    output.out(`${who} -> ${served instanceof Error ? `ERROR: ${served.message}` : versionsText(served, apis)}\n`)
  }
}

type Served = ApiVersionsResponse['apiKeys']

function versionsText(served: Served, apis: readonly AnyApi[]): string {
  const known = new Map(apis.map((api) => [api.key, api]))
  const texts = new Map(served.map((range) => [range.apiKey, rangeText(range, known.get(range.apiKey))]))
  for (const api of apis) {
    if (api.request.listeners?.includes('broker') === true && !texts.has(api.key)) texts.set(api.key, `${api.name}(${api.key}): UNSUPPORTED`)
  }
  const sorted = [...texts].toSorted(([one], [other]) => one - other).map(([, text]) => text)
  return `(\n\t${sorted.join(',\n\t')}\n)`
}

function rangeText({ apiKey, minVersion, maxVersion }: Served[number], api: AnyApi | undefined): string {
  const range = minVersion === maxVersion ? `${minVersion}` : `${minVersion} to ${maxVersion}`
  if (api === undefined) return `UNKNOWN(${apiKey}): ${range}`
  const [lowest = 0, highest = lowest] = api.request.versions.split('-').map(Number)
  const latest = highest
  const use = latest < minVersion ? 'unusable: node too new' : maxVersion < lowest ? 'unusable: node too old' : `usable: ${Math.min(latest, maxVersion)}`
  return `${api.name}(${apiKey}): ${range} [${use}]`
}
