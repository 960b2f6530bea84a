import { AlterConfigsApi } from '../../../protocol/messages/alter-configs.ts'
import { AlterPartitionReassignmentsApi } from '../../../protocol/messages/alter-partition-reassignments.ts'
import { ApiVersionsApi, type ApiVersionsResponse } from '../../../protocol/messages/api-versions.ts'
import { CreatePartitionsApi } from '../../../protocol/messages/create-partitions.ts'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { DeleteTopicsApi } from '../../../protocol/messages/delete-topics.ts'
import { DescribeClusterApi } from '../../../protocol/messages/describe-cluster.ts'
import { DescribeQuorumApi } from '../../../protocol/messages/describe-quorum.ts'
import { ElectLeadersApi } from '../../../protocol/messages/elect-leaders.ts'
import { IncrementalAlterConfigsApi } from '../../../protocol/messages/incremental-alter-configs.ts'
import { UpdateFeaturesApi } from '../../../protocol/messages/update-features.ts'
import type { RawClient } from '../raw-client.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'
import { describe, type Resource } from './configs.ts'
import { topicIdOf } from './data.ts'
import { createTopic } from './topics.ts'

const [TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP] = [2, 4, 8, 16, 32] as const
const TIMEOUT_MS = 10_000

/** What is asked of the controller's listener, beside what prepares it on the broker's. */
function asked(name: string, served: readonly number[], run: (controller: RawClient, version: number, stage: Stage) => Promise<unknown>): Scenario {
  return { name, versions: served, run: async (stage, version) => run(await stage.openController(), version, stage) }
}

const NEEDED: ReadonlySet<number> = new Set([18, 19, 20, 29, 30, 31, 32, 33, 37, 38, 39, 40, 41, 43, 44, 45, 46, 55, 56, 57, 60, 62, 63, 64, 67, 70, 73])

const discovery: readonly Scenario[] = [
  {
    ...asked('ApiVersions: of the controller, features and the ranges of what it serves', versions(0, 4), async (controller, version) => {
      const asks = { clientSoftwareName: 'suite', clientSoftwareVersion: '1.0' }
      const outcome = await controller.exchange(ApiVersionsApi, version, asks)
      if (outcome.kind !== 'answer') return outcome
      const { apiKeys, finalizedFeaturesEpoch, ...rest } = outcome.value as ApiVersionsResponse
      const ranges = apiKeys.filter(({ apiKey }) => NEEDED.has(apiKey)).sort((a, b) => a.apiKey - b.apiKey)
      return { ...rest, hasEpoch: finalizedFeaturesEpoch >= 0, ranges }
    }),
    unordered: ['finalizedFeatures', 'supportedFeatures'],
  },
  asked('ApiVersions: of the controller, software names that are refused', [3, 4], (controller, version) =>
    controller.exchange(ApiVersionsApi, version, { clientSoftwareName: '', clientSoftwareVersion: '1 0' }),
  ),
  asked('DescribeCluster: of the controller', versions(0, 2), async (controller, version) => {
    const outcomes: unknown[] = []
    for (const endpointType of version === 0 ? [1] : [1, 2, 7])
      outcomes.push(
        await controller.exchange(DescribeClusterApi, version, { includeClusterAuthorizedOperations: true, ...(version === 0 ? {} : { endpointType }) }),
      )
    return outcomes
  }),
  asked('DescribeQuorum: of the controller, other topics', versions(0, 2), (controller, version) =>
    controller.exchange(DescribeQuorumApi, version, { topics: [{ topicName: 'other', partitions: [{ partitionIndex: 0 }] }] }),
  ),
]

const topics: readonly Scenario[] = [
  asked('CreateTopics: of the controller', versions(2, 7), async (controller, version, stage) => {
    const one = (name: string) => ({ name, numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] })
    const create = (list: readonly object[], validateOnly = false) =>
      controller.exchange(CreateTopicsApi, version, { topics: list.map((topic) => ({ ...one(''), ...topic })), timeoutMs: TIMEOUT_MS, validateOnly })
    const name = stage.name('t')
    return [
      await create([{ name: stage.name('tried') }], true),
      await create([{ name, configs: [{ name: 'retention.ms', value: '5000' }] }]),
      await create([{ name }]),
      await create([
        { name: 'a b' },
        { name: '' },
        { name: stage.name('many'), replicationFactor: 3 },
        { name: stage.name('twice') },
        { name: stage.name('twice') },
      ]),
      await create([{ name: stage.name('wrong'), configs: [{ name: 'retention.ms', value: 'x' }] }]),
      await create([{ name: '__cluster_metadata' }]),
    ]
  }),
  asked('CreatePartitions: of the controller', versions(0, 3), async (controller, version, stage) => {
    const name = stage.name('t')
    await createTopic(stage, name)
    const grow = (list: readonly { readonly name: string; readonly count: number }[], validateOnly = false) =>
      controller.exchange(CreatePartitionsApi, version, { topics: list.map((topic) => ({ ...topic, assignments: null })), timeoutMs: TIMEOUT_MS, validateOnly })
    return [
      await grow([{ name, count: 3 }], true),
      await grow([{ name, count: 2 }]),
      await grow([{ name, count: 2 }]),
      await grow([{ name, count: -1 }]),
      await grow([{ name: 'absent', count: 3 }]),
    ]
  }),
  asked('DeleteTopics: of the controller, by name', versions(1, 5), async (controller, version, stage) => {
    const name = stage.name('t')
    await createTopic(stage, name)
    const remove = (topicNames: readonly string[]) => controller.exchange(DeleteTopicsApi, version, { topicNames, timeoutMs: TIMEOUT_MS })
    return [await remove([name]), await remove([name]), await remove(['']), await remove([])]
  }),
  asked('DeleteTopics: of the controller, by name and by id', [6], async (controller, version, stage) => {
    const names = ['a', 'b'].map((name) => stage.name(name))
    for (const name of names) await createTopic(stage, name)
    const [byName = '', byId = ''] = names
    const topicId = await topicIdOf(stage, byId)
    const remove = (topic: object) => controller.exchange(DeleteTopicsApi, version, { topics: [topic], timeoutMs: TIMEOUT_MS })
    return [await remove({ name: byName }), await remove({ name: null, topicId }), await remove({ name: byName }), await remove({ name: null, topicId })]
  }),
]

/** What a broker refuses before it asks its controller is left out: there the answers differ (docs/differences.md). */
const configs: readonly Scenario[] = [
  {
    ...asked('DescribeConfigs: of the controller', versions(1, 4), async (controller, version, stage) => {
      const topic = stage.name('t')
      await createTopic(stage, topic, 1, { 'retention.ms': '5000' })
      const outcomes: unknown[] = []
      const resources: readonly Resource[] = [
        [BROKER, '1', ['num.partitions']],
        [BROKER, '', ['num.partitions']],
        [BROKER, '7', ['num.partitions']],
        [BROKER, 'x', ['num.partitions']],
        [BROKER_LOGGER, '1', ['no.such']],
        [BROKER_LOGGER, '7', ['no.such']],
        [TOPIC, topic, ['retention.ms']],
        [TOPIC, 'absent'],
        [GROUP, stage.name('g'), ['consumer.session.timeout.ms']],
        [CLIENT_METRICS, stage.name('m')],
        [99, 'a'],
      ]
      for (const resource of resources) outcomes.push(await describe({ ...stage, client: controller }, version, [resource]))
      return outcomes
    }),
    unordered: ['configs'],
  },
  asked('AlterConfigs: of the controller', versions(0, 2), async (controller, version, stage) => {
    const topic = stage.name('t')
    await createTopic(stage, topic)
    const replace = (resourceType: number, resourceName: string, values: Readonly<Record<string, string>>, validateOnly = false) =>
      controller.exchange(AlterConfigsApi, version, {
        resources: [{ resourceType, resourceName, configs: Object.entries(values).map(([name, value]) => ({ name, value })) }],
        validateOnly,
      })
    return [
      await replace(TOPIC, topic, { 'retention.ms': '5000' }),
      await replace(TOPIC, topic, { 'retention.ms': 'x' }),
      await replace(TOPIC, 'absent', { 'retention.ms': '5000' }),
      await replace(BROKER, '1', { 'log.retention.ms': '5000' }, true),
      await replace(GROUP, stage.name('g'), { 'consumer.session.timeout.ms': '1' }, true),
      await replace(CLIENT_METRICS, stage.name('m'), { 'interval.ms': '1' }, true),
    ]
  }),
  asked('IncrementalAlterConfigs: of the controller', versions(0, 1), async (controller, version, stage) => {
    const topic = stage.name('t')
    await createTopic(stage, topic)
    const change = (resourceType: number, resourceName: string, name: string, value: string, validateOnly = false) =>
      controller.exchange(IncrementalAlterConfigsApi, version, {
        resources: [{ resourceType, resourceName, configs: [{ name, configOperation: 0, value }] }],
        validateOnly,
      })
    return [
      await change(TOPIC, topic, 'retention.ms', '5000'),
      await change(TOPIC, topic, 'retention.ms', 'x'),
      await change(TOPIC, 'absent', 'retention.ms', '5000'),
      await change(BROKER, '', 'log.retention.ms', '5000', true),
      await change(BROKER_LOGGER, '1', 'root', 'LOUD', true),
      await change(BROKER_LOGGER, '7', 'root', 'INFO', true),
      await change(GROUP, stage.name('g'), 'consumer.session.timeout.ms', '1', true),
      await change(CLIENT_METRICS, stage.name('m'), 'interval.ms', '1', true),
    ]
  }),
]

const replicas: readonly Scenario[] = [
  asked('ElectLeaders: of the controller, no partitions', versions(0, 2), (controller, version) =>
    controller.exchange(ElectLeadersApi, version, { topicPartitions: [], timeoutMs: TIMEOUT_MS }),
  ),
  asked('AlterPartitionReassignments: of the controller, to where it is', versions(0, 1), async (controller, version, stage) => {
    const name = stage.name('t')
    await createTopic(stage, name)
    const topicsToMove = [{ name, partitions: [{ partitionIndex: 0, replicas: [1] }] }]
    return controller.exchange(AlterPartitionReassignmentsApi, version, { timeoutMs: TIMEOUT_MS, topics: topicsToMove })
  }),
  asked('UpdateFeatures: of the controller, what is in force and what is none', versions(0, 2), async (controller, version) => {
    const update = (feature: string, maxVersionLevel: number) =>
      controller.exchange(UpdateFeaturesApi, version, { timeoutMs: TIMEOUT_MS, featureUpdates: [{ feature, maxVersionLevel }] })
    return [await update('group.version', 1), await update('no.such', 1), await update('group.version', 9)]
  }),
]

/** The controller's listener serves clients too: `--bootstrap-controller`. Source: KIP-919. */
export const controllerScenarios: readonly Scenario[] = [...discovery, ...topics, ...configs, ...replicas]
