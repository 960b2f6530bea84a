import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs, { type Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { type Cluster, startCluster } from '../../src/index.ts'
import { BackupNodes } from './backup/backup-nodes.ts'

/** In the dev profile, of a node's two ports. */
const CONTROLLER_BEHIND_CLIENTS = 10_000

/** Commands that change a cluster, each with what it does to one of three nodes. */
let cluster: Cluster
let directory: string
let kafka: Kafka
beforeAll(async () => {
  const config = { 'controller.quorum.auto.join.enable': false, 'auto.leader.rebalance.enable': false }
  cluster = await startCluster({ nodes: 3, config, logLevel: 'error' })
  kafka = new kafkajs.Kafka({ brokers: cluster.bootstrapServers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  directory = await mkdtemp(join(tmpdir(), 'odradek-administration-'))
})
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

function odradek(...args: readonly string[]): Promise<Ran> {
  return run(...args, '--bootstrap-server', cluster.bootstrapServers)
}

async function run(...args: readonly string[]): Promise<Ran> {
  const texts = { out: '', err: '' }
  const code = await runCli(args, {
    out: (text) => {
      texts.out += text
    },
    err: (text) => {
      texts.err += text
    },
  })
  return { code, ...texts }
}

/** What a command that succeeds tells as JSON. */
async function told(...args: readonly string[]) {
  const { code, out, err } = await odradek(...args, '--json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return JSON.parse(out)
}

let topics = 0
/** A topic with a replica on each node, and so many records in each of its partitions. */
async function topicWith(records: number, partitions = 1): Promise<string> {
  const name = `administered-${++topics}`
  await told('topics', 'create', name, '--partitions', String(partitions))
  const producer = kafka.producer({ idempotent: true, createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  for (let partition = 0; partition < partitions && records > 0; partition++)
    await producer.send({ topic: name, messages: Array.from({ length: records }, () => ({ value: 'x', partition })) })
  await producer.disconnect()
  return name
}

interface Partition {
  readonly partition: number
  readonly leader: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
}

async function partitionsOf(topic: string): Promise<readonly Partition[]> {
  return (await told('topics', 'describe', topic))[0].partitions
}

describe('odradek elect', () => {
  test('gives leadership back to the preferred replica, and says where that was not needed', async () => {
    const topic = await topicWith(0, 3)
    const preferred = (await partitionsOf(topic)).find(({ replicas }) => replicas[0] === 3) as Partition
    await cluster.node(3).stop()
    expect((await partitionsOf(topic))[preferred.partition]?.leader).not.toBe(3)
    await cluster.node(3).start()
    await expect.poll(async () => (await partitionsOf(topic))[preferred.partition]?.isr, { timeout: 20_000 }).toContain(3)
    const results = await told('elect', topic)
    expect(results).toEqual([0, 1, 2].map((partition) => ({ topic, partition, result: partition === preferred.partition ? 'elected' : 'not-needed' })))
    expect((await partitionsOf(topic))[preferred.partition]?.leader).toBe(3)
  })

  test('of all tells only of those that needed it', async () => {
    await odradek('elect', '--all')
    expect(await odradek('elect', '--all')).toEqual({ code: 0, out: 'No partition needs an election.\n', err: '' })
  })

  test('fails where a partition is not there, and does the others', async () => {
    const topic = await topicWith(0)
    const { code, out } = await odradek('elect', `${topic}:0,7`, '--unclean')
    expect([code, out.split('\n').map((line) => line.trim())]).toEqual([
      1,
      [
        expect.stringMatching(/^TOPIC +PARTITION +RESULT$/),
        expect.stringMatching(/ 0 +not needed$/),
        expect.stringMatching(new RegExp(` 7 +No such partition as ${topic}-7$`)),
        '',
      ],
    ])
  })
})

describe('odradek topics delete-records', () => {
  test('moves the beginning of a partition, for good', async () => {
    const topic = await topicWith(10)
    expect(await told('topics', 'delete-records', `${topic}:0`, '--before', '4')).toEqual([{ topic, partition: 0, first: 4 }])
    expect(await told('topics', 'delete-records', topic, '--before', '2')).toEqual([{ topic, partition: 0, first: 4 }])
    expect(await told('offsets', topic)).toMatchObject([{ first: 4, end: 10 }])
    expect(await told('topics', 'delete-records', topic, '--before', 'latest')).toEqual([{ topic, partition: 0, first: 10 }])
  })

  test('takes the file of Kafka’s tool', async () => {
    const topic = await topicWith(3, 1)
    const file = join(directory, 'offsets.json')
    await writeFile(file, JSON.stringify({ partitions: [{ topic, partition: 0, offset: 2 }], version: 1 }))
    expect(await told('topics', 'delete-records', '--file', file)).toEqual([{ topic, partition: 0, first: 2 }])
    await writeFile(file, JSON.stringify({ partitions: [0, 1].map((offset) => ({ topic, partition: 0, offset })), version: 1 }))
    expect(await odradek('topics', 'delete-records', '--file', file)).toMatchObject({ code: 2, err: expect.stringContaining(`${topic}-0 twice`) })
  })

  test('fails for an offset that is not there yet', async () => {
    const topic = await topicWith(1)
    const { code, out } = await odradek('topics', 'delete-records', topic, '--before', '9', '--json')
    expect([code, JSON.parse(out)]).toEqual([1, [{ topic, partition: 0, error: { code: 'OFFSET_OUT_OF_RANGE', message: expect.any(String) } }]])
  })
})

test('odradek topics producers tells of the producers that a partition remembers', async () => {
  const topic = await topicWith(2)
  const [producer, ...others] = await told('topics', 'producers', topic)
  expect(others).toEqual([])
  expect(producer).toMatchObject({ topic, partition: 0, producerEpoch: 0, lastSequence: 1, transactionStartOffset: null })
  expect(producer.producerId).toBeGreaterThanOrEqual(0)
  expect(Math.abs(producer.lastTimestampMs - Date.now())).toBeLessThan(60_000)
})

describe('odradek cluster log-dirs', () => {
  test('tells of each broker its directories', async () => {
    const directories = await told('cluster', 'log-dirs')
    expect(directories.map(({ broker }: { broker: number }) => broker)).toEqual([1, 2, 3])
    for (const { error, totalBytes, usableBytes, isCordoned } of directories) {
      expect([error, isCordoned]).toEqual([null, false])
      expect(totalBytes).toBeGreaterThan(usableBytes)
    }
  })

  test('tells of each replica of a topic where it is', async () => {
    const topic = await topicWith(5)
    const { code, out } = await odradek('cluster', 'log-dirs', topic, '--brokers', '1,3')
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`^TOPIC .*\n${topic} +0 +1 .*node-1.* log\n${topic} +0 +3 .*node-3.* log\n$`))
  })

  test('refuses a topic of which no broker has a replica, before it prints of others', async () => {
    const topic = await topicWith(5)
    const { code, out, err } = await odradek('cluster', 'log-dirs', topic, 'nope')
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: 'Topic nope: no broker has a replica of it in a directory that can be read.\n' })
  })
})

describe('odradek cluster upgrade and downgrade', () => {
  const level = async () => (await told('cluster', 'features')).find(({ name }: { name: string }) => name === 'streams.version').level

  test('ask first, and then do', async () => {
    const lower = ['cluster', 'downgrade', '--feature', 'streams.version=0']
    expect(await odradek(...lower, '--dry-run')).toEqual({ code: 0, out: 'streams.version can have level 0.\n', err: '' })
    expect(await level()).toBe(1)
    expect(await told(...lower)).toEqual({ changed: [{ name: 'streams.version', level: 0 }], dryRun: false })
    await expect.poll(level).toBe(0)
    expect(await odradek('cluster', 'upgrade')).toEqual({ code: 0, out: 'streams.version has level 1.\n', err: '' })
    await expect.poll(level).toBe(1)
    expect((await odradek('cluster', 'upgrade')).out).toBe('Every feature is at its highest level.\n')
  })

  test('say why not', async () => {
    const { code, err } = await odradek('cluster', 'downgrade', '--feature', 'metadata.version=25')
    expect([code, err]).toEqual([1, expect.stringContaining('Unsupported metadata.version downgrade')])
  })
})

describe('what is not there is named', () => {
  const noTopic = 'Topic absent: This server does not host this topic-partition.\n'
  test.each([
    [['topics', 'describe', 'absent'], noTopic],
    [['topics', 'delete', 'absent'], noTopic],
    [['topics', 'grow', 'absent', '--partitions', '3'], noTopic],
    [['topics', 'producers', 'absent'], noTopic],
    [['topics', 'delete-records', 'absent', '--before', 'latest'], noTopic],
    [['offsets', 'absent'], noTopic],
    [['elect', 'absent'], noTopic],
    [['configs', 'describe', 'topic', 'absent'], noTopic],
    [['consume', 'absent', '--count', '1'], noTopic],
    [['groups', 'delete', 'absent'], 'Group absent: The group id does not exist.\n'],
  ])('%j', async (args, err) => {
    expect(await odradek(...args)).toMatchObject({ code: 1, err })
  })
})

describe('odradek cluster remove-controller and add-controller', () => {
  test('take a vote and give it back', { timeout: 60_000 }, async () => {
    await using nodes = await BackupNodes.make()
    for (const nodeId of [1, 2, 3]) await nodes.startMember(nodeId, '--set', 'controller.quorum.auto.join.enable=false')
    const at = ['--bootstrap-server', nodes.bootstrapServers]
    const replica = async (id: number) => replicaOf(await run('quorum', '--json', ...at), id)
    await expect.poll(async () => (await replica(3))?.isVoter, { timeout: 20_000 }).toBe(false)
    const { directoryId } = (await replica(3)) as Replica
    const listener = `CONTROLLER://localhost:${nodes.port(3) + CONTROLLER_BEHIND_CLIENTS}`
    expect(await run('cluster', 'remove-controller', '3', ...at)).toEqual({ code: 1, out: '', err: 'No controller 3 votes: there are 1.\n' })
    expect((await run('cluster', 'add-controller', '9', '--listener', listener, ...at)).err).toBe(
      'No controller 9 follows without a vote: there are 2, 3. Start it first, as a controller of this cluster.\n',
    )
    expect(await run('cluster', 'add-controller', '3', '--listener', listener, ...at)).toEqual({
      code: 0,
      out: `Controller 3 with directory ${directoryId} has a vote.\n`,
      err: '',
    })
    await expect.poll(() => replica(3)).toMatchObject({ isVoter: true, directoryId, listeners: [listener] })
    expect(await run('cluster', 'add-controller', '3', '--listener', listener, ...at)).toEqual({
      code: 1,
      out: '',
      err: 'Controller 3 has a vote already.\n',
    })
    expect(JSON.parse((await run('cluster', 'remove-controller', '3', '--json', ...at)).out)).toEqual({ removed: { id: 3, directoryId } })
    await expect.poll(async () => (await replica(3))?.isVoter).toBe(false)
  })

  test('say that voters of a static quorum stay', async () => {
    const { code, err } = await odradek('cluster', 'remove-controller', '3')
    expect([code, err]).toEqual([2, expect.stringContaining('The quorum knows controller 3 by its number alone')])
  })
})

interface Replica {
  readonly id: number
  readonly directoryId: string
  readonly listeners: readonly string[]
  readonly isVoter: boolean
}

function replicaOf({ out }: Ran, wanted: number): Replica | undefined {
  return (JSON.parse(out).replicas as readonly Replica[]).find(({ id }) => id === wanted)
}

test.each([
  [['elect'], '`odradek elect` takes topics, or `--all`.'],
  [['elect', 'orders', '--all'], '`odradek elect` takes topics, or `--all`.'],
  [['elect', 'orders:x'], '`orders:x` is no TOPIC[:0,1]: a topic, or a topic with numbers of partitions, such as orders:0,2.'],
  [['elect', 'orders:9999999999'], '`orders:9999999999` is no TOPIC[:0,1]: a topic, or a topic with numbers of partitions, such as orders:0,2.'],
  [['topics', 'delete-records', 'orders'], '`odradek topics delete-records` takes topics and `--before OFFSET`, or `--file FILE`.'],
  [['topics', 'delete-records', 'orders', '--before', '-3'], '`--before` is a whole number from 0, not `-3`.'],
  [['topics', 'delete-records', '--file', 'x', '--before', '3'], '`--file` says all of it: leave out topics and `--before`.'],
  [['cluster', 'log-dirs', '--brokers', '1,9'], 'The cluster has no broker 9: it has 1, 2, 3.'],
  [['groups', 'reset', 'nope', '--to', 'earliest'], 'Group nope has no offsets: say with `--topic` where it shall go on.'],
  [['cluster', 'downgrade'], '`odradek cluster downgrade` needs `--feature NAME=LEVEL`.'],
  [['cluster', 'upgrade', '--feature', 'a'], '`--feature` takes NAME=LEVEL with a level from 0 to 32767, such as group.version=1, and not `a`.'],
  [['cluster', 'upgrade', '--feature', 'a=1', '--feature', 'a=2'], '`--feature` names a twice.'],
  [['cluster', 'add-controller', '4'], '`odradek cluster add-controller` needs `--listener NAME://HOST:PORT`.'],
  [['cluster', 'add-controller', '4', '--listener', 'x:1'], '`--listener` takes NAME://HOST:PORT, such as CONTROLLER://node-4:19092, and not `x:1`.'],
  [['cluster', 'remove-controller', 'x'], "`x` is no controller's id."],
  [['cluster', 'remove-controller', '3', '--directory', 'x'], '`--directory` is an id of 22 characters, not `x`.'],
])('%j is refused in one sentence', async (args, sentence) => {
  const { code, err } = await odradek(...args)
  expect([code, err]).toEqual([2, `${sentence} See \`odradek ${args[0]} --help\`.\n`])
})
