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
  const served = (kind: 'broker' | 'controller') => new Map(table.advertised(kind).map((api) => [api.apiKey, api]))
  const [broker, controller] = [served('broker'), served('controller')]
  const keys = [...new Set([...broker.keys(), ...controller.keys()])].sort((a, b) => a - b)
  const rows = keys.map((key) => `| ${key} | ${nameOf(key)} | ${versions(broker.get(key))} | ${versions(controller.get(key))} |`)
  return [INTRODUCTION, '| Key | API | Clients: versions | Controller listener: versions |', '|---|---|---|---|', ...rows, '', notServed(table), ''].join('\n')
}

function notServed(table: ApiTable<never>): string {
  const served = new Set([...table.advertised('broker'), ...table.advertised('controller')].map(({ apiKey }) => apiKey))
  const names = apis.filter(({ key }) => !served.has(key)).map(({ name }) => name)
  return `Known to the codec and not served: ${names.join(', ')}.`
}

/** Nothing for what is not served there. */
function versions(api: AdvertisedApi | undefined): string {
  if (api === undefined) return ''
  const { minVersion, maxVersion } = api
  return minVersion === maxVersion ? String(minVersion) : `${minVersion}–${maxVersion}`
}

function nameOf(key: number): string {
  return apis.find((api) => api.key === key)?.name ?? String(key)
}
