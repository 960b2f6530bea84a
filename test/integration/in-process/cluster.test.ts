import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../../../src/index.ts'
import { clusterClient, connectedProducer, leaderOf, readAll, send } from '../cluster/cluster-client.ts'

const TOPIC = 'orders'
/** What is silent is given up within two seconds. */
const QUICK = { 'broker.session.timeout.ms': 2_000, 'broker.heartbeat.interval.ms': 300, 'replica.lag.time.max.ms': 2_000 }
const LIMIT = { timeoutMs: 30_000 }
/** A broker that cannot leave in order is given up after five seconds. */
const IN_ORDER_MS = 4_000
const workspace = mkdtempSync(join(tmpdir(), 'odradek-in-process-'))

afterAll(() => rmSync(workspace, { recursive: true, force: true }))

/** Sends records while something is done to the leader of the topic, and all of them are there when it has been undone. */
async function disturbed(cluster: Cluster, disturb: (leader: number) => Promise<() => Promise<void>>): Promise<void> {
  const producer = await connectedProducer(cluster.bootstrapServers)
  const sent = await send(producer, TOPIC, 0, 20)
  await producer.disconnect()
  const leader = await leaderOf(cluster.bootstrapServers, TOPIC, 0)
  const undo = await disturb(leader)
  const others = cluster.nodes.filter(({ nodeId }) => nodeId !== leader).map(({ bootstrapServers }) => bootstrapServers)
  sent.push(...(await sendWithout(leader, others.join(','))))
  await undo()
  await cluster.untilInSync(LIMIT)
  const again = await connectedProducer(cluster.bootstrapServers)
  sent.push(...(await send(again, TOPIC, 40, 60)))
  await again.disconnect()
  // A record may be there twice whose acknowledgement did not arrive: this producer does not number what it sends.
  expect(await cluster.untilRecords(TOPIC, sent.length)).toBeGreaterThanOrEqual(sent.length)
  expect(new Set(await readAll(cluster.bootstrapServers, 'readers', TOPIC, sent))).toEqual(new Set(sent))
}

/** kafkajs asks the node that it asked first until that one answers, so the others are asked when they have another leader. */
async function sendWithout(leader: number, others: string): Promise<string[]> {
  while ((await leaderOf(others, TOPIC, 0)) === leader) await new Promise((resolve) => setTimeout(resolve, 100))
  const producer = await connectedProducer(others)
  const sent = await send(producer, TOPIC, 20, 40)
  await producer.disconnect()
  return sent
}

describe('a cluster in this process', () => {
  test('goes on while a node is killed, and has it back with all records', async () => {
    await using cluster = await startCluster({ storage: 'memory', logLevel: 'error' })
    await disturbed(cluster, async (leader) => {
      await cluster.node(leader).kill()
      expect(cluster.nodes.map(({ state }) => state).filter((state) => state === 'running')).toHaveLength(2)
      return () => cluster.node(leader).start()
    })
  })

  test('tells metrics and health of each node where asked, and of one that is killed that it is gone', async () => {
    await using cluster = await startCluster({ storage: 'memory', logLevel: 'error', metrics: true, topics: [TOPIC] })
    const second = cluster.node(2)
    const health = async () => (await fetch(`${second.metricsUrl}/readyz`)).status
    const texts = await Promise.all(cluster.nodes.map(async ({ metricsUrl }) => (await fetch(`${metricsUrl}/metrics`)).text()))
    expect(texts.filter((text) => /^active_controller 1$/m.test(text))).toHaveLength(1)
    expect(await health()).toBe(200)
    second.pause()
    await expect(fetch(`${second.metricsUrl}/readyz`, { signal: AbortSignal.timeout(200) })).rejects.toThrow()
    second.resume()
    expect(await health()).toBe(200)
    await second.kill()
    expect(await health()).toBe(503)
    await second.start()
    expect(await health()).toBe(200)
    await second.stop()
    expect(await health()).toBe(503)
  })

  test('goes on while a node stands still', async () => {
    await using cluster = await startCluster({ storage: 'memory', logLevel: 'error', config: QUICK })
    await disturbed(cluster, async (leader) => {
      cluster.node(leader).pause()
      expect(cluster.node(leader).state).toBe('paused')
      return async () => cluster.node(leader).resume()
    })
  })

  test('goes on while a node is cut off from the others', async () => {
    await using cluster = await startCluster({ storage: 'memory', logLevel: 'error', config: QUICK })
    await disturbed(cluster, async (leader) => {
      const others = cluster.nodes.map(({ nodeId }) => nodeId).filter((nodeId) => nodeId !== leader)
      cluster.partition([leader], others)
      return async () => cluster.heal()
    })
  })

  test('goes on while a node is stopped in order, and has it back', async () => {
    await using cluster = await startCluster({ storage: 'memory', logLevel: 'error' })
    await disturbed(cluster, async (leader) => {
      await cluster.node(leader).stop()
      return () => cluster.node(leader).start()
    })
  })

  test('stops in order though each of its nodes was restarted before', async () => {
    await using cluster = await startCluster({ storage: 'memory', logLevel: 'error', topics: [TOPIC] })
    for (const node of cluster.nodes) {
      await node.stop()
      await node.start()
      await cluster.untilInSync(LIMIT)
    }
    const startMs = performance.now()
    await cluster.stop()
    expect(performance.now() - startMs).toBeLessThan(IN_ORDER_MS)
  })

  test('is there again from its directory, at other ports', async () => {
    const dataDirectory = join(workspace, 'data')
    const first = await startCluster({ dataDirectory, topics: [`${TOPIC}:2`], logLevel: 'error' })
    const producer = await connectedProducer(first.bootstrapServers)
    const sent = await send(producer, TOPIC, 0, 10)
    await producer.disconnect()
    await first.stop()
    await using second = await startCluster({ dataDirectory, topics: [`${TOPIC}:2`], logLevel: 'error' })
    expect(second.clusterId).toBe(first.clusterId)
    expect(await second.untilRecords(TOPIC, sent.length)).toBe(sent.length)
    await second.untilInSync(LIMIT)
  })

  test('makes topics with as many replicas as there are nodes, up to three, led by all alike, and fails requests at one node alone', async () => {
    await using cluster = await startCluster({ nodes: 4, storage: 'memory', topics: ['events:4'], logLevel: 'error' })
    await cluster.untilInSync()
    const admin = clusterClient(cluster.bootstrapServers).admin()
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: ['events'] })
    await admin.disconnect()
    const partitions = topics[0]?.partitions ?? []
    expect(partitions.map(({ replicas }) => replicas.length)).toEqual([3, 3, 3, 3])
    expect(partitions.map(({ leader }) => leader).sort()).toEqual([1, 2, 3, 4])
    const faults = cluster.nodes.map((node) => node.fail({ api: 'Metadata', clientId: 'nobody', error: 'UNKNOWN_SERVER_ERROR' }))
    expect(faults.map(({ hits }) => hits)).toEqual([0, 0, 0, 0])
  })
})

describe('a cluster that several tests share', () => {
  test('has nothing of the one before after a reset, and serves the next', async () => {
    await using cluster = await startCluster({ storage: 'memory', logLevel: 'error', config: QUICK })
    const admin = clusterClient(cluster.bootstrapServers).admin()
    await admin.connect()
    for (const values of [['a'], ['b', 'c']]) {
      const producer = await connectedProducer(cluster.bootstrapServers)
      const faults = cluster.nodes.map((node) => node.fail({ api: 'Metadata', clientId: 'nobody', error: 'UNKNOWN_SERVER_ERROR' }))
      await producer.send({ topic: TOPIC, acks: -1, messages: values.map((value) => ({ value })) })
      await producer.disconnect()
      expect(await readAll(cluster.bootstrapServers, 'readers', TOPIC, values)).toEqual(values)
      await cluster.reset()
      expect(faults.map(({ isOver }) => isOver)).toEqual([true, true, true])
      expect({ topics: await admin.listTopics(), groups: (await admin.listGroups()).groups }).toEqual({ topics: [], groups: [] })
    }
    await admin.disconnect()
  })
})

describe('what a cluster in this process refuses', () => {
  test('to be reset where topics cannot be deleted, whichever node is the active controller', async () => {
    await using cluster = await startCluster({ storage: 'memory', logLevel: 'error', config: { ...QUICK, 'delete.topic.enable': 'false' } })
    const producer = await connectedProducer(cluster.bootstrapServers)
    await producer.send({ topic: TOPIC, acks: -1, messages: [{ value: 'kept' }] })
    await producer.disconnect()
    const why = { code: 'RESET_FAILED', message: expect.stringContaining('delete.topic.enable is false') }
    await expect(cluster.reset()).rejects.toMatchObject(why)
    expect(await readAll(cluster.bootstrapServers, 'readers', TOPIC, ['kept'])).toEqual(['kept'])
  })

  test('what its nodes cannot do in their state', async () => {
    await using cluster = await startCluster({ nodes: 1, storage: 'memory', logLevel: 'error' })
    const node = cluster.node(1)
    expect(() => cluster.node(2)).toThrow('There is no node 2: this cluster has the nodes 1.')
    expect(() => cluster.partition([1], [1])).toThrow('Node 1 cannot be in two parts.')
    expect(() => node.resume()).toThrow('Node 1 is running: only one that is paused goes on.')
    await expect(node.start()).rejects.toThrow('Node 1 runs already.')
    await node.kill()
    await node.kill()
    await node.stop()
    expect(() => node.pause()).toThrow('Node 1 is stopped: only one that runs is paused.')
    expect(() => node.fail({ error: 'NONE' })).toThrow('Node 1 is stopped: it has no requests to fail.')
    await expect(cluster.untilInSync()).rejects.toThrow('No node of this cluster runs.')
    await expect(cluster.reset()).rejects.toThrow('No node of this cluster runs.')
  })

  test.each([
    [{ nodes: 0 }, 'nodes is a number from 1 to 9, not 0.'],
    [{ node: 3 }, 'The argument of startCluster: there is no node; there are nodes, metrics, config'],
    [{ clock: 'manual' }, 'there is no clock'],
    [{ config: { 'node.id': 3 } }, 'config: node.id=3 cannot be that of all nodes'],
    [{ config: { 'odradek.control.port': 0 } }, 'odradek.control.port in config is for a node alone'],
    [{ storage: 'memory', dataDirectory: '/x' }, 'Nothing can be kept in /x by nodes in memory'],
  ])('%j', async (options, why) => {
    await expect(startCluster(options as object)).rejects.toThrow(why)
  })

  test('a wait of a node that is killed', async () => {
    await using cluster = await startCluster({ nodes: 1, storage: 'memory', logLevel: 'error' })
    const waiting = cluster.untilRecords('orders', 1)
    await cluster.node(1).kill()
    await expect(waiting).rejects.toMatchObject({ code: 'NODE_KILLED' })
  })
})
