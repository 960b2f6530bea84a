import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Uuid } from '../../../protocol/uuid.ts'
import { describeCluster, type ToldVoter } from '../../../src/node/join/told-cluster.ts'
import { nodePorts } from '../../../src/platform/node-ports.ts'
import { freePortRange } from '../../support/free-ports.ts'
import { Odradek } from '../odradek.ts'
import { clusterClient, connectedProducer, leaderOf, readAll, send } from './cluster-client.ts'

const TOPIC = 'orders'
const workspace = mkdtempSync(join(tmpdir(), 'odradek-joining-'))

afterAll(() => rmSync(workspace, { recursive: true, force: true }))

/** Nodes as somebody starts them in terminals, with their directories in one place. */
class Terminals {
  readonly #directory: string
  readonly #firstPort: number

  constructor(name: string, firstPort: number) {
    this.#directory = join(workspace, name)
    this.#firstPort = firstPort
  }

  get bootstrapServers(): string {
    return [0, 1, 2].map((index) => `localhost:${this.#firstPort + index}`).join(',')
  }

  port(nodeId: number): number {
    return this.#firstPort + nodeId - 1
  }

  directory(nodeId: number): string {
    return join(this.#directory, `node-${nodeId}`)
  }

  start(nodeId: number, ...more: readonly string[]): Odradek {
    const settings = ['--set', `log.dirs=${this.directory(nodeId)}`, '--set', 'metrics.port=0']
    const joining = nodeId === 1 ? [] : ['--join', `localhost:${this.#firstPort}`]
    return new Odradek(['start', String(nodeId), String(this.port(nodeId)), ...joining, ...settings, ...more])
  }
}

async function terminals(name: string): Promise<Terminals> {
  return new Terminals(name, await freePortRange(3))
}

async function ready(node: Odradek): Promise<string> {
  return String((await node.line('odradek is ready')).clusterId)
}

const QUESTION = { ...nodePorts(), clientId: 'test', timeoutMs: 5_000 }

/**
 * Resolves with who votes when there are so many, as the node at this port tells it.
 * @param lost a directory that votes no more
 */
async function voters(port: number, count: number, lost?: Uuid): Promise<readonly ToldVoter[]> {
  for (;;) {
    const told = await describeCluster({ host: 'localhost', port }, QUESTION).catch((error: unknown) => error as Error)
    if (!(told instanceof Error) && told.voters.length === count && told.voters.every(({ directoryId }) => directoryId !== lost)) return told.voters
    await QUESTION.timers.sleep(100)
  }
}

function directoryOf(told: readonly ToldVoter[], nodeId: number): Uuid | undefined {
  return told.find(({ id }) => id === nodeId)?.directoryId
}

async function refusal(node: Odradek): Promise<string> {
  expect(await node.exit()).toBe(1)
  return node.err
}

describe('nodes that are started one by one', () => {
  test('are one cluster, which goes on without the first, and has it back by the same command', async () => {
    const three = await terminals('three')
    const first = three.start(1)
    await using _first = first
    await using second = three.start(2)
    await using third = three.start(3)
    const clusterIds = await Promise.all([first, second, third].map(ready))
    expect(new Set(clusterIds).size).toBe(1)
    const admin = clusterClient(three.bootstrapServers).admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1 }], waitForLeaders: false })
    const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] })
    await admin.disconnect()
    expect(topics[0]?.partitions[0]?.replicas).toHaveLength(3)
    await voters(three.port(2), 3)
    expect(first.lines.filter(({ msg }) => msg === 'the voters of the metadata quorum change')).toMatchObject([{ before: [1] }, { voters: [1, 2, 3] }])
    const producer = await connectedProducer(three.bootstrapServers)
    const sent = await send(producer, TOPIC, 0, 20)
    first.process.kill('SIGKILL')
    await first.exit()
    sent.push(...(await send(producer, TOPIC, 20, 40)))
    await using again = three.start(1)
    expect(await ready(again)).toBe(clusterIds[0])
    sent.push(...(await send(producer, TOPIC, 40, 60)))
    await producer.disconnect()
    expect(new Set(await readAll(three.bootstrapServers, 'readers', TOPIC, sent))).toEqual(new Set(sent))
    expect(await leaderOf(three.bootstrapServers, TOPIC, 0)).toBeGreaterThan(0)
  })

  test('a broker without a vote finds the cluster again where the address that it joined by does not answer', async () => {
    const two = await terminals('observer')
    await using first = two.start(1)
    await ready(first)
    const startBroker = (joinedPort: number) => new Odradek([...joinAs(2, two.port(2), joinedPort, two.directory(2)), '--set', 'process.roles=broker'])
    await using second = startBroker(two.port(1))
    const clusterId = await ready(second)
    second.process.kill('SIGTERM')
    expect(await second.exit()).toBe(0)
    await using again = startBroker(two.port(3))
    expect(await ready(again)).toBe(clusterId)
    expect(again.lines.map(({ msg }) => msg)).toContain('the node that --join names does not answer, and is not needed: this node has joined before')
  })

  test('a node back with an empty directory is filled by the others and votes again', async () => {
    const three = await terminals('emptied')
    await using first = three.start(1)
    await using second = three.start(2)
    await using third = three.start(3)
    await Promise.all([first, second, third].map(ready))
    const before = await voters(three.port(1), 3)
    const producer = await connectedProducer(three.bootstrapServers)
    const sent = await send(producer, TOPIC, 0, 20)
    third.process.kill('SIGKILL')
    await third.exit()
    rmSync(three.directory(3), { recursive: true })
    await using again = three.start(3)
    await ready(again)
    expect(again.lines.map(({ msg }) => msg)).toContain(
      'the cluster knows a node of this id, which does not answer: this one takes its place, and the others fill its empty directory',
    )
    await voters(three.port(1), 3, directoryOf(before, 3))
    second.process.kill('SIGKILL')
    await second.exit()
    sent.push(...(await send(producer, TOPIC, 20, 40)))
    await producer.disconnect()
    expect(new Set(await readAll(three.bootstrapServers, 'readers', TOPIC, sent))).toEqual(new Set(sent))
  })
})

describe('a node that cannot join says why, and what to do', () => {
  test('where nobody answers, or no Kafka', async () => {
    const two = await terminals('nobody')
    await using alone = two.start(2)
    const port = two.port(1)
    expect(await refusal(alone)).toContain(`localhost:${port} did not answer within 10 s: start that node first, or let --join name one that runs.`)
    const web = createHttpServer((_, response) => response.end('hello'))
    await new Promise<void>((resolve) => web.listen(port, '127.0.0.1', () => resolve()))
    await using beside = two.start(2)
    expect(await refusal(beside)).toContain(`What answers at localhost:${port} is no Kafka node: let --join name the address of a node for clients.`)
    web.close()
  })

  test('where its number is taken, or its directory is of another cluster', async () => {
    const two = await terminals('taken')
    const others = await terminals('others')
    await using first = two.start(1)
    await using stranger = others.start(1)
    const [clusterId, otherId] = await Promise.all([ready(first), ready(stranger)])
    await using twin = two.start(2, '--set', 'node.id=2')
    await ready(twin)
    await using second = new Odradek(joinAs(2, two.port(3), two.port(1), join(workspace, 'twin')))
    expect(await refusal(second)).toContain(`Node 2 is in the cluster already and answers at localhost:${two.port(2)}: choose another NODE-ID`)
    await using astray = new Odradek(joinAs(1, others.port(2), two.port(1), others.directory(9)))
    expect(await refusal(astray)).toContain('Node 1 is in the cluster already')
    stranger.process.kill('SIGTERM')
    await stranger.exit()
    await using moved = new Odradek(joinAs(1, others.port(2), two.port(1), others.directory(1)))
    expect(await refusal(moved)).toContain(
      `The directory ${others.directory(1)} belongs to cluster ${otherId}, and localhost:${two.port(1)} is of cluster ${clusterId}: give this node another directory`,
    )
  })
})

function joinAs(nodeId: number, port: number, joinedPort: number, directory: string): string[] {
  return ['start', `${nodeId}`, `${port}`, '--join', `localhost:${joinedPort}`, '--set', `log.dirs=${directory}`, '--set', 'metrics.port=0']
}
