import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { alterConfig, type ResourceKind } from '../operations/configs.ts'
import { brokerConfigsOf, ConfigReader } from './export-metadata.ts'
import { changed, edit, type ImportOptions, type ImportStep, stepFor } from './import-step.ts'
import { ALL_BROKERS, type Configs, type ConfigsByName, type MetadataDocument } from './metadata-document.ts'

const CLIENT_METRICS_SOURCE = 7
const GROUP_SOURCE = 8

/** Sets what brokers, groups and subscriptions lack, and with `update` what they have otherwise. */
export async function configSteps(client: ClusterClient, document: MetadataDocument, options: ImportOptions): Promise<readonly ImportStep[]> {
  const reader = new ConfigReader(client)
  const brokers = await brokerConfigsOf(client, reader)
  const ids = new Set((await client.retry('describeCluster', () => client.brokers())).map(({ id }) => String(id)))
  const steps = Object.entries(document.brokerConfigs).map(([name, configs]) => {
    const isThere = name === ALL_BROKERS || ids.has(name)
    if (!isThere) return { outcome: 'skip', subject: `settings of broker ${name}`, detail: 'there is no such broker' } as const
    return configStep(client, { kind: 'broker', name: name === ALL_BROKERS ? '' : name, wanted: configs, there: brokers[name] ?? {} }, options)
  })
  for (const [kind, source, wanted] of [
    ['client-metrics', CLIENT_METRICS_SOURCE, document.clientMetrics],
    ['group', GROUP_SOURCE, document.groupConfigs],
  ] as const) {
    const there: ConfigsByName = await reader.read(kind, Object.keys(wanted), source)
    for (const [name, configs] of Object.entries(wanted)) steps.push(configStep(client, { kind, name, wanted: configs, there: there[name] ?? {} }, options))
  }
  return steps
}

interface ConfigToImport {
  readonly kind: ResourceKind
  /** Empty for all brokers. */
  readonly name: string
  readonly wanted: Configs
  readonly there: Configs
}

function configStep(client: ClusterClient, { kind, name, wanted, there }: ConfigToImport, { update }: ImportOptions): ImportStep {
  const edits = changed(wanted, there)
  const missing = edits.filter(([key]) => there[key] === undefined)
  const applied = update ? edits : missing
  const others = edits.filter((item) => !applied.includes(item)).map(([key, value]) => `${key}=${there[key]} and not ${value}`)
  const subject = kind === 'broker' && name === '' ? 'settings of all brokers' : `settings of ${kind} ${name}`
  if (applied.length === 0) return stepFor(subject, others, false)
  const resource = { kind, name }
  return {
    outcome: applied.length === missing.length ? 'create' : 'update',
    subject,
    detail: [...applied.map(([key, value]) => `${key}=${value}`), ...others.map((other) => `left as it is: ${other}`)].join(', '),
    check: () => alterConfig(client, resource, applied.map(edit), { validateOnly: true }),
    run: () => alterConfig(client, resource, applied.map(edit)),
  }
}
