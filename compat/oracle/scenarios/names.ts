import { CreatePartitionsApi } from '../../../protocol/messages/create-partitions.ts'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { DeleteGroupsApi } from '../../../protocol/messages/delete-groups.ts'
import { DeleteRecordsApi } from '../../../protocol/messages/delete-records.ts'
import { DeleteTopicsApi } from '../../../protocol/messages/delete-topics.ts'
import { DescribeConfigsApi } from '../../../protocol/messages/describe-configs.ts'
import { DescribeGroupsApi } from '../../../protocol/messages/describe-groups.ts'
import { DescribeTopicPartitionsApi } from '../../../protocol/messages/describe-topic-partitions.ts'
import { FetchApi } from '../../../protocol/messages/fetch.ts'
import { HeartbeatApi } from '../../../protocol/messages/heartbeat.ts'
import { IncrementalAlterConfigsApi } from '../../../protocol/messages/incremental-alter-configs.ts'
import { JoinGroupApi } from '../../../protocol/messages/join-group.ts'
import { LeaveGroupApi } from '../../../protocol/messages/leave-group.ts'
import { ListConfigResourcesApi } from '../../../protocol/messages/list-config-resources.ts'
import { ListGroupsApi } from '../../../protocol/messages/list-groups.ts'
import { ListOffsetsApi } from '../../../protocol/messages/list-offsets.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import { OffsetCommitApi } from '../../../protocol/messages/offset-commit.ts'
import { OffsetDeleteApi } from '../../../protocol/messages/offset-delete.ts'
import { OffsetFetchApi } from '../../../protocol/messages/offset-fetch.ts'
import { OffsetForLeaderEpochApi } from '../../../protocol/messages/offset-for-leader-epoch.ts'
import { ProduceApi } from '../../../protocol/messages/produce.ts'
import { SyncGroupApi } from '../../../protocol/messages/sync-group.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import type { Outcome } from '../raw-client.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { coordinatorReady, join, joinRequest, stableGroup } from './groups.ts'
import { createTopic } from './topics.ts'

/** The longest name of a topic; groups and subscriptions have no such bound. */
const LONGEST = 249
const TIMEOUT_MS = 10_000

const ILLEGAL = ['', '.', '..', 'with space', 'a/b', 'a:b', 'ümlaut', '\u0000', '日本', 'x'.repeat(LONGEST + 1), 'x'.repeat(3_000)]
/** Whatever a group may be called; some of these no topic may. */
const UNUSUAL = [
  '.',
  '..',
  '...',
  '-',
  '_',
  'with space',
  'a/b',
  'a:b',
  'ümlaut',
  '\u0000',
  '日本 🎈',
  ' ',
  'x'.repeat(LONGEST),
  'x'.repeat(LONGEST + 1),
  'x'.repeat(20_000),
]

async function each<T>(values: readonly T[], ask: (value: T) => Promise<unknown>): Promise<readonly unknown[]> {
  const outcomes: unknown[] = []
  for (const value of values) outcomes.push([value, await ask(value)])
  return outcomes
}

type AskByName = (stage: Stage, name: string) => Promise<Outcome>

/** Everything that names a topic, in its newest version that names it. */
const ofTopics: Readonly<Record<string, AskByName>> = {
  CreateTopics: ({ client }, name) => {
    const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
    return client.exchange(CreateTopicsApi, 7, { topics: [topic], timeoutMs: TIMEOUT_MS })
  },
  CreatePartitions: ({ client }, name) =>
    client.exchange(CreatePartitionsApi, 3, { topics: [{ name, count: 9, assignments: null }], timeoutMs: TIMEOUT_MS, validateOnly: false }),
  DeleteTopics: ({ client }, name) => client.exchange(DeleteTopicsApi, 6, { topics: [{ name }], timeoutMs: TIMEOUT_MS }),
  Metadata: ({ client }, name) => client.exchange(MetadataApi, 13, { topics: [{ name }], allowAutoTopicCreation: false }),
  DescribeTopicPartitions: ({ client }, name) => client.exchange(DescribeTopicPartitionsApi, 0, { topics: [{ name }], responsePartitionLimit: 10 }),
  Produce: ({ client }, name) => {
    const records = buildBatch({}, [{ timestamp: 1_700_000_000_000, value: Buffer.from('a') }])
    return client.exchange(ProduceApi, 12, { acks: -1, timeoutMs: TIMEOUT_MS, topicData: [{ name, partitionData: [{ index: 0, records }] }] })
  },
  Fetch: ({ client }, topic) => {
    const topics = [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000 }] }]
    return client.exchange(FetchApi, 12, { maxWaitMs: 0, minBytes: 0, topics, forgottenTopicsData: [] })
  },
  ListOffsets: ({ client }, name) =>
    client.exchange(ListOffsetsApi, 11, { replicaId: -1, isolationLevel: 0, topics: [{ name, partitions: [{ partitionIndex: 0, timestamp: -1n }] }] }),
  OffsetForLeaderEpoch: ({ client }, topic) =>
    client.exchange(OffsetForLeaderEpochApi, 4, { topics: [{ topic, partitions: [{ partition: 0, leaderEpoch: 0 }] }] }),
  DeleteRecords: ({ client }, name) =>
    client.exchange(DeleteRecordsApi, 2, { topics: [{ name, partitions: [{ partitionIndex: 0, offset: -1 }] }], timeoutMs: TIMEOUT_MS }),
  DescribeConfigs: ({ client }, resourceName) =>
    client.exchange(DescribeConfigsApi, 4, { resources: [{ resourceType: 2, resourceName, configurationKeys: [] }] }),
  IncrementalAlterConfigs: ({ client }, resourceName) => {
    const configs = [{ name: 'retention.ms', configOperation: 0, value: '5000' }]
    return client.exchange(IncrementalAlterConfigsApi, 1, { resources: [{ resourceType: 2, resourceName, configs }], validateOnly: false })
  },
}

const topicNames: readonly Scenario[] = Object.entries(ofTopics).map(([api, ask]) => ({
  name: `${api}: names of topics that are none`,
  versions: [0],
  run: async (stage) => [await each(ILLEGAL, (name) => ask(stage, name)), await topicsThatAre(stage, (name) => ILLEGAL.includes(name))],
}))

/** The names of topics that are there now, of those that `choose` takes. */
async function topicsThatAre({ client }: Stage, choose: (name: string) => boolean): Promise<readonly string[]> {
  const { topics } = await client.ask(MetadataApi, 12, { topics: null, allowAutoTopicCreation: false })
  return topics.flatMap(({ name }) => (name !== null && choose(name) ? [name] : [])).sort()
}

const groupNames: readonly Scenario[] = [
  {
    name: 'names of groups: all that can be done with one without members',
    versions: [0],
    run: async (stage) => {
      const topic = stage.name('t')
      await createTopic(stage, topic)
      const { client } = stage
      return each(UNUSUAL, async (unusual) => {
        const groupId = `${unusual}${stage.name('g')}`
        await coordinatorReady(stage, groupId)
        const partitions = [{ partitionIndex: 0, committedOffset: 5, committedMetadata: '' }]
        const fetchIt = { groups: [{ groupId, topics: [{ name: topic, partitionIndexes: [0] }] }] }
        const listed = async () => (await client.ask(ListGroupsApi, 5, {})).groups.filter((group) => group.groupId === groupId)
        return [
          await client.exchange(OffsetCommitApi, 9, { groupId, topics: [{ name: topic, partitions }] }),
          await client.exchange(OffsetFetchApi, 9, fetchIt),
          await client.exchange(DescribeGroupsApi, 6, { groups: [groupId] }),
          await listed(),
          await client.exchange(OffsetDeleteApi, 0, { groupId, topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }] }),
          await client.exchange(DeleteGroupsApi, 2, { groupsNames: [groupId] }),
          await listed(),
        ]
      })
    },
  },
  {
    name: 'names of groups: members of such a group',
    versions: [0],
    run: (stage) =>
      each(UNUSUAL, async (unusual) => {
        const { groupId, joined } = await stableGroup(stage, `${unusual}g`)
        const { generationId, memberId } = joined
        return [
          joined,
          await stage.client.exchange(HeartbeatApi, 4, { groupId, generationId, memberId }),
          await stage.client.exchange(LeaveGroupApi, 5, { groupId, members: [{ memberId, groupInstanceId: null }] }),
        ]
      }),
  },
  {
    name: 'names of groups: none, in every request',
    versions: [0],
    run: async ({ client }) => [
      await client.exchange(JoinGroupApi, 9, joinRequest('', 9, {})),
      await client.exchange(SyncGroupApi, 5, { groupId: '', generationId: 1, memberId: 'a', assignments: [] }),
      await client.exchange(HeartbeatApi, 4, { groupId: '', generationId: 1, memberId: 'a' }),
      await client.exchange(LeaveGroupApi, 5, { groupId: '', members: [] }),
      await client.exchange(OffsetCommitApi, 9, { groupId: '', topics: [] }),
      await client.exchange(OffsetFetchApi, 9, { groups: [{ groupId: '', topics: null }] }),
      await client.exchange(OffsetDeleteApi, 0, { groupId: '', topics: [] }),
      await client.exchange(DeleteGroupsApi, 2, { groupsNames: [''] }),
      await client.exchange(DescribeGroupsApi, 6, { groups: [''] }),
    ],
  },
  {
    name: 'names of members: instances of every kind',
    versions: [0],
    run: async (stage) => {
      const groupId = stage.name('g')
      await coordinatorReady(stage, groupId)
      const instances = ['', ...UNUSUAL]
      return each(instances, (instance) => join(stage.client, `${groupId}-${instances.indexOf(instance)}`, 9, { instance }))
    },
  },
]

const resourceNames: readonly Scenario[] = ([16, 32] as const).map((resourceType) => ({
  name: `names of ${resourceType === 16 ? 'subscriptions to metrics' : 'groups with settings'}`,
  versions: [0],
  unordered: ['configs', 'configResources'],
  run: async (stage) => {
    const [setting = '', value = ''] = resourceType === 16 ? ['interval.ms', '7000'] : ['consumer.session.timeout.ms', '50000']
    const own = (name: string) => UNUSUAL.includes(name)
    const change = (resourceName: string, configOperation: number) =>
      stage.client.exchange(IncrementalAlterConfigsApi, 1, {
        resources: [{ resourceType, resourceName, configs: [{ name: setting, configOperation, value: configOperation === 1 ? null : value }] }],
        validateOnly: false,
      })
    const listed = async (count: number) => {
      const names = async () =>
        (await stage.client.ask(ListConfigResourcesApi, 1, { resourceTypes: [resourceType] })).configResources
          .map(({ resourceName }) => resourceName)
          .filter(own)
      const deadlineMs = Date.now() + TIMEOUT_MS
      while ((await names()).length !== count && Date.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 10))
      return (await names()).sort()
    }
    return [
      await change('', 0),
      await each(UNUSUAL, (name) => change(name, 0)),
      await listed(UNUSUAL.length),
      await each(UNUSUAL, (name) => change(name, 1)),
      await listed(0),
    ]
  },
}))

/** Names at and beyond their limits, wherever one is asked for. Auto-creation is left out: Apache Kafka answers before there is anything. */
export const nameScenarios: readonly Scenario[] = [...topicNames, ...groupNames, ...resourceNames]
