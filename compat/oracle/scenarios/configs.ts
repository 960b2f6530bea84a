import { DescribeConfigsApi, type DescribeConfigsRequest } from '../../../protocol/messages/describe-configs.ts'
import { ListConfigResourcesApi } from '../../../protocol/messages/list-config-resources.ts'
import type { Outcome } from '../raw-client.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'
import { createTopic } from './topics.ts'

const DESCRIBE = versions(1, 4)
const [TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP] = [2, 4, 8, 16, 32] as const

/** Settings of both brokers that show where values come from: several names of one time, a listener's own, a secret. */
export const configSettings = {
  'log.retention.hours': 24,
  'log.roll.ms': 70_000,
  'log.message.timestamp.before.max.ms': '9223372036854775807',
  'listener.name.plaintext.max.connections': 700,
  'ssl.keystore.password': 'secret',
  'group.consumer.session.timeout.ms': 46_000,
  // In these the profile `dev` and the oracle differ from one another.
  'default.replication.factor': 1,
  'group.streams.initial.rebalance.delay.ms': 0,
  'metadata.max.idle.interval.ms': 0,
}

/** Addresses and directories, with which the two brokers are started differently. */
const STARTED_DIFFERENTLY: ReadonlySet<string> = new Set([
  'advertised.listeners',
  'controller.quorum.bootstrap.servers',
  'controller.quorum.voters',
  'listener.security.protocol.map',
  'listeners',
  'log.dirs',
])

const OWN_METRICS_SETTINGS = ['metrics.port', 'metrics.host', 'metrics.capacity.bytes.in', 'metrics.clients.max', 'metrics.group.partitions.max']

/** Settings that Apache Kafka has not. */
export function isOurs(name: string): boolean {
  return name.startsWith('odradek.') || OWN_METRICS_SETTINGS.includes(name)
}

export type Resource = readonly [type: number, name: string, keys?: readonly string[] | null]

interface Asked {
  readonly includeSynonyms?: boolean
  readonly includeDocumentation?: boolean
}

/** What is told of these, but for what must differ. */
export async function describe(stage: Stage, version: number, resources: readonly Resource[], asked: Asked = {}): Promise<unknown> {
  const list = resources.map(([resourceType, resourceName, configurationKeys = null]) => ({ resourceType, resourceName, configurationKeys }))
  const { includeSynonyms = true, includeDocumentation = true } = asked
  const request = { resources: list, includeSynonyms, ...(version >= 3 ? { includeDocumentation } : {}) } satisfies Partial<DescribeConfigsRequest>
  return comparable(await stage.client.exchange(DescribeConfigsApi, version, request))
}

interface Described {
  readonly results: readonly { readonly configs: readonly { readonly name: string; readonly documentation: string | null }[] }[]
}

/** Our own settings and those that must differ are left out; of the documentation only whether it is there is compared. */
function comparable(outcome: Outcome): unknown {
  if (outcome.kind !== 'answer') return outcome
  const answer = outcome.value as Described
  const results = answer.results.map((result) => ({
    ...result,
    configs: result.configs
      .filter(({ name }) => !isOurs(name) && !STARTED_DIFFERENTLY.has(name))
      .map((config) => ({ ...config, documentation: config.documentation ? '<text>' : config.documentation })),
  }))
  return { kind: 'answer', value: { ...answer, results } }
}

/** Apache Kafka lists settings in the order of a hash map. */
const unordered = ['configs']

export const configScenarios: readonly Scenario[] = [
  {
    name: 'DescribeConfigs: of a topic',
    versions: DESCRIBE,
    unordered,
    run: async (stage, version) => {
      const topic = stage.name('t')
      await createTopic(stage, topic, 1, { 'retention.ms': '5000', 'cleanup.policy': 'compact,delete', 'internal.segment.bytes': '1000000' })
      return [
        await describe(stage, version, [[TOPIC, topic]]),
        await describe(stage, version, [[TOPIC, topic]], { includeSynonyms: false, includeDocumentation: false }),
      ]
    },
  },
  {
    name: 'DescribeConfigs: chosen settings, in any number of resources',
    versions: DESCRIBE,
    unordered,
    run: async (stage, version) => {
      const topic = stage.name('t')
      await createTopic(stage, topic)
      const chosen: Resource = [TOPIC, topic, ['segment.ms', 'retention.ms', 'no.such', 'segment.ms']]
      return [
        await describe(stage, version, []),
        await describe(stage, version, [chosen, chosen, [BROKER, '1', ['log.retention.ms', 'log.retention.hours']]]),
        await describe(stage, version, [[TOPIC, topic, []]]),
        await describe(stage, version, [[TOPIC, topic, ['no.such']]]),
      ]
    },
  },
  {
    name: 'DescribeConfigs: topics that are not there',
    versions: DESCRIBE,
    run: (stage, version) => {
      const names = ['absent', '', '..', 'a/b', 'x'.repeat(250), '__cluster_metadata']
      return describe(
        stage,
        version,
        names.map((name) => [TOPIC, name]),
      )
    },
  },
  { name: 'DescribeConfigs: of a broker', versions: DESCRIBE, unordered, run: (stage, version) => describe(stage, version, [[BROKER, '1']]) },
  { name: 'DescribeConfigs: of all brokers', versions: DESCRIBE, unordered, run: (stage, version) => describe(stage, version, [[BROKER, '']]) },
  {
    name: 'DescribeConfigs: ids of brokers',
    versions: DESCRIBE,
    run: (stage, version) => {
      const ids = ['01', '+1', '2', '-1', 'x', ' 1', '99999999999', '1.0']
      const keys = ['num.partitions']
      return describe(stage, version, [
        ...ids.map((id): Resource => [BROKER, id, keys]),
        ...['', ...ids].map((id): Resource => [BROKER_LOGGER, id, ['no.such']]),
      ])
    },
  },
  {
    name: 'DescribeConfigs: the logger of all that have no level',
    versions: DESCRIBE,
    // The two brokers are started with levels of their own.
    mask: ['value'],
    run: (stage, version) => describe(stage, version, [[BROKER_LOGGER, '1', ['root', 'no.such']]]),
  },
  {
    name: 'DescribeConfigs: of groups and of subscriptions to metrics',
    versions: DESCRIBE,
    unordered,
    run: (stage, version) =>
      describe(stage, version, [
        [GROUP, stage.name('g')],
        [GROUP, ''],
        [CLIENT_METRICS, stage.name('m')],
        [CLIENT_METRICS, ''],
      ]),
  },
  {
    name: 'DescribeConfigs: a resource of an unknown type among others',
    versions: DESCRIBE,
    run: async (stage, version) => {
      const outcomes: unknown[] = []
      for (const type of [0, 1, 3, 64, -1])
        outcomes.push(
          await describe(stage, version, [
            [BROKER, ''],
            [type, 'a'],
          ]),
        )
      return outcomes
    },
  },
  {
    name: 'ListConfigResources: of all types',
    versions: versions(0, 1),
    unordered: ['configResources'],
    run: async (stage, version) => {
      await createTopic(stage, stage.name('t'))
      return stage.client.exchange(ListConfigResourcesApi, version, version === 0 ? {} : { resourceTypes: [] })
    },
  },
  {
    name: 'ListConfigResources: of chosen types',
    versions: [1],
    unordered: ['configResources'],
    run: async (stage, version) => {
      const outcomes: unknown[] = []
      const choices = [[TOPIC], [BROKER], [BROKER_LOGGER], [CLIENT_METRICS], [GROUP], [BROKER, TOPIC, BROKER], [0], [99, BROKER], [-1]]
      for (const resourceTypes of choices) outcomes.push(await stage.client.exchange(ListConfigResourcesApi, version, { resourceTypes }))
      return outcomes
    },
  },
]
