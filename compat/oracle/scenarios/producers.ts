import { DescribeProducersApi, type DescribeProducersResponse } from '../../../protocol/messages/describe-producers.ts'
import { InitProducerIdApi } from '../../../protocol/messages/init-producer-id.ts'
import type { Outcome } from '../raw-client.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { append } from './data.ts'
import { createTopic } from './topics.ts'

type Asked = readonly [topic: string, ...partitions: readonly number[]]

const record = (value: string) => [{ timestamp: 1_700_000_000_000, value: Buffer.from(value) }]

function describe({ client }: Stage, asked: readonly Asked[]): Promise<Outcome> {
  return client.exchange(DescribeProducersApi, 0, { topics: asked.map(([name, ...partitionIndexes]) => ({ name, partitionIndexes })) })
}

/** Asks until Apache Kafka has its first block of ids. */
export async function newProducerId({ client }: Stage): Promise<number> {
  const deadlineMs = Date.now() + 10_000
  for (;;) {
    const { errorCode, producerId } = await client.ask(InitProducerIdApi, 5, { transactionalId: null, transactionTimeoutMs: 1_000 })
    if (errorCode === 0) return producerId
    if (Date.now() > deadlineMs) throw new Error(`no producer id: ${errorCode}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** In the order in which the ids were given, which Apache Kafka's hash map need not keep. */
function inOrder(outcome: Outcome): unknown {
  if (outcome.kind !== 'answer') return outcome
  const { topics } = outcome.value as DescribeProducersResponse
  return topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((partition) => ({ ...partition, activeProducers: [...partition.activeProducers].sort((a, b) => a.producerId - b.producerId) })),
  }))
}

export const producerScenarios: readonly Scenario[] = [
  {
    name: 'DescribeProducers: nobody writes with an id',
    versions: [0],
    run: async (stage) => {
      const topic = stage.name('t')
      await createTopic(stage, topic, 2)
      await append(stage, topic, record('plain'))
      return [await describe(stage, []), await describe(stage, [[topic]]), await describe(stage, [[topic, 0, 1, 1]])]
    },
  },
  {
    name: 'DescribeProducers: idempotent producers, their epochs and sequences',
    versions: [0],
    run: async (stage) => {
      const topic = stage.name('t')
      await createTopic(stage, topic)
      const [first, second] = [await newProducerId(stage), await newProducerId(stage)]
      await append(stage, topic, record('a'), { producerId: first, producerEpoch: 0, baseSequence: 0 })
      await append(stage, topic, [...record('b'), ...record('c')], { producerId: first, producerEpoch: 0, baseSequence: 1 })
      const before = inOrder(await describe(stage, [[topic, 0]]))
      await append(stage, topic, record('d'), { producerId: second, producerEpoch: 3, baseSequence: 0 })
      await append(stage, topic, record('e'), { producerId: first, producerEpoch: 1, baseSequence: 0 })
      return [before, inOrder(await describe(stage, [[topic, 0]]))]
    },
  },
  {
    name: 'DescribeProducers: topics and partitions that are not there, names at and beyond the limit',
    versions: [0],
    run: async (stage) => {
      const topic = stage.name('t')
      await createTopic(stage, topic)
      const asked: readonly Asked[] = [
        [topic, 1, -1, 2_147_483_647],
        ['absent', 0],
        ['absent'],
        ['x'.repeat(249), 0],
        ['x'.repeat(250), 0],
        ['with space', 0],
        ['', 0],
        ['..', 0],
        ['__cluster_metadata', 0],
      ]
      return describe(stage, asked)
    },
  },
  {
    name: 'DescribeProducers: topics that repeat',
    versions: [0],
    run: async (stage) => {
      const topic = stage.name('t')
      await createTopic(stage, topic)
      return describe(stage, [
        [topic, 0],
        [topic, 0],
      ])
    },
  },
]
