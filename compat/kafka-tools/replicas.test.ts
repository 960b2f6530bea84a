import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { rows, startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

let suite: ToolSuite
let files: Awaited<ReturnType<typeof temporaryDirectory>>
beforeAll(async () => {
  files = await temporaryDirectory()
  suite = await startToolSuite()
})
afterAll(async () => {
  await suite?.[Symbol.asyncDispose]()
  await files?.[Symbol.asyncDispose]()
})

async function topic(partitions = 2): Promise<string> {
  const name = unique('topic')
  await suite.output('kafka-topics', `--create --topic ${name} --partitions ${partitions}`)
  return name
}

async function file(content: unknown): Promise<string> {
  const path = join(files.path, `${unique('file')}.json`)
  await writeFile(path, JSON.stringify(content))
  return path
}

const plan = (name: string, replicas: readonly number[]) => file({ version: 1, partitions: [{ topic: name, partition: 0, replicas }] })
const reassign = (args: string) => suite.run('kafka-reassign-partitions', args)

test('kafka-leader-election finds nothing to do where the preferred replica leads', async () => {
  const name = await topic()
  const elect = (args: string) => suite.output('kafka-leader-election', args)
  expect(await elect(`--election-type preferred --topic ${name} --partition 0`)).toBe(`Valid replica already elected for partitions ${name}-0\n`)
  expect(await elect(`--election-type unclean --topic ${name} --partition 1`)).toBe(`Valid replica already elected for partitions ${name}-1\n`)
  expect(await elect('--election-type preferred --all-topic-partitions')).toBe('')
})

test('kafka-leader-election says which partitions are not there, and elects the others', async () => {
  const name = await topic()
  const partitions = [
    { topic: name, partition: 1 },
    { topic: name, partition: 2 },
    { topic: 'absent', partition: 0 },
  ]
  const result = await suite.run('kafka-leader-election', `--election-type preferred --path-to-json-file ${await file({ partitions })}`)
  expect(result.exit).toBe(1)
  const error = 'Error completing leader election (PREFERRED) for partition'
  expect(rows(result.stdout).toSorted()).toEqual([
    `${error}: absent-0: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: No such topic as absent`,
    `${error}: ${name}-2: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: No such partition as ${name}-2`,
    `Valid replica already elected for partitions ${name}-1`,
  ])
  expect(result.stderr).toMatch(/^2 replica\(s\) could not be elected$/m)
})

test('kafka-reassign-partitions generates a plan for the only broker', async () => {
  const name = await topic()
  const topics = await file({ version: 1, topics: [{ topic: name }] })
  const { exit, stdout } = await reassign(`--generate --topics-to-move-json-file ${topics} --broker-list 1`)
  expect(exit).toBe(0)
  const [, current = '', , proposed = ''] = rows(stdout)
  const at = (partition: number, directory: string) => ({ topic: name, partition, replicas: [1], log_dirs: [directory] })
  const { dataDirectory } = suite.broker
  expect(JSON.parse(current)).toEqual({ version: 1, partitions: [at(0, dataDirectory), at(1, dataDirectory)] })
  expect(JSON.parse(proposed)).toEqual({ version: 1, partitions: [at(0, 'any'), at(1, 'any')] })
})

test('kafka-reassign-partitions executes, verifies, cancels and lists', async () => {
  const name = await topic()
  const path = await plan(name, [1])
  expect((await reassign(`--execute --reassignment-json-file ${path}`)).stdout).toContain(`Successfully started partition reassignment for ${name}-0\n`)
  expect(rows((await reassign(`--verify --reassignment-json-file ${path}`)).stdout)).toEqual([
    'Status of partition reassignment:',
    `Reassignment of partition ${name}-0 is completed.`,
    'Clearing broker-level throttles on broker 1',
    `Clearing topic-level throttles on topic ${name}`,
  ])
  expect((await reassign(`--cancel --reassignment-json-file ${path}`)).stdout).toContain('None of the specified partition reassignments are active.')
  expect((await reassign('--list')).stdout).toBe('No partition reassignments found.\n')
})

test('kafka-reassign-partitions keeps the replication factor where it must', async () => {
  const name = await topic()
  const path = await plan(name, [1])
  const result = await reassign(`--disallow-replication-factor-change --execute --reassignment-json-file ${path}`)
  expect(result).toMatchObject({ exit: 0, stdout: expect.stringContaining(`Successfully started partition reassignment for ${name}-0\n`) })
})

test('kafka-reassign-partitions throttles and gives the throttle back', async () => {
  const name = await topic()
  const path = await plan(name, [1])
  const { stdout } = await reassign(`--execute --reassignment-json-file ${path} --throttle 1000`)
  expect(stdout).toContain('The inter-broker throttle limit was set to 1000 B/s\n')
  const throttles = async () =>
    (await suite.output('kafka-configs', '--describe --entity-type brokers --entity-name 1')).match(/^ +\w+\.replication\.throttled\.rate=\d+/gm)
  expect(await throttles()).toHaveLength(2)
  expect((await reassign(`--verify --preserve-throttles --reassignment-json-file ${path}`)).exit).toBe(0)
  expect(await throttles()).toHaveLength(2)
  expect((await reassign(`--verify --reassignment-json-file ${path}`)).exit).toBe(0)
  expect(await throttles()).toBeNull()
})

test('kafka-reassign-partitions refuses unknown brokers and topics', async () => {
  const name = await topic()
  const refused = async (path: string) => {
    const { exit, stdout } = await reassign(`--execute --reassignment-json-file ${path}`)
    return { exit, error: stdout.split('\n')[0] }
  }
  expect(await refused(await plan(name, [1, 2]))).toEqual({ exit: 1, error: 'Error: Unknown broker id 2' })
  expect(await refused(await plan('absent', [1]))).toEqual({
    exit: 1,
    error: 'Error: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: Topic absent not found.',
  })
})

test('kafka-replica-verification sees no lag', async () => {
  await topic(1)
  const args = ['--broker-list', suite.broker.bootstrap, '--time', '-1', '--report-interval-ms', '500']
  // It goes on until it is ended.
  const { stdout } = await suite.runOffline('kafka-replica-verification', args, { timeoutMs: 6_000 })
  expect(stdout).toMatch(/verification process is started\n(.*max lag is 0 for partition \S+ at offset 0 among \d+ partitions\n)+$/)
})
