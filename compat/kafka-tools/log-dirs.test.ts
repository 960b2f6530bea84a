import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rows, startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

let base: string
let first: string
let second: string
let suite: ToolSuite
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'odradek-log-dirs-'))
  first = join(base, 'first')
  second = join(base, 'second')
  suite = await startToolSuite({ 'log.dirs': `${first},${second}` })
})
afterAll(async () => {
  await suite?.[Symbol.asyncDispose]()
  await rm(base, { recursive: true, force: true, maxRetries: 3 })
})

interface Described {
  readonly brokers: readonly {
    readonly broker: number
    readonly logDirs: readonly {
      readonly logDir: string
      readonly error: string | null
      readonly partitions: readonly { readonly partition: string; readonly size: number; readonly offsetLag: number; readonly isFuture: boolean }[]
    }[]
  }[]
}

async function describeDirectories(topics: string): Promise<Described['brokers'][number]['logDirs']> {
  const [asking, received, json = '', ...rest] = rows(await suite.output('kafka-log-dirs', `--describe --topic-list ${topics}`))
  expect([asking, received, rest]).toEqual(['Querying brokers for log directories information', 'Received log directory information from brokers 1', []])
  return (JSON.parse(json) as Described).brokers[0]?.logDirs ?? []
}

/** The directory in which each partition is. */
async function places(topic: string): Promise<Map<string, string>> {
  const directories = await describeDirectories(topic)
  return new Map(directories.flatMap(({ logDir, partitions }) => partitions.map(({ partition }) => [partition, logDir] as const)))
}

async function reassign(topic: string, directories: readonly string[], ...more: readonly string[]) {
  const file = join(base, `${topic}.json`)
  const partitions = directories.map((directory, partition) => ({ topic, partition, replicas: [1], log_dirs: [directory] }))
  await writeFile(file, JSON.stringify({ version: 1, partitions }))
  return suite.run('kafka-reassign-partitions', ['--reassignment-json-file', file, ...more])
}

test('kafka-log-dirs tells of each directory its partitions, their sizes and lags', async () => {
  const topic = unique('told')
  await suite.output('kafka-topics', `--create --topic ${topic} --partitions 4`)
  await suite.output('kafka-console-producer', `--topic ${topic}`, { stdin: 'one\ntwo\n' })
  const directories = await describeDirectories(topic)
  expect(directories.map(({ logDir, error }) => [logDir, error]).sort()).toEqual([
    [first, null],
    [second, null],
  ])
  const partitions = directories.flatMap((directory) => directory.partitions)
  expect(partitions.map(({ partition }) => partition).sort()).toEqual([0, 1, 2, 3].map((partition) => `${topic}-${partition}`))
  expect(partitions.every(({ offsetLag, isFuture }) => offsetLag === 0 && !isFuture)).toBe(true)
  expect(partitions.reduce((sum, { size }) => sum + size, 0)).toBeGreaterThan(0)
  for (const { logDir, partitions: here } of directories) {
    expect((await readdir(logDir)).filter((name) => name.startsWith(topic)).sort()).toEqual(here.map(({ partition }) => partition).sort())
  }
})

test('kafka-reassign-partitions moves replicas to the directories that it is given, and verifies it', async () => {
  const topic = unique('moved')
  await suite.output('kafka-topics', `--create --topic ${topic} --partitions 2`)
  const lines = Array.from({ length: 500 }, (_, index) => `record ${index} ${'x'.repeat(200)}`)
  await suite.output('kafka-console-producer', `--topic ${topic}`, { stdin: `${lines.join('\n')}\n` })
  const before = await places(topic)
  const wanted = [0, 1].map((partition) => (before.get(`${topic}-${partition}`) === first ? second : first))
  const executed = await reassign(topic, wanted, '--execute')
  expect(executed.stdout).toContain('Successfully started partition reassignments for')
  for (const [partition, directory] of wanted.entries()) {
    expect(executed.stdout).toContain(`Successfully started moving log directory to ${directory} for replica ${topic}-${partition} with broker 1`)
  }
  expect(executed.exit).toBe(0)
  let verified = ''
  for (const deadlineMs = Date.now() + 30_000; !verified.includes(`Reassignment of replica ${topic}-1-1 completed successfully.`); await sleep(100)) {
    if (Date.now() > deadlineMs) throw new Error(`not verified: ${verified}`)
    verified = (await reassign(topic, wanted, '--verify')).stdout
  }
  expect(verified).toContain(`Reassignment of replica ${topic}-0-1 completed successfully.`)
  expect([...(await places(topic))].sort()).toEqual(wanted.map((directory, partition) => [`${topic}-${partition}`, directory]))
  const read = await suite.output('kafka-console-consumer', `--topic ${topic} --from-beginning --max-messages 500 --timeout-ms 20000`)
  expect([...rows(read)].sort()).toEqual(lines.sort())
})

test('kafka-reassign-partitions moves no faster between directories than it is told', async () => {
  const topic = unique('slow')
  await suite.output('kafka-topics', `--create --topic ${topic}`)
  const rate = async () =>
    (await suite.output('kafka-configs', '--describe --entity-type brokers --entity-name 1')).match(
      /replica\.alter\.log\.dirs\.io\.max\.bytes\.per\.second=\d+ /,
    )?.[0]
  const at = (await places(topic)).get(`${topic}-0`)
  const wanted = [at === first ? second : first]
  const { stdout } = await reassign(topic, wanted, '--execute', '--replica-alter-log-dirs-throttle', '5000000')
  expect(stdout).toContain('The replica-alter-dir throttle limit was set to 5000000 B/s')
  expect(await rate()).toBe('replica.alter.log.dirs.io.max.bytes.per.second=5000000 ')
  for (const deadlineMs = Date.now() + 30_000; (await places(topic)).get(`${topic}-0`) !== wanted[0]; await sleep(100)) {
    if (Date.now() > deadlineMs) throw new Error(`${topic} did not move`)
  }
  await reassign(topic, wanted, '--verify')
  expect(await rate()).toBeUndefined()
})

test('kafka-reassign-partitions says that a directory is none of the broker', async () => {
  const topic = unique('wrong')
  await suite.output('kafka-topics', `--create --topic ${topic}`)
  const { exit, stdout } = await reassign(topic, ['/not/a/log/dir'], '--execute')
  expect(exit).toBe(1)
  expect(stdout).toContain('LogDirNotFoundException: The user-specified log directory is not found in the broker config.')
})
