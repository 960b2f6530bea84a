import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ClusterSuite, startClusterSuite } from '../kafka-tools/cluster-suite.ts'
import { rows, type Tool, unique } from '../kafka-tools/tool-suite.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { untilState } from '../support/cluster/administer.ts'
import { runCommand } from '../support/command.ts'
import { ODRADEK_PROGRAM } from '../support/odradek-process.ts'

/**
 * Commands in our own spelling beside the tools of Apache Kafka that do the same, on the same cluster: what they change and tell.
 * With ODRADEK_UNDER_TEST=kafka that cluster is Apache Kafka.
 */
const IDS = [1, 2, 3] as const

let suite: ClusterSuite
let files: string
const owned = new AsyncDisposableStack()
beforeAll(async () => {
  files = owned.use(await temporaryDirectory()).path
  suite = owned.use(await startClusterSuite(['broker,controller', 'broker', 'broker']))
}, 240_000)
afterAll(() => owned.disposeAsync())

async function odradek(...args: readonly string[]): Promise<{ readonly exit: number | null; readonly stdout: string; readonly stderr: string }> {
  return runCommand(process.execPath, [ODRADEK_PROGRAM, ...args, '--bootstrap-server', suite.cluster.bootstrap], { timeoutMs: 60_000 })
}

/** What a command tells as JSON. */
async function told(...args: readonly string[]) {
  const { exit, stdout, stderr } = await odradek(...args, '--json')
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  return JSON.parse(stdout)
}

const kafkas = (tool: Tool, args: string) => suite.output(1, tool, args)

/** Two topics alike: one for Kafka's tool, and one for ours. */
async function pair(assignment: string, more = ''): Promise<readonly [string, string]> {
  const names = [unique('of-kafkas'), unique('of-ours')] as const
  for (const name of names) await kafkas('kafka-topics', `--create --topic ${name} --replica-assignment ${assignment} ${more}`)
  return names
}

/** The same records in the same partitions each time: enough in both of two. */
async function writeKeys(topic: string): Promise<void> {
  const stdin = Array.from({ length: 40 }, (_, key) => `${key}:value\n`).join('')
  const args = [ODRADEK_PROGRAM, 'produce', topic, '--key-separator', ':', '--bootstrap-server', suite.cluster.bootstrap]
  expect(await runCommand(process.execPath, args, { stdin })).toMatchObject({ exit: 0, stderr: '' })
}

async function leaderOf(topic: string): Promise<string | undefined> {
  return /Partition: 0\s+Leader: (\S+)/.exec(await kafkas('kafka-topics', `--describe --topic ${topic}`))?.[1]
}

async function untilLeader(topic: string, leader: string): Promise<void> {
  await expect.poll(() => leaderOf(topic), { timeout: 30_000, interval: 300 }).toBe(leader)
}

describe('odradek elect', { timeout: 120_000 }, () => {
  test('makes the preferred replicas lead again, as kafka-leader-election does', async () => {
    const [first, second] = await pair('2:1:3')
    await suite.cluster.node(2).stop()
    for (const topic of [first, second]) await untilLeader(topic, '1')
    await suite.cluster.node(2).start()
    for (const topic of [first, second]) await untilState(suite.cluster, 1, topic, 'it has three in sync', ({ isr }) => isr.length === 3)
    expect(await kafkas('kafka-leader-election', `--election-type preferred --topic ${first} --partition 0`)).toContain(
      'Successfully completed leader election',
    )
    expect(await told('elect', second)).toEqual([{ topic: second, partition: 0, result: 'elected' }])
    expect([await leaderOf(first), await leaderOf(second)]).toEqual(['2', '2'])
    expect(await kafkas('kafka-leader-election', `--election-type preferred --topic ${second} --partition 0`)).toContain('Valid replica already elected')
    expect(await told('elect', first)).toEqual([{ topic: first, partition: 0, result: 'not-needed' }])
  })

  test('makes one lead that lives where nobody does, as with --election-type unclean', async () => {
    const [first, second] = await pair('2:3', '--config min.insync.replicas=1')
    await suite.cluster.node(3).stop()
    for (const topic of [first, second]) await untilState(suite.cluster, 1, topic, '2 alone is in sync', ({ isr }) => `${isr}` === '2')
    await suite.cluster.node(2).stop()
    for (const topic of [first, second]) await untilState(suite.cluster, 1, topic, 'nobody leads', ({ leader }) => leader < 0)
    await suite.cluster.node(3).start()
    for (const topic of [first, second]) await untilLeader(topic, 'none')
    expect(await kafkas('kafka-leader-election', `--election-type unclean --topic ${first} --partition 0`)).toContain('Successfully completed leader election')
    expect(await told('elect', `${second}:0`, '--unclean')).toEqual([{ topic: second, partition: 0, result: 'elected' }])
    expect([await leaderOf(first), await leaderOf(second)]).toEqual(['3', '3'])
    await suite.cluster.node(2).start()
  })

  test('fails where a partition is not there, as kafka-leader-election does', async () => {
    const [topic] = await pair('1')
    const { exit } = await suite.run(1, 'kafka-leader-election', `--election-type preferred --topic ${topic} --partition 7`)
    expect([exit, (await odradek('elect', `${topic}:7`)).exit]).toEqual([1, 1])
  })
})

describe('odradek topics delete-records', () => {
  const first = async (topic: string) =>
    rows(await kafkas('kafka-get-offsets', `--topic ${topic} --time earliest`)).map((line) => line.split(':').slice(1).join(' '))

  test('leaves what kafka-delete-records leaves, told by the same file', { timeout: 120_000 }, async () => {
    const [one, other] = await pair('1:2,2:1')
    for (const topic of [one, other]) await writeKeys(topic)
    const wanted = [
      { partition: 0, offset: 5 },
      { partition: 1, offset: -1 },
    ]
    const [oneFile = '', otherFile = ''] = await Promise.all(
      [one, other].map(async (topic) => {
        const path = join(files, `${topic}.json`)
        await writeFile(path, JSON.stringify({ version: 1, partitions: wanted.map((at) => ({ topic, ...at })) }))
        return path
      }),
    )
    const printed = rows(await kafkas('kafka-delete-records', `--offset-json-file ${oneFile}`)).filter((line) => line.startsWith('partition: '))
    const deleted: readonly { readonly partition: number; readonly first: number }[] = await told('topics', 'delete-records', '--file', otherFile)
    expect(deleted.map(({ partition, first: left }) => `partition: ${one}-${partition} low_watermark: ${left}`)).toEqual(printed.toSorted())
    expect(await first(one)).toEqual(deleted.map(({ partition, first: left }) => `${partition} ${left}`))
    expect(await first(other)).toEqual(await first(one))
    const tooFar = await odradek('topics', 'delete-records', `${other}:0`, '--before', '100000')
    expect([tooFar.exit, tooFar.stdout]).toEqual([1, expect.stringContaining('not within the range of offsets')])
  })
})

describe('odradek reassign', () => {
  /** Settings of a bound on copying, as Kafka's tool describes them: `broker 1 leader.replication.throttled.rate=5`. */
  async function bound(topic: string): Promise<readonly string[]> {
    const found: string[] = []
    for (const [type, name, label] of [['topics', topic, 'topic'], ...IDS.map((id) => ['brokers', String(id), `broker ${id}`] as const)] as const) {
      const described = await kafkas('kafka-configs', `--describe --entity-type ${type} --entity-name ${name}`)
      for (const [, setting, value = ''] of described.matchAll(/^\s+(\S+\.throttled\.\w+)=(\S*) /gm))
        found.push(`${label} ${setting}=${value.split(',').toSorted().join(',')}`)
    }
    return found.toSorted()
  }

  test('bounds copies as kafka-reassign-partitions does, and takes that away', { timeout: 180_000 }, async () => {
    const pairOf = await pair('1:2,2:1')
    const [one, other] = pairOf
    const [theirs = '', ours = ''] = await Promise.all(
      pairOf.map(async (topic) => {
        const path = join(files, `${topic}.json`)
        const partitions = [
          { topic, partition: 0, replicas: [2, 1] },
          { topic, partition: 1, replicas: [2, 3] },
        ]
        await writeFile(path, JSON.stringify({ version: 1, partitions }))
        return path
      }),
    )
    const tool = (what: string) => kafkas('kafka-reassign-partitions', `--reassignment-json-file ${theirs} ${what}`)
    expect(await tool('--execute --throttle 5000000')).toContain('Successfully started partition reassignments')
    const expected = await bound(one)
    await expect.poll(() => tool('--verify'), { timeout: 60_000, interval: 500 }).toContain('Clearing broker-level throttles')
    expect(await bound(one)).toEqual([])
    expect(await odradek('reassign', 'execute', ours, '--throttle', '5000000')).toMatchObject({ exit: 0 })
    expect(await bound(other)).toEqual(expected)
    await expect.poll(async () => (await odradek('reassign', 'verify', ours)).stdout, { timeout: 60_000, interval: 500 }).not.toContain('moving')
    expect(await bound(other)).toEqual([])
  })

  test('refuses what it refuses, and leaves no bound there', { timeout: 120_000 }, async () => {
    const [topic] = await pair('1')
    const path = join(files, `${topic}.json`)
    await writeFile(path, JSON.stringify({ version: 1, partitions: [{ topic, partition: 0, replicas: [9] }] }))
    expect((await suite.run(1, 'kafka-reassign-partitions', `--reassignment-json-file ${path} --execute`)).exit).toBe(1)
    expect((await odradek('reassign', 'execute', path, '--throttle', '1000')).exit).toBe(1)
    expect(await bound(topic)).toEqual([])
  })
})

test('odradek topics producers tells of the producers of which kafka-transactions tells', async () => {
  const [topic] = await pair('2:1')
  await kafkas('kafka-producer-perf-test', `--topic ${topic} --num-records 20 --record-size 10 --throughput -1`)
  const [, ...lines] = rows(await kafkas('kafka-transactions', `describe-producers --topic ${topic} --partition 0`))
  const producers: readonly Record<string, number | null>[] = await told('topics', 'producers', topic)
  expect(producers.map((one) => [one.producerId, one.producerEpoch, one.coordinatorEpoch, one.lastSequence, one.lastTimestampMs, 'None'].join(' '))).toEqual(
    lines,
  )
})

test('odradek cluster log-dirs tells what kafka-log-dirs tells', async () => {
  const [topic] = await pair('1:2,2:3')
  await kafkas('kafka-producer-perf-test', `--topic ${topic} --num-records 20 --record-size 10 --throughput -1 --command-property acks=all`)
  const [, , json = ''] = rows(await kafkas('kafka-log-dirs', `--describe --topic-list ${topic}`))
  interface Told {
    readonly brokers: readonly {
      readonly broker: number
      readonly logDirs: readonly { readonly logDir: string; readonly partitions: readonly { readonly partition: string; readonly size: number }[] }[]
    }[]
  }
  const expected = (JSON.parse(json) as Told).brokers.flatMap(({ broker, logDirs }) =>
    logDirs.flatMap(({ logDir, partitions }) => partitions.map(({ partition, size }) => `${broker} ${logDir} ${partition} ${size}`)),
  )
  interface Directory {
    readonly broker: number
    readonly path: string
    readonly logs: readonly { readonly topic: string; readonly partition: number; readonly sizeBytes: number }[]
  }
  const directories: readonly Directory[] = await told('cluster', 'log-dirs', topic)
  const ours = directories.flatMap(({ broker, path, logs }) => logs.map((log) => `${broker} ${path} ${log.topic}-${log.partition} ${log.sizeBytes}`))
  expect(expected).toHaveLength(4)
  expect(ours.toSorted()).toEqual(expected.toSorted())
  expect(directories.map(({ broker }) => broker)).toEqual([...IDS])
})

describe('odradek cluster features, upgrade and downgrade', () => {
  const level = async () => /streams\.version.*FinalizedVersionLevel: (\d)/.exec(await kafkas('kafka-features', 'describe'))?.[1]

  test('tell what kafka-features tells', async () => {
    const lines = rows(await kafkas('kafka-features', 'describe')).filter((line) => !line.includes('metadata.version'))
    const features: readonly { readonly name: string; readonly min: number; readonly max: number; readonly level: number }[] = await told('cluster', 'features')
    const ours = features.filter(({ name }) => name !== 'metadata.version')
    expect(
      ours.map(({ name, min, max, level: at }) => `Feature: ${name} SupportedMinVersion: ${min} SupportedMaxVersion: ${max} FinalizedVersionLevel: ${at}`),
    ).toEqual(lines.map((line) => line.replace(/ Epoch: \d+$/, '')))
  })

  test('change what it changes, and ask without changing', async () => {
    await told('cluster', 'downgrade', '--feature', 'streams.version=0', '--dry-run')
    expect(await level()).toBe('1')
    await told('cluster', 'downgrade', '--feature', 'streams.version=0')
    await expect.poll(level, { timeout: 10_000, interval: 300 }).toBe('0')
    expect(await kafkas('kafka-features', 'upgrade --feature streams.version=1')).toContain('streams.version was upgraded to 1.')
    await kafkas('kafka-features', 'downgrade --feature streams.version=0')
    expect(await told('cluster', 'upgrade')).toEqual({ changed: [{ name: 'streams.version', level: 1 }], dryRun: false })
    await expect.poll(level, { timeout: 10_000, interval: 300 }).toBe('1')
  })

  test('are refused with the words that it prints', async () => {
    const { stderr, stdout } = await suite.run(1, 'kafka-features', 'downgrade --feature metadata.version=25')
    const { exit, stderr: ours } = await odradek('cluster', 'downgrade', '--feature', 'metadata.version=25')
    expect(exit).toBe(1)
    expect(ours).toMatch(/^The update failed for all features/)
    expect(`${stdout}${stderr}`).toContain(ours.trim())
  })
})

test('odradek quorum tells who votes and leads, as kafka-metadata-quorum does', async () => {
  const [, ...lines] = rows(await kafkas('kafka-metadata-quorum', 'describe --replication'))
  const status = await kafkas('kafka-metadata-quorum', 'describe --status')
  const { leaderId, replicas } = await told('quorum')
  interface Replica {
    readonly id: number
    readonly directoryId: string | null
    readonly isVoter: boolean
    readonly listeners: readonly string[]
  }
  const roleOf = ({ id, isVoter }: Replica) => (id === leaderId ? 'Leader' : isVoter ? 'Follower' : 'Observer')
  const ours = (replicas as readonly Replica[]).map((one) => `${one.id} ${one.directoryId ?? 'AAAAAAAAAAAAAAAAAAAAAA'} ${roleOf(one)}`)
  expect(ours.toSorted()).toEqual(
    lines
      .map((line) => line.split(' '))
      .map((columns) => `${columns[0]} ${columns[1]} ${columns.at(-1)}`)
      .toSorted(),
  )
  const [voter] = replicas as readonly Replica[]
  expect(voter?.listeners).toHaveLength(1)
  expect(status).toContain(`"endpoints": ${JSON.stringify(voter?.listeners)}`)
})
