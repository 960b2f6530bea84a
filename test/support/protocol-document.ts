import { apis } from '../../protocol/apis.ts'
import { handlers } from '../../src/handlers/registry.ts'
import { type AdvertisedApi, ApiTable } from '../../src/server/api-table.ts'

const INTRODUCTION = `# APIs

The APIs of Kafka's protocol that a node serves, with the versions that its answer to ApiVersions names. This file is written by
\`npm run docs\` from \`src/handlers/registry.ts\`; a test says when it is out of date.

An API is advertised exactly when it is served. Produce is advertised from version 0, as Apache Kafka does for the sake of librdkafka, and versions
0 to 2 are refused. A request for another API, or in another version, closes the connection; ApiVersions itself is answered in version 0 with
UNSUPPORTED_VERSION. Where an answer differs from Apache Kafka's it stands in [differences](differences.md).
`

/** Renders docs/protocol.md from the registry of handlers; ends in a newline. */
export function renderProtocolDocument(): string {
  const table = new ApiTable<never>(handlers)
  const controller = new Map(table.advertised('controller').map((api) => [api.apiKey, api]))
  const rows = table.advertised('broker').map((api) => row(api, controller.get(api.apiKey)))
  return [INTRODUCTION, '| Key | API | Clients: versions | Controller listener: versions |', '|---|---|---|---|', ...rows, '', notServed(table), ''].join('\n')
}

function row(broker: AdvertisedApi, controller: AdvertisedApi | undefined): string {
  return `| ${broker.apiKey} | ${nameOf(broker.apiKey)} | ${versions(broker)} | ${controller === undefined ? '' : versions(controller)} |`
}

function notServed(table: ApiTable<never>): string {
  const served = new Set([...table.advertised('broker'), ...table.advertised('controller')].map(({ apiKey }) => apiKey))
  const names = apis.filter(({ key }) => !served.has(key)).map(({ name }) => name)
  return `Known to the codec and not served: ${names.join(', ')}.`
}

function versions({ minVersion, maxVersion }: AdvertisedApi): string {
  return minVersion === maxVersion ? String(minVersion) : `${minVersion}–${maxVersion}`
}

function nameOf(key: number): string {
  return apis.find((api) => api.key === key)?.name ?? String(key)
}
