import { CreatePartitionsApi } from '../../../protocol/messages/create-partitions.ts'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { DeleteTopicsApi } from '../../../protocol/messages/delete-topics.ts'
import { ListOffsetsApi } from '../../../protocol/messages/list-offsets.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'

const CREATE = versions(2, 7)

/** Waits as clients do until the leader is known, since Apache Kafka answers CreateTopics before it is. */
export async function createTopic(stage: Stage, name: string, numPartitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<void> {
  const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
  const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs: entries }
  const { topics } = await stage.client.ask(CreateTopicsApi, 7, { topics: [topic], timeoutMs: 10_000 })
  if (topics[0]?.errorCode !== 0) throw new Error(`CreateTopics ${name}: ${topics[0]?.errorCode} ${topics[0]?.errorMessage}`)
  const partitions = Array.from({ length: numPartitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1n }))
  await untilNoError(() => stage.client.ask(ListOffsetsApi, 7, { replicaId: -1, isolationLevel: 0, topics: [{ name, partitions }] }))
  await untilNoError(() => stage.client.ask(MetadataApi, 12, { topics: [{ name }], allowAutoTopicCreation: false }))
}

/** Asks again while anything in the answer is an error: what was made is not yet everywhere in Apache Kafka. */
async function untilNoError(ask: () => Promise<unknown>): Promise<void> {
  const deadlineMs = Date.now() + 10_000
  const text = () => JSON.stringify(answer, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  const isError = () => text().match(/"errorCode":(?!0\b)/) !== null
  let answer = await ask()
  while (isError()) {
    if (Date.now() > deadlineMs) throw new Error(`still an error: ${text()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
    answer = await ask()
  }
}

interface Creation {
  readonly name: string
  readonly numPartitions?: number
  readonly replicationFactor?: number
  readonly assignments?: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[]
  readonly configs?: readonly { readonly name: string; readonly value: string | null }[]
}

function creation(
  title: string,
  topics: (stage: Stage) => readonly Creation[],
  options: { readonly validateOnly?: boolean; readonly from?: number } = {},
): Scenario {
  return {
    name: `CreateTopics: ${title}`,
    versions: CREATE.filter((version) => version >= (options.from ?? 0)),
    run: async (stage, version) => {
      const list = topics(stage).map((topic) => ({ numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...topic }))
      return stage.client.exchange(CreateTopicsApi, version, { topics: list, timeoutMs: 10_000, validateOnly: options.validateOnly ?? false })
    },
  }
}

const refusedNames = ['', '.', '..', 'with space', 'slash/es', 'x'.repeat(249), 'x'.repeat(250), 'ümlaut', '__consumer_offsets', '__cluster_metadata']

export const topicScenarios: readonly Scenario[] = [
  creation('one', (stage) => [{ name: stage.name('t') }]),
  creation('several partitions', (stage) => [{ name: stage.name('t'), numPartitions: 5 }]),
  creation('defaults', (stage) => [{ name: stage.name('t'), numPartitions: -1, replicationFactor: -1 }], { from: 4 }),
  creation('defaults before they were allowed', (stage) => [{ name: stage.name('t'), numPartitions: -1, replicationFactor: -1 }]),
  creation('validate only', (stage) => [{ name: stage.name('t'), numPartitions: 2 }], { validateOnly: true }),
  creation('settings', (stage) => [
    {
      name: stage.name('t'),
      configs: [
        { name: 'retention.ms', value: '1000' },
        { name: 'cleanup.policy', value: 'compact,delete' },
      ],
    },
  ]),
  creation('the same name twice', (stage) => [{ name: stage.name('t') }, { name: stage.name('t') }]),
  creation('wrong counts', (stage) => [
    { name: stage.name('zero'), numPartitions: 0 },
    { name: stage.name('negative'), numPartitions: -2 },
    { name: stage.name('no-replica'), replicationFactor: 0 },
    { name: stage.name('too-many-replicas'), replicationFactor: 2 },
    { name: stage.name('fine') },
  ]),
  creation('assignments', (stage) => [
    {
      name: stage.name('fine'),
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [
        { partitionIndex: 0, brokerIds: [1] },
        { partitionIndex: 1, brokerIds: [1] },
      ],
    },
    {
      name: stage.name('gap'),
      numPartitions: -1,
      replicationFactor: -1,
      assignments: [
        { partitionIndex: 0, brokerIds: [1] },
        { partitionIndex: 2, brokerIds: [1] },
      ],
    },
    { name: stage.name('unknown-broker'), numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [9] }] },
    { name: stage.name('twice'), numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [1, 1] }] },
    { name: stage.name('empty'), numPartitions: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds: [] }] },
    { name: stage.name('with-counts'), numPartitions: 1, replicationFactor: 1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] },
  ]),
  creation('wrong settings', (stage) => [
    { name: stage.name('unknown'), configs: [{ name: 'no.such.setting', value: '1' }] },
    { name: stage.name('text'), configs: [{ name: 'retention.ms', value: 'soon' }] },
    { name: stage.name('null'), configs: [{ name: 'retention.ms', value: null }] },
    { name: stage.name('bounds'), configs: [{ name: 'segment.bytes', value: '1' }] },
    { name: stage.name('choice'), configs: [{ name: 'cleanup.policy', value: 'burn' }] },
    { name: stage.name('list'), configs: [{ name: 'compression.type', value: 'gzip,lz4' }] },
    {
      name: stage.name('repeated'),
      configs: [
        { name: 'retention.ms', value: '1' },
        { name: 'retention.ms', value: '2' },
      ],
    },
  ]),
  ...refusedNames.map((name) => creation(`name ${name.slice(0, 20)} of ${name.length}`, () => [{ name }], { validateOnly: true })),
  {
    name: 'CreateTopics: a name that exists, and one that collides',
    versions: CREATE,
    run: async (stage, version) => {
      await createTopic(stage, `${stage.name('t')}.a`)
      const topics = [`${stage.name('t')}.a`, `${stage.name('t')}_a`].map((name) => ({
        name,
        numPartitions: 1,
        replicationFactor: 1,
        assignments: [],
        configs: [],
      }))
      return stage.client.exchange(CreateTopicsApi, version, { topics, timeoutMs: 10_000 })
    },
  },
  {
    name: 'CreatePartitions: more, the same, fewer, unknown, with assignments',
    unordered: ['results'],
    versions: versions(0, 3),
    run: async (stage, version) => {
      for (const name of ['more', 'same', 'fewer', 'assigned', 'wrong']) await createTopic(stage, stage.name(name), 2)
      const topics = [
        { name: stage.name('more'), count: 4, assignments: null },
        { name: stage.name('same'), count: 2, assignments: null },
        { name: stage.name('fewer'), count: 1, assignments: null },
        { name: stage.name('absent'), count: 4, assignments: null },
        { name: stage.name('assigned'), count: 3, assignments: [{ brokerIds: [1] }] },
        { name: stage.name('wrong'), count: 4, assignments: [{ brokerIds: [1] }] },
      ]
      return stage.client.exchange(CreatePartitionsApi, version, { topics, timeoutMs: 10_000, validateOnly: false })
    },
  },
  {
    name: 'CreatePartitions: validate only, and a topic twice',
    versions: versions(0, 3),
    run: async (stage, version) => {
      await createTopic(stage, stage.name('t'), 1)
      const more = { name: stage.name('t'), count: 3, assignments: null }
      const validated = await stage.client.exchange(CreatePartitionsApi, version, { topics: [more], timeoutMs: 10_000, validateOnly: true })
      const twice = await stage.client.exchange(CreatePartitionsApi, version, { topics: [more, more], timeoutMs: 10_000, validateOnly: false })
      return [validated, twice]
    },
  },
  {
    name: 'DeleteTopics: known and unknown, by name',
    unordered: ['responses'],
    versions: versions(1, 6),
    run: async (stage, version) => {
      await createTopic(stage, stage.name('t'), 2)
      const names = [stage.name('t'), stage.name('absent')]
      const request = version >= 6 ? { topics: names.map((name) => ({ name })), timeoutMs: 10_000 } : { topicNames: names, timeoutMs: 10_000 }
      return stage.client.exchange(DeleteTopicsApi, version, request)
    },
  },
  {
    name: 'DeleteTopics: one, which can be made again',
    versions: versions(1, 6),
    run: async (stage, version) => {
      const name = stage.name('t')
      await createTopic(stage, name, 2)
      const topics = version >= 6 ? { topics: [{ name }] } : { topicNames: [name] }
      const answer = await stage.client.exchange(DeleteTopicsApi, version, { ...topics, timeoutMs: 10_000 })
      await createTopic(stage, name, 1)
      return answer
    },
  },
  {
    name: 'DeleteTopics: the same twice, without time to do anything',
    versions: versions(1, 6),
    run: async (stage, version) => {
      const names = [stage.name('absent'), stage.name('absent')]
      return stage.client.exchange(
        DeleteTopicsApi,
        version,
        version >= 6 ? { topics: names.map((name) => ({ name })), timeoutMs: 0 } : { topicNames: names, timeoutMs: 0 },
      )
    },
  },
  {
    name: 'DeleteTopics: by id, by an unknown id, by both',
    unordered: ['responses'],
    versions: [6],
    run: async (stage, version) => {
      await createTopic(stage, stage.name('t'), 1)
      const metadata = await stage.client.ask(MetadataApi, 12, { topics: [{ name: stage.name('t') }], allowAutoTopicCreation: false })
      const topicId = metadata.topics[0]?.topicId
      if (topicId === undefined) throw new Error('no topic id')
      const unknown = 'abcdefghijklmnopqrstuA' as typeof topicId
      const both = await stage.client.exchange(DeleteTopicsApi, version, { topics: [{ name: stage.name('t'), topicId }], timeoutMs: 10_000 })
      const byId = await stage.client.exchange(DeleteTopicsApi, version, {
        topics: [
          { name: null, topicId },
          { name: null, topicId: unknown },
        ],
        timeoutMs: 10_000,
      })
      return [both, byId]
    },
  },
]
