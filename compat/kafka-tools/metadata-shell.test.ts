import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kafka, until } from '../kafkajs/support.ts'
import { runCommand } from '../support/command.ts'
import { jdkProgram, metadataShellJars } from '../support/jars.ts'
import { type OdradekProcess, startOdradek } from '../support/odradek-process.ts'

const LOG = '00000000000000000000.log'
const TIMEOUT_MS = 60_000

let node: OdradekProcess
let classPath: string
/** The newest snapshot, which holds what both topics were made with. */
let snapshot: string
beforeAll(async () => {
  ;[node, { classPath }] = await Promise.all([startOdradek({ settings: { 'metadata.log.max.snapshot.interval.ms': 200 } }), metadataShellJars()])
  const admin = kafka(node.bootstrap).admin()
  await admin.connect()
  const configEntries = [{ name: 'retention.ms', value: '123456' }]
  await admin.createTopics({ topics: [{ topic: 'shown', numPartitions: 2, replicationFactor: 1, configEntries }] })
  const before = await snapshots()
  // A snapshot is due with a record behind the time.
  await until('there is a snapshot behind the topic', async () => {
    await admin.createPartitions({ topicPartitions: [{ topic: 'shown', count: (await partitionCount(admin)) + 1 }] })
    return (await snapshots()).some((name) => !before.includes(name))
  })
  await admin.disconnect()
  snapshot = (await snapshots()).at(-1) as string
}, TIMEOUT_MS)
afterAll(() => node?.[Symbol.asyncDispose]())

async function partitionCount(admin: ReturnType<ReturnType<typeof kafka>['admin']>): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: ['shown'] })
  return topics[0]?.partitions.length as number
}

async function snapshots(): Promise<readonly string[]> {
  return (await readdir(metadataDirectory())).filter((name) => name.endsWith('.checkpoint')).sort()
}

function metadataDirectory(): string {
  return join(node.dataDirectory, '__cluster_metadata-0')
}

/** What the shell prints for one command on one of our files. */
async function shell(file: string, ...command: readonly string[]): Promise<string> {
  const args = ['-Xmx256m', '-cp', classPath, 'org.apache.kafka.shell.MetadataShell', '--snapshot', join(metadataDirectory(), file), ...command]
  const { exit, stdout, stderr } = await runCommand(jdkProgram('java'), args, { timeoutMs: TIMEOUT_MS })
  if (exit !== 0) throw new Error(`kafka-metadata-shell ${command.join(' ')} ended with ${exit}:\n${stdout}${stderr}`)
  return stdout
}

describe.each([
  ['a snapshot', () => snapshot],
  ['the log', () => LOG],
])('kafka-metadata-shell on %s of ours', (_name, file) => {
  // The shell does not wait until it has applied all that it read, whoever wrote the file: it is asked again.
  const shows = (what: RegExp, ...command: readonly string[]) => expect.poll(() => shell(file(), ...command), { timeout: TIMEOUT_MS }).toMatch(what)

  test('lists what the cluster has', async () => {
    await shows(/cluster\s+configs[\s\S]*topics/, 'ls', '/image')
    await shows(/^shown\s*$/, 'ls', '/image/topics/byName')
  })

  test('shows partitions, brokers and settings', async () => {
    await shows(/replicas=\[1\], directories=\[[\w-]{22}\], isr=\[1\].* leader=1/, 'cat', '/image/topics/byName/shown/0')
    await shows(/BrokerRegistration\(id=1, .* fenced=false/, 'cat', '/image/cluster/brokers/1')
    await shows(/retention\.ms:\s+123456/, 'tree', '/image/configs')
  })
})
