import { AlterPartitionReassignmentsApi } from '../../../protocol/messages/alter-partition-reassignments.ts'
import { AlterReplicaLogDirsApi } from '../../../protocol/messages/alter-replica-log-dirs.ts'
import { CreatePartitionsApi } from '../../../protocol/messages/create-partitions.ts'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { DeleteTopicsApi } from '../../../protocol/messages/delete-topics.ts'
import { DescribeConfigsApi } from '../../../protocol/messages/describe-configs.ts'
import { DescribeTopicPartitionsApi } from '../../../protocol/messages/describe-topic-partitions.ts'
import { IncrementalAlterConfigsApi } from '../../../protocol/messages/incremental-alter-configs.ts'
import { ListPartitionReassignmentsApi } from '../../../protocol/messages/list-partition-reassignments.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'
import { createTopic } from './topics.ts'

const TIMEOUT_MS = 10_000
const [TOPIC, BROKER, CLIENT_METRICS, GROUP] = [2, 4, 16, 32] as const
const UNKNOWN_BROKER = 77

/** The topics of this scenario, with their partitions and who has them. Behind one topic more, which is waited for, all that was changed before is there. */
async function topicsOf(stage: Stage, mark: string): Promise<unknown> {
  await createTopic(stage, stage.name(`marker-${mark}`))
  const { topics } = await stage.client.ask(MetadataApi, 12, { topics: null, allowAutoTopicCreation: false })
  return topics
    .filter(({ name }) => name?.startsWith(stage.name('')))
    .map(({ name, partitions }) => ({
      name,
      replicas: partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex).map(({ replicaNodes }) => replicaNodes),
    }))
    .sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
}

/** What each of these resources sets for itself. */
async function settingsOf({ client }: Stage, resources: readonly (readonly [type: number, name: string])[]): Promise<unknown> {
  const list = resources.map(([resourceType, resourceName]) => ({ resourceType, resourceName, configurationKeys: null }))
  const { results } = await client.ask(DescribeConfigsApi, 4, { resources: list })
  const dynamic = new Set([1, 2, 3, 7, 8])
  return results.map(({ resourceName, configs }) => ({
    resourceName,
    own: configs
      .filter(({ configSource }) => dynamic.has(configSource))
      .map(({ name, value }) => `${name}=${value}`)
      .sort(),
  }))
}

/** Requests of which a part is refused: what was done of them is seen afterwards. */
export const halfAppliedScenarios: readonly Scenario[] = [
  {
    name: 'CreateTopics: among others topics that cannot be',
    versions: versions(2, 7),
    unordered: ['topics'],
    run: async (stage, version) => {
      const standard = { numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
      const assigned = (...brokers: readonly (readonly number[])[]) => brokers.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds }))
      const wanted = [
        { name: stage.name('good'), numPartitions: 2 },
        { name: stage.name('setting'), configs: [{ name: 'retention.ms', value: 'soon' }] },
        { name: stage.name('replicas'), replicationFactor: 2 },
        { name: stage.name('elsewhere'), numPartitions: -1, replicationFactor: -1, assignments: assigned([1], [UNKNOWN_BROKER]) },
        { name: stage.name('twice') },
        { name: stage.name('twice') },
        { name: stage.name('with.dot') },
        { name: stage.name('with_dot') },
        { name: stage.name('a/b') },
        { name: 'x'.repeat(250) },
      ]
      const topics = wanted.map((topic) => ({ ...standard, ...topic }))
      const answer = await stage.client.exchange(CreateTopicsApi, version, { topics, timeoutMs: TIMEOUT_MS, validateOnly: false })
      return [answer, await topicsOf(stage, 'end')]
    },
  },
  {
    name: 'CreatePartitions: among others topics that cannot grow',
    versions: versions(0, 3),
    unordered: ['results'],
    run: async (stage, version) => {
      for (const name of ['good', 'smaller', 'elsewhere', 'short']) await createTopic(stage, stage.name(name), 2)
      const topics = [
        { name: stage.name('good'), count: 4, assignments: null },
        { name: stage.name('smaller'), count: 1, assignments: null },
        { name: stage.name('elsewhere'), count: 4, assignments: [{ brokerIds: [1] }, { brokerIds: [UNKNOWN_BROKER] }] },
        { name: stage.name('short'), count: 4, assignments: [{ brokerIds: [1] }] },
        { name: stage.name('absent'), count: 4, assignments: null },
      ]
      const answer = await stage.client.exchange(CreatePartitionsApi, version, { topics, timeoutMs: TIMEOUT_MS, validateOnly: false })
      return [answer, await topicsOf(stage, 'end')]
    },
  },
  {
    // CreatePartitions is not compared: Apache Kafka refuses such a topic, and gives it as many as it could (docs/differences.md).
    name: 'CreateTopics: more partitions than the controller makes at once, with a topic of one',
    versions: [7],
    unordered: ['topics'],
    run: async (stage, version) => {
      const topic = (numPartitions: number) => ({ name: stage.name(`of${numPartitions}`), numPartitions, replicationFactor: 1, assignments: [], configs: [] })
      const answer = await stage.client.exchange(CreateTopicsApi, version, { topics: [topic(1), topic(10_000)], timeoutMs: TIMEOUT_MS })
      return [answer, await topicsOf(stage, 'end')]
    },
  },
  {
    name: 'DeleteTopics: among others topics that are not there',
    versions: versions(1, 5),
    unordered: ['responses'],
    run: async (stage, version) => {
      for (const name of ['one', 'two', 'stays']) await createTopic(stage, stage.name(name))
      const topicNames = ['one', 'absent', 'two'].map((name) => stage.name(name))
      const answer = await stage.client.exchange(DeleteTopicsApi, version, { topicNames: [...topicNames, '', 'a/b'], timeoutMs: TIMEOUT_MS })
      return [answer, await topicsOf(stage, 'end')]
    },
  },
  {
    name: 'IncrementalAlterConfigs: resources of every kind, each with a change that cannot be made among those that can',
    versions: [0, 1],
    run: async (stage, version) => {
      const topic = stage.name('t')
      const whole = stage.name('whole')
      for (const name of [topic, whole]) await createTopic(stage, name)
      const [group, metrics] = [stage.name('g'), stage.name('m')]
      const set = (name: string, value: string) => ({ name, configOperation: 0, value })
      const edits = [
        { resourceType: TOPIC, resourceName: topic, configs: [set('retention.ms', '77000'), set('segment.bytes', '1')] },
        { resourceType: TOPIC, resourceName: whole, configs: [set('retention.ms', '77000'), set('flush.ms', '5000')] },
        { resourceType: BROKER, resourceName: '1', configs: [set('log.retention.ms', '77000'), set('num.io.threads', '100')] },
        { resourceType: BROKER, resourceName: '', configs: [set('log.retention.ms', '78000'), set('message.max.bytes', '-1')] },
        { resourceType: GROUP, resourceName: group, configs: [set('consumer.session.timeout.ms', '50000'), set('no.such', '1')] },
        { resourceType: CLIENT_METRICS, resourceName: metrics, configs: [set('interval.ms', '7000'), set('match', 'nobody=a')] },
      ]
      const answer = await stage.client.exchange(IncrementalAlterConfigsApi, version, { resources: edits, validateOnly: false })
      await topicsOf(stage, 'end')
      return [
        answer,
        await settingsOf(
          stage,
          edits.map(({ resourceType, resourceName }) => [resourceType, resourceName]),
        ),
      ]
    },
  },
  {
    name: 'AlterPartitionReassignments: among others to brokers that are not there',
    versions: [0, 1],
    unordered: ['responses', 'partitions'],
    run: async (stage, version) => {
      const name = stage.name('t')
      await createTopic(stage, name, 4)
      const replicas = [[1], [UNKNOWN_BROKER], [1, UNKNOWN_BROKER], [1, 1]]
      const partitions = replicas.map((list, partitionIndex) => ({ partitionIndex, replicas: list }))
      const topics = [
        { name, partitions },
        { name: 'absent', partitions: [{ partitionIndex: 0, replicas: [1] }] },
      ]
      const answer = await stage.client.exchange(AlterPartitionReassignmentsApi, version, { timeoutMs: TIMEOUT_MS, topics })
      return [answer, await stage.client.exchange(ListPartitionReassignmentsApi, 0, { timeoutMs: TIMEOUT_MS, topics: null }), await topicsOf(stage, 'end')]
    },
  },
  {
    name: 'AlterReplicaLogDirs: nothing moves to a directory that is none',
    versions: [1, 2],
    unordered: ['partitions'],
    run: async (stage, version) => {
      const name = stage.name('t')
      await createTopic(stage, name, 2)
      const dirs = [{ path: '/no/such', topics: [{ name, partitions: [0, 1] }] }]
      const answer = await stage.client.exchange(AlterReplicaLogDirsApi, version, { dirs })
      return [answer, await stage.client.exchange(DescribeTopicPartitionsApi, 0, { topics: [{ name }], responsePartitionLimit: 10 })]
    },
    keep: ['leader'],
  },
]
