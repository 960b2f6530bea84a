import { AlterPartitionReassignmentsApi } from '../../../protocol/messages/alter-partition-reassignments.ts'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { DescribeQuorumApi } from '../../../protocol/messages/describe-quorum.ts'
import { ElectLeadersApi } from '../../../protocol/messages/elect-leaders.ts'
import { ListPartitionReassignmentsApi } from '../../../protocol/messages/list-partition-reassignments.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import { UnregisterBrokerApi } from '../../../protocol/messages/unregister-broker.ts'
import type { Outcome } from '../raw-client.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'
import { createTopic } from './topics.ts'

const LONGEST_NAME = 'x'.repeat(249)
const METADATA = '__cluster_metadata'
const [PREFERRED, UNCLEAN] = [0, 1]
const UNKNOWN_BROKER = 77

type QuorumTopic = readonly [name: string, ...partitions: readonly number[]]

function quorum(title: string, asked: readonly QuorumTopic[], on: 'broker' | 'controller' = 'broker'): Scenario {
  return {
    name: `DescribeQuorum: ${title}`,
    versions: versions(0, 2),
    // Positions in two logs that were written at other times.
    mask: ['logEndOffset', 'lastFetchTimestamp', 'lastCaughtUpTimestamp', 'highWatermark', 'replicaDirectoryId'],
    run: async (stage, version) => {
      const client = on === 'broker' ? stage.client : await stage.openController()
      const topics = asked.map(([topicName, ...partitions]) => ({ topicName, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) }))
      return client.exchange(DescribeQuorumApi, version, { topics })
    },
  }
}

/** Of `DescribeQuorum` itself: what the two brokers' own values must satisfy. */
const quorumValues: Scenario = {
  name: 'DescribeQuorum: offsets and times agree with one another',
  versions: [1, 2],
  run: async ({ client }, version) => {
    const before = Date.now()
    const { topics } = await client.ask(DescribeQuorumApi, version, { topics: [{ topicName: METADATA, partitions: [{ partitionIndex: 0 }] }] })
    const partition = topics[0]?.partitions[0]
    const voter = partition?.currentVoters[0]
    if (partition === undefined || voter === undefined) return topics
    const isNow = (timeMs: number) => timeMs >= before && timeMs <= Date.now()
    return {
      highWatermark: partition.highWatermark > 0 && partition.highWatermark <= voter.logEndOffset,
      caughtUp: isNow(voter.lastCaughtUpTimestamp),
      fetched: isNow(voter.lastFetchTimestamp),
      hasDirectory: voter.replicaDirectoryId !== 'AAAAAAAAAAAAAAAAAAAAAA',
    }
  },
}

type Elected = readonly [topic: string, ...partitions: readonly number[]]

function elect(title: string, asked: (topic: string) => readonly Elected[], options: { readonly type?: number; readonly timeoutMs?: number } = {}): Scenario {
  const { type = PREFERRED, timeoutMs = 10_000 } = options
  return {
    name: `ElectLeaders: ${title}`,
    versions: versions(type === PREFERRED ? 0 : 1, 2),
    run: async (stage, version) => {
      const topic = stage.name('t')
      await createTopic(stage, topic, 2)
      const topicPartitions = asked(topic).map(([name, ...partitions]) => ({ topic: name, partitions }))
      return stage.client.exchange(ElectLeadersApi, version, { topicPartitions, timeoutMs, ...(version >= 1 ? { electionType: type } : {}) })
    },
  }
}

type Reassigned = readonly [topic: string, partition: number, replicas: readonly number[] | null]

function reassign(
  title: string,
  asked: (topic: string) => readonly Reassigned[],
  options: { readonly timeoutMs?: number; readonly keepsFactor?: boolean } = {},
): Scenario {
  const { timeoutMs = 10_000, keepsFactor = false } = options
  return {
    name: `AlterPartitionReassignments: ${title}`,
    versions: keepsFactor ? [1] : versions(0, 1),
    run: async (stage, version) => {
      const topic = stage.name('t')
      await createTopic(stage, topic, 2)
      const answer = await stage.client.exchange(AlterPartitionReassignmentsApi, version, {
        timeoutMs,
        topics: asked(topic).map(([name, partitionIndex, replicas]) => ({ name, partitions: [{ partitionIndex, replicas }] })),
        ...(keepsFactor ? { allowReplicationFactorChange: false } : {}),
      })
      return [answer, await listed(stage, [[topic, 0, 1]])]
    },
  }
}

function listed({ client }: Stage, asked: readonly Elected[] | null, timeoutMs = 10_000): Promise<Outcome> {
  const topics = asked?.map(([name, ...partitionIndexes]) => ({ name, partitionIndexes })) ?? null
  return client.exchange(ListPartitionReassignmentsApi, 0, { timeoutMs, topics })
}

const unregistrations = (on: 'broker' | 'controller'): Scenario => ({
  name: `UnregisterBroker: ids that are not registered, on the listener of the ${on}`,
  versions: [0],
  run: async (stage) => {
    const client = on === 'broker' ? stage.client : await stage.openController()
    const outcomes: Outcome[] = []
    for (const brokerId of [UNKNOWN_BROKER, 0, -1, 2_147_483_647, -2_147_483_648]) outcomes.push(await client.exchange(UnregisterBrokerApi, 0, { brokerId }))
    return outcomes
  },
})

export const clusterScenarios: readonly Scenario[] = [
  quorum('of the metadata log', [[METADATA, 0]]),
  quorum('on the listener of the controller', [[METADATA, 0]], 'controller'),
  quorum('of no topic', []),
  quorum('of no partition', [[METADATA]]),
  quorum('of partitions that are none of it', [[METADATA, 1, -1]]),
  quorum('of more partitions than it has', [[METADATA, 0, 1]]),
  quorum('of other topics', [['other', 0]]),
  quorum('of the metadata log and another', [
    [METADATA, 0],
    ['other', 0],
  ]),
  quorum('of a name without letters', [['', 0]]),
  quorumValues,
  elect('preferred, where the preferred one leads', (topic) => [[topic, 0, 1]]),
  elect('unclean, where there is a leader', (topic) => [[topic, 0]], { type: UNCLEAN }),
  elect('no topics', () => []),
  elect('no partitions', (topic) => [[topic]]),
  elect('unknown topics and partitions, names at and beyond the limit', (topic) => [
    [topic, 2, -1, 2_147_483_647],
    ['absent', 0],
    [LONGEST_NAME, 0],
    [`${LONGEST_NAME}x`, 0],
    ['with space', 0],
    ['', 0],
  ]),
  elect('partitions that repeat', (topic) => [[topic, 0, 0]]),
  elect('topics that repeat', (topic) => [
    [topic, 0],
    [topic, 1],
  ]),
  elect('a type that is none', (topic) => [[topic, 0, 1]], { type: 2 }),
  elect('a negative type', (topic) => [[topic, 0]], { type: -1 }),
  elect('a type that is none, for no topics', () => [], { type: 2 }),
  elect('without any time', (topic) => [[topic, 0]], { timeoutMs: 0 }),
  elect('with a negative time', (topic) => [[topic, 0]], { timeoutMs: -1 }),
  {
    name: 'ElectLeaders: all partitions',
    versions: versions(0, 2),
    unordered: ['replicaElectionResults'],
    run: async (stage, version) => {
      const topic = stage.name('t')
      await createTopic(stage, topic)
      const answer = await stage.client.ask(ElectLeadersApi, version, { topicPartitions: null, timeoutMs: 10_000 })
      return { ...answer, replicaElectionResults: answer.replicaElectionResults.filter((result) => result.topic === topic) }
    },
  },
  {
    name: 'ElectLeaders: on the listener of the controller',
    versions: versions(0, 2),
    run: async (stage, version) => {
      const topic = stage.name('t')
      await createTopic(stage, topic)
      const topicPartitions = [{ topic, partitions: [0, 1] }]
      return (await stage.openController()).exchange(ElectLeadersApi, version, { topicPartitions, timeoutMs: 10_000 })
    },
  },
  reassign('to where it is', (topic) => [[topic, 0, [1]]]),
  reassign('cancelled where there is none', (topic) => [
    [topic, 0, null],
    [topic, 5, null],
    ['absent', 0, null],
  ]),
  reassign('to unknown brokers', (topic) => [
    [topic, 0, [UNKNOWN_BROKER]],
    [topic, 1, [1, UNKNOWN_BROKER]],
    [topic, 1, [-1]],
    [topic, 1, [1, 2_147_483_647]],
  ]),
  reassign('to a broker twice', (topic) => [
    [topic, 0, [1, 1]],
    [topic, 1, [UNKNOWN_BROKER, UNKNOWN_BROKER]],
  ]),
  reassign('to no broker', (topic) => [[topic, 0, []]]),
  reassign('of unknown topics and partitions, names at and beyond the limit', (topic) => [
    [topic, 2, [1]],
    [topic, -1, [1]],
    ['absent', 0, [1]],
    [LONGEST_NAME, 0, [1]],
    [`${LONGEST_NAME}x`, 0, [UNKNOWN_BROKER]],
    ['', 0, []],
  ]),
  reassign('of a partition twice', (topic) => [
    [topic, 0, [1]],
    [topic, 0, null],
    [topic, 0, [UNKNOWN_BROKER]],
  ]),
  reassign('of no topics', () => []),
  reassign('without any time', (topic) => [[topic, 0, [1]]], { timeoutMs: 0 }),
  reassign('with a negative time, of no topics', () => [], { timeoutMs: -1 }),
  reassign(
    'with as many replicas as before asked for',
    (topic) => [
      [topic, 0, [1]],
      [topic, 1, [1, UNKNOWN_BROKER]],
      [topic, 1, []],
      [topic, 1, null],
    ],
    { keepsFactor: true },
  ),
  {
    name: 'AlterPartitionReassignments: on the listener of the controller',
    versions: versions(0, 1),
    run: async (stage, version) => {
      const topics = [{ name: 'absent', partitions: [{ partitionIndex: 0, replicas: [1] }] }]
      return (await stage.openController()).exchange(AlterPartitionReassignmentsApi, version, { timeoutMs: 10_000, topics })
    },
  },
  {
    name: 'ListPartitionReassignments: where nothing moves',
    versions: [0],
    run: async (stage) => {
      const topic = stage.name('t')
      await createTopic(stage, topic)
      return [
        await listed(stage, null),
        await listed(stage, []),
        await listed(stage, [[topic, 0, 0, 1, -1], ['absent', 0], [`${LONGEST_NAME}x`, 0], [topic]]),
        await listed(stage, null, 0),
        await listed(stage, null, -1),
        await (await stage.openController()).exchange(ListPartitionReassignmentsApi, 0, { timeoutMs: 10_000, topics: null }),
      ]
    },
  },
  unregistrations('broker'),
  unregistrations('controller'),
  // The last one: the broker is unknown until it starts again.
  {
    name: 'UnregisterBroker: the broker itself, which runs on',
    versions: [0],
    run: async (stage) => {
      const topic = stage.name('t')
      await createTopic(stage, topic)
      const unregistered = await stage.client.exchange(UnregisterBrokerApi, 0, { brokerId: 1 })
      const creation = { name: stage.name('u'), numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
      return [
        unregistered,
        await leaderless(stage, topic),
        await stage.client.exchange(CreateTopicsApi, 7, { topics: [creation], timeoutMs: 10_000, validateOnly: false }),
        await stage.client.exchange(UnregisterBrokerApi, 0, { brokerId: 1 }),
        await stage.client.exchange(ElectLeadersApi, 2, { electionType: PREFERRED, topicPartitions: [{ topic, partitions: [0] }], timeoutMs: 10_000 }),
        await stage.client.exchange(ElectLeadersApi, 2, { electionType: UNCLEAN, topicPartitions: [{ topic, partitions: [0] }], timeoutMs: 10_000 }),
      ]
    },
  },
]

/** What clients are told when the broker itself knows that it is forgotten. */
async function leaderless({ client }: Stage, topic: string): Promise<unknown> {
  const deadlineMs = Date.now() + 5_000
  for (;;) {
    const answer = await client.ask(MetadataApi, 12, { topics: [{ name: topic }], allowAutoTopicCreation: false })
    if (answer.brokers.length === 0 || Date.now() > deadlineMs) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
