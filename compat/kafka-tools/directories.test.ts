import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from '../../test/support/free-ports.ts'
import { kafka } from '../kafkajs/support.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { type JavaTools, startJavaTools } from '../support/java-tools.ts'
import { type OdradekProcess, startOdradek } from '../support/odradek-process.ts'
import { ORACLE_CLUSTER_ID, type OracleNode, startOracle } from '../support/oracle-node.ts'
import { readHistory, sendUntil, valuesOf, writeHistory } from './history.ts'
import { TOOLS } from './tool-suite.ts'

const ENDS = ['stop', 'kill'] as const
const TIMEOUT_MS = 120_000

let tools: JavaTools
const owned = { stack: new AsyncDisposableStack() }
beforeAll(async () => {
  tools = await startJavaTools()
})
afterEach(async () => {
  await owned.stack.disposeAsync()
  owned.stack = new AsyncDisposableStack()
})
afterAll(() => tools?.[Symbol.asyncDispose]())

/** A directory on which both kinds of node start in turns, on the same ports. */
async function place() {
  const directory = owned.stack.use(await temporaryDirectory()).path
  const [port = 0, controllerPort = 0] = await freePorts(2)
  const voters = { 'controller.quorum.voters': `1@127.0.0.1:${controllerPort}` }
  return { directory, ports: [port, controllerPort] as [number, number], voters }
}
type Place = Awaited<ReturnType<typeof place>>

async function odradek({ directory, ports, voters }: Place, quorum: 'static' | 'own' = 'own'): Promise<OdradekProcess> {
  return owned.stack.use(await startOdradek({ directory, ports, settings: quorum === 'static' ? voters : {} }))
}

/** Apache Kafka's controller keeps a killed broker's registration until its session ends, and lets no other in meanwhile. */
const SHORT_SESSION = { 'broker.session.timeout.ms': 1_000, 'broker.heartbeat.interval.ms': 250 }

/** On a directory that Odradek formatted as a standalone quorum, Apache Kafka finds the voters in the log. */
async function apacheKafka({ directory, ports }: Place, quorum: 'static' | 'own' = 'static'): Promise<OracleNode> {
  const own = { 'controller.quorum.voters': null, 'controller.quorum.bootstrap.servers': `127.0.0.1:${ports[1]}` }
  const properties = quorum === 'static' ? SHORT_SESSION : { ...SHORT_SESSION, ...own }
  return owned.stack.use(await startOracle({ directory, ports, properties, isFormatted: quorum === 'own' }))
}

async function storage(...args: readonly string[]) {
  return await tools.run(TOOLS['kafka-storage'], args)
}

async function writeProperties(file: string, settings: Readonly<Record<string, string | number>>): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(file, lines.join(''))
}

async function serverProperties({ directory, ports: [port, controllerPort] }: Place, more: Readonly<Record<string, string | number>>): Promise<string> {
  const file = join(directory, 'server.properties')
  await writeProperties(file, {
    'node.id': 1,
    'process.roles': 'broker,controller',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(directory, 'data'),
    'offsets.topic.replication.factor': 1,
    'group.initial.rebalance.delay.ms': 0,
    ...more,
  })
  return file
}

async function clusterIdOf(bootstrap: string): Promise<string> {
  const admin = kafka(bootstrap).admin()
  await admin.connect()
  const { clusterId } = await admin.describeCluster()
  await admin.disconnect()
  return clusterId
}

describe('kafka-storage', () => {
  test('finds nothing amiss in a directory that we formatted', async () => {
    const at = await place()
    const node = await odradek(at)
    const clusterId = await clusterIdOf(node.bootstrap)
    await node.stop()
    const file = await serverProperties(at, { 'controller.quorum.bootstrap.servers': `127.0.0.1:${at.ports[1]}` })
    const { exit, stdout } = await storage('info', '-c', file)
    expect(exit).toBe(0)
    expect(stdout).toMatch(
      new RegExp(
        `^Found log directory:\n  ${node.dataDirectory}\n\nFound metadata: \\{cluster.id=${clusterId}, directory.id=[\\w-]{22}, node.id=1, version=1\\}\n\n$`,
      ),
    )
  })

  test.each([
    ['with the voters of its settings', 'static', []],
    ['as a standalone quorum', 'own', ['--standalone']],
  ] as const)(
    'formats a directory %s, and we start on it with the same file',
    async (_name, quorum, flags) => {
      const at = await place()
      const more = quorum === 'static' ? at.voters : { 'controller.quorum.bootstrap.servers': `127.0.0.1:${at.ports[1]}` }
      const file = await serverProperties(at, more)
      expect(await storage('format', '-t', ORACLE_CLUSTER_ID, '-c', file, ...flags)).toMatchObject({ exit: 0 })
      const node = owned.stack.use(await startOdradek({ directory: at.directory, ports: at.ports, configFile: file }))
      expect(await clusterIdOf(node.bootstrap)).toBe(ORACLE_CLUSTER_ID)
      const history = await writeHistory(node.bootstrap, { transactions: false, trims: true })
      expect(await readHistory(node.bootstrap, history)).toEqual(history)
      expect(await node.stop()).toBe(0)
    },
    TIMEOUT_MS,
  )
})

describe('a directory goes from Odradek to Apache Kafka, and back', () => {
  test.each(ENDS)(
    'after a %s: topics, records, commits',
    async (end) => {
      const at = await place()
      const ours = await odradek(at)
      const history = await writeHistory(ours.bootstrap, { transactions: false, trims: end === 'stop' })
      await ours[end]()
      const theirs = await apacheKafka(at, 'own')
      expect(await readHistory(theirs.bootstrap, history)).toEqual(history)
      const added = await sendUntil(theirs.bootstrap, 'added', () => theirs[end]())
      await ours.start()
      expect(await readHistory(ours.bootstrap, { ...history, topics: [...history.topics, 'added'].sort() })).toEqual({
        ...history,
        topics: [...history.topics, 'added'].sort(),
      })
      expect((await valuesOf(ours.bootstrap, 'added')).slice(0, added.length)).toEqual(added)
    },
    TIMEOUT_MS,
  )

  test(
    'killed in the middle of writing: what was acknowledged is there, once, in its order',
    async () => {
      const at = await place()
      const ours = await odradek(at)
      const acknowledged = await sendUntil(ours.bootstrap, 'live', () => ours.kill())
      const theirs = await apacheKafka(at, 'own')
      const values = await valuesOf(theirs.bootstrap, 'live')
      expect(values.slice(0, acknowledged.length)).toEqual(acknowledged)
      expect(values.length - acknowledged.length).toBeLessThanOrEqual(1)
    },
    TIMEOUT_MS,
  )
})

describe('a directory goes from Apache Kafka to Odradek', () => {
  test.each(ENDS)(
    'after a %s: topics, records, transactions, commits',
    async (end) => {
      const at = await place()
      const theirs = await apacheKafka(at)
      const history = await writeHistory(theirs.bootstrap, { transactions: true, trims: end === 'stop' })
      await theirs[end]()
      const ours = await odradek(at, 'static')
      expect(await clusterIdOf(ours.bootstrap)).toBe(ORACLE_CLUSTER_ID)
      expect(await readHistory(ours.bootstrap, history)).toEqual(history)
      const [index] = await transactionIndexes(ours)
      expect(index).toBeDefined()
      expect(await ours.stop()).toBe(0)
      expect(await abortedIn(index as string)).toEqual([
        [11, 21],
        [33, 43],
        [55, 65],
      ])
    },
    TIMEOUT_MS,
  )

  test(
    'killed in the middle of writing: what was acknowledged is there, once, in its order',
    async () => {
      const at = await place()
      const theirs = await apacheKafka(at)
      const acknowledged = await sendUntil(theirs.bootstrap, 'live', () => theirs.kill())
      const ours = await odradek(at, 'static')
      const values = await valuesOf(ours.bootstrap, 'live')
      expect(values.slice(0, acknowledged.length)).toEqual(acknowledged)
      expect(values.length - acknowledged.length).toBeLessThanOrEqual(1)
    },
    TIMEOUT_MS,
  )
})

async function transactionIndexes(node: OdradekProcess): Promise<readonly string[]> {
  const partition = join(node.dataDirectory, 'transactional-0')
  return (await readdir(partition)).filter((name) => name.endsWith('.txnindex')).map((name) => join(partition, name))
}

/** First offset and that of the marker of each aborted transaction, as kafka-dump-log reads them. */
async function abortedIn(index: string): Promise<readonly (readonly number[])[]> {
  const { stdout } = await tools.run(TOOLS['kafka-dump-log'], ['--files', index])
  return [...stdout.matchAll(/producerId: \d+ firstOffset: (\d+) lastOffset: (\d+) /g)].map(([, first, last]) => [Number(first), Number(last)])
}
