import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { freePortRange } from '../../support/free-ports.ts'
import { Odradek } from '../odradek.ts'
import { clusterClient, connectedProducer, leaderOf, readAll, send } from './cluster-client.ts'

const TOPIC = 'orders'
const workspace = mkdtempSync(join(tmpdir(), 'odradek-cluster-'))

afterAll(() => rmSync(workspace, { recursive: true, force: true }))

function start(port: number, ...more: readonly string[]): Odradek {
  return new Odradek(['start', '--nodes', '3', '--port', String(port), '--set', 'metrics.port=0', ...more])
}

async function ready(cluster: Odradek): Promise<{ readonly bootstrapServers: string; readonly pids: readonly number[]; readonly clusterId: string }> {
  return (await cluster.line('the cluster is ready')) as never
}

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('odradek start --nodes 3', () => {
  test('serves on while a node is killed, runs it again, stops in order, and has all records after the next start', async () => {
    const port = await freePortRange(3)
    const data = join(workspace, 'data')
    const settings = ['--set', `log.dirs=${data}`, '--topic', `${TOPIC}:3`]
    const sent: string[] = []
    await using cluster = start(port, ...settings)
    const { bootstrapServers, pids, clusterId } = await ready(cluster)
    expect(bootstrapServers).toBe([0, 1, 2].map((index) => `localhost:${port + index}`).join(','))
    const producer = await connectedProducer(bootstrapServers)
    sent.push(...(await send(producer, TOPIC, 0, 30)))
    const leader = await leaderOf(bootstrapServers, TOPIC, 0)
    process.kill(pids[leader - 1] as number, 'SIGKILL')
    sent.push(...(await send(producer, TOPIC, 30, 60)))
    expect(await cluster.line('a node serves again')).toMatchObject({ node: leader })
    sent.push(...(await send(producer, TOPIC, 60, 90)))
    await producer.disconnect()
    expect(await readAll(bootstrapServers, 'readers', TOPIC, sent)).toHaveLength(sent.length)
    cluster.process.kill('SIGTERM')
    expect(await cluster.exit()).toBe(0)
    expect(cluster.lines.filter(({ level }) => level === 'error')).toEqual([])
    expect(readdirSync(data).sort()).toEqual(['node-1', 'node-2', 'node-3'])

    await using again = start(port, ...settings)
    expect(await ready(again)).toMatchObject({ clusterId })
    expect((await readAll(bootstrapServers, 'others', TOPIC, sent)).sort()).toEqual([...sent].sort())
    again.process.kill('SIGINT')
    expect(await again.exit()).toBe(0)
  })

  test('goes on with the data of a node that was started by itself, and the others join it', async () => {
    const port = await freePortRange(3)
    const data = join(workspace, 'grown')
    await using alone = new Odradek(['start', '--port', String(port), '--set', `log.dirs=${join(data, 'node-1')}`, '--set', 'metrics.port=0'])
    const { clusterId } = await alone.line('odradek is ready')
    const producer = await connectedProducer(`localhost:${port}`)
    const sent = await send(producer, TOPIC, 0, 10)
    await producer.disconnect()
    alone.process.kill('SIGTERM')
    expect(await alone.exit()).toBe(0)
    await using cluster = start(port, '--set', `log.dirs=${data}`)
    const { bootstrapServers, clusterId: grownId } = await ready(cluster)
    expect(grownId).toBe(clusterId)
    expect(await readAll(bootstrapServers, 'readers', TOPIC, sent)).toEqual(sent)
  })

  test('gives topics and groups as many replicas as there are nodes, and is emptied at whichever is asked', async () => {
    const port = await freePortRange(6)
    const controlPort = port + 3
    await using cluster = start(port, '--ephemeral', '--set', `odradek.control.port=${controlPort}`)
    const { bootstrapServers } = await ready(cluster)
    const producer = await connectedProducer(bootstrapServers)
    await send(producer, 'events', 0, 1)
    await producer.disconnect()
    await readAll(bootstrapServers, 'readers', 'events', ['v0'])
    const admin = clusterClient(bootstrapServers).admin()
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: ['events', '__consumer_offsets'] })
    const replicaCounts = new Map(topics.map(({ name, partitions }) => [name, partitions.map(({ replicas }) => replicas.length)]))
    expect([...replicaCounts].sort().reverse()).toEqual([
      ['events', [3]],
      ['__consumer_offsets', [3, 3, 3, 3, 3]],
    ])
    for (const index of [0, 1, 2]) {
      await admin.createTopics({ topics: [{ topic: `at-${index}` }], waitForLeaders: false })
      const answer = await fetch(`http://127.0.0.1:${controlPort + index}/reset`, { method: 'POST', headers: { 'content-type': 'application/json' } })
      expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: {} })
      expect(await admin.listTopics()).toEqual([])
    }
    await admin.disconnect()
  })

  test('ends as a whole with the reason of a node whose port is taken', async () => {
    const port = await freePortRange(3)
    await using taken = createServer()
    await new Promise<void>((resolve) => taken.listen(port + 1, '127.0.0.1', () => resolve()))
    await using cluster = start(port, '--ephemeral')
    expect(await cluster.exit()).toBe(1)
    expect(cluster.err).toMatch(new RegExp(`Node 2 could not start: .*${port + 1}`))
    expect(cluster.lines.filter(({ msg }) => msg === 'a node ended and is started again')).toEqual([])
  })

  test('leaves no node behind when it is killed itself', async () => {
    const port = await freePortRange(3)
    await using cluster = start(port, '--set', `log.dirs=${join(workspace, 'orphans')}`)
    const { pids } = await ready(cluster)
    cluster.process.kill('SIGKILL')
    await Promise.all(pids.map(gone))
  })
})
