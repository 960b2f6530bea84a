import { setTimeout as sleep } from 'node:timers/promises'
import { AlterReplicaLogDirsApi } from '../../../protocol/messages/alter-replica-log-dirs.ts'
import { DescribeLogDirsApi } from '../../../protocol/messages/describe-log-dirs.ts'
import { IncrementalAlterConfigsApi } from '../../../protocol/messages/incremental-alter-configs.ts'
import { ListOffsetsApi } from '../../../protocol/messages/list-offsets.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import { ProduceApi } from '../../../protocol/messages/produce.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'
import { createTopic } from './topics.ts'

const DESCRIBE = versions(1, 5)
const ALTER = versions(1, 2)
const MOVE_TIMEOUT_MS = 20_000

type Asked = readonly { readonly topic: string; readonly partitions: readonly number[] }[] | null

/** The paths of the node, in the order of `log.dirs`. */
async function paths(stage: Stage): Promise<readonly string[]> {
  const { results } = await stage.client.ask(DescribeLogDirsApi, 5, { topics: [] })
  return results.map(({ logDir }) => logDir)
}

/** The logs of a topic over all directories, without where they are: each node chooses that by all that it has. */
async function logsOf(stage: Stage, topic: string, version = 5) {
  const { results } = await stage.client.ask(DescribeLogDirsApi, version, { topics: null })
  return results.flatMap(({ topics }, directory) =>
    topics.filter(({ name }) => name === topic).flatMap(({ partitions }) => partitions.map((partition) => ({ directory, ...partition }))),
  )
}

async function alter(stage: Stage, version: number, moves: readonly (readonly [path: string, topic: string, partitions: readonly number[]])[]) {
  const dirs = moves.map(([path, name, partitions]) => ({ path, topics: [{ name, partitions }] }))
  return await stage.client.ask(AlterReplicaLogDirsApi, version, { dirs })
}

async function produce(stage: Stage, name: string, count: number): Promise<void> {
  const topicId = (await stage.client.ask(MetadataApi, 12, { topics: [{ name }], allowAutoTopicCreation: false })).topics[0]?.topicId
  for (let sent = 0; sent < count; sent++) {
    const records = buildBatch({}, [{ timestamp: 1_700_000_000_000, value: Buffer.alloc(100, 'x') }])
    const request = { transactionalId: null, acks: -1, timeoutMs: 10_000, topicData: [{ topicId, partitionData: [{ index: 0, records }] }] }
    const { responses } = await stage.client.ask(ProduceApi, 13, request)
    const errorCode = responses[0]?.partitionResponses[0]?.errorCode
    if (errorCode !== 0) throw new Error(`produce to ${name} failed with ${errorCode}`)
  }
}

/** Resolves when the topic has no copy any more. */
async function untilMoved(stage: Stage, topic: string): Promise<void> {
  const deadlineMs = Date.now() + MOVE_TIMEOUT_MS
  while ((await logsOf(stage, topic)).some(({ isFutureKey }) => isFutureKey)) {
    if (Date.now() > deadlineMs) throw new Error(`${topic} is still being moved`)
    await sleep(20)
  }
}

function description(title: string, asked: (topic: string) => Asked): Scenario {
  return {
    name: `DescribeLogDirs: ${title}`,
    versions: DESCRIBE,
    mask: ['logDir', 'totalBytes', 'usableBytes'],
    run: async (stage, version) => {
      const topic = stage.name('described')
      await createTopic(stage, topic, 6)
      await produce(stage, topic, 3)
      const { results, ...rest } = await stage.client.ask(DescribeLogDirsApi, version, { topics: asked(topic) })
      const logs = results.flatMap(({ topics }) => topics.filter(({ name }) => name === topic).flatMap(({ partitions }) => partitions))
      return {
        ...rest,
        results: results.map(({ topics: _topics, ...directory }) => directory),
        counts: results.map(({ topics }) => topics.filter(({ name }) => name === topic).flatMap(({ partitions }) => partitions).length).sort(),
        logs: logs.sort((a, b) => a.partitionIndex - b.partitionIndex),
        hasSpace: results.map(({ totalBytes, usableBytes }) => totalBytes > 0 && usableBytes > 0 && usableBytes <= totalBytes),
      }
    },
  }
}

function refusal(title: string, moves: (stage: Stage, directories: readonly string[]) => Promise<Parameters<typeof alter>[2]>): Scenario {
  return {
    name: `AlterReplicaLogDirs: ${title}`,
    versions: ALTER,
    unordered: ['results', 'partitions'],
    run: async (stage, version) => alter(stage, version, await moves(stage, await paths(stage))),
  }
}

export const logDirScenarios: readonly Scenario[] = [
  description('all', () => null),
  description('none', () => []),
  description('some partitions', (topic) => [{ topic, partitions: [0, 2, 9] }]),
  description('a topic that is not there', (topic) => [{ topic: `no-${topic}`, partitions: [0] }]),

  refusal('a directory that is not in log.dirs', async (stage) => {
    await createTopic(stage, stage.name('t'))
    return [['/not/in/log.dirs', stage.name('t'), [0]]]
  }),
  refusal('no directory at all', async () => []),
  refusal('a topic that is not there', async (stage, [first = '']) => [[first, stage.name('absent'), [0, 1]]]),
  refusal('a partition that is not there', async (stage, [first = '']) => {
    await createTopic(stage, stage.name('one'))
    return [[first, stage.name('one'), [7]]]
  }),
  refusal('a topic with the longest name', async (_stage, [first = '']) => [[first, 'x'.repeat(249), [0]]]),
  refusal('a name that is none', async (_stage, [first = '']) => [[first, 'a b', [0]]]),
  refusal('an empty path', async (stage) => {
    await createTopic(stage, stage.name('e'))
    return [['', stage.name('e'), [0]]]
  }),

  {
    name: 'AlterReplicaLogDirs: a replica goes to another directory, with its records, and back',
    versions: ALTER,
    run: async (stage, version) => {
      const topic = stage.name('moved')
      await createTopic(stage, topic)
      await produce(stage, topic, 5)
      const directories = await paths(stage)
      const [before] = await logsOf(stage, topic)
      const [there, back] = [((before?.directory ?? 0) + 1) % 3, before?.directory ?? 0]
      const story: unknown[] = []
      for (const directory of [there, there, back]) {
        story.push(await alter(stage, version, [[directories[directory] as string, topic, [0]]]))
        await untilMoved(stage, topic)
        await produce(stage, topic, 1)
        const { topics } = await stage.client.ask(ListOffsetsApi, 7, {
          replicaId: -1,
          isolationLevel: 0,
          topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1n }] }],
        })
        const logs = await logsOf(stage, topic)
        story.push(topics, logs.length, logs[0]?.directory === directory, logs[0]?.partitionSize, logs[0]?.offsetLag)
      }
      return story
    },
  },
  {
    name: 'AlterReplicaLogDirs: the last directory named for a partition counts',
    versions: ALTER,
    run: async (stage, version) => {
      const topic = stage.name('twice')
      await createTopic(stage, topic)
      const directories = await paths(stage)
      const answer = await alter(stage, version, [
        ['/not/in/log.dirs', topic, [0]],
        [directories[1] as string, topic, [0]],
      ])
      await untilMoved(stage, topic)
      return [answer, (await logsOf(stage, topic)).map(({ directory }) => directory)]
    },
  },
  {
    name: 'AlterReplicaLogDirs: a replica that is not there yet is made where it was wanted',
    versions: ALTER,
    run: async (stage, version) => {
      const directories = await paths(stage)
      const topics = directories.map((_, index) => stage.name(`wanted${index}`))
      const answers: unknown[] = []
      for (const [index, topic] of topics.entries()) answers.push(await alter(stage, version, [[directories[index] as string, topic, [0]]]))
      for (const topic of topics) await createTopic(stage, topic)
      const found: unknown[] = []
      for (const topic of topics) found.push((await logsOf(stage, topic)).map(({ directory }) => directory))
      return [answers, found]
    },
  },
  {
    name: 'cordoned.log.dirs: nothing new is made there, nothing is moved there',
    versions: ALTER,
    run: async (stage, version) => {
      const directories = await paths(stage)
      const cordon = async (value: string | null) => {
        const configs = [{ name: 'cordoned.log.dirs', configOperation: value === null ? 1 : 0, value }]
        const { responses } = await stage.client.ask(IncrementalAlterConfigsApi, 1, {
          resources: [{ resourceType: 4, resourceName: '1', configs }],
          validateOnly: false,
        })
        await sleep(500)
        return responses.map(({ errorCode }) => errorCode)
      }
      const topic = stage.name('cordoned')
      const story: unknown[] = [await cordon(directories.slice(0, 2).join())]
      await createTopic(stage, topic, 3)
      const { results } = await stage.client.ask(DescribeLogDirsApi, 5, { topics: [] })
      story.push(
        results.map(({ isCordoned }) => isCordoned),
        (await logsOf(stage, topic)).map(({ directory }) => directory),
      )
      story.push(await alter(stage, version, [[directories[0] as string, topic, [0]]]))
      story.push(await cordon(null))
      return story
    },
  },
]
