import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, describe, expect, test } from 'vitest'
import { startNode } from '../../src/index.ts'
import { Odradek } from './odradek.ts'

const workspace = mkdtempSync(join(tmpdir(), 'odradek-topics-'))
afterAll(() => rmSync(workspace, { recursive: true, force: true }))

const SETTINGS = ['listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0', 'metrics.port=0'].flatMap((setting) => ['--set', setting])

async function partitionsAt(bootstrap: string): Promise<Record<string, number>> {
  const admin = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const { topics } = await admin.fetchTopicMetadata()
  await admin.disconnect()
  return Object.fromEntries(topics.map(({ name, partitions }) => [name, partitions.length]))
}

async function bootstrapOf(node: Odradek): Promise<string> {
  const ready = await node.line('odradek is ready')
  return (ready.advertised as string[])[0] ?? ''
}

describe('topics at start', () => {
  test('of flags, a file and a variable are there when the node is ready, and stay as they are at the next start', async () => {
    const file = join(workspace, 'broker.yaml')
    writeFileSync(file, 'topics:\n  - name: payments\n    partitions: 2\n    configs:\n      cleanup_policy: compact\n')
    const data = join(workspace, 'data')
    const args = ['start', '--config', file, ...SETTINGS, '--set', `log.dirs=${data}`]
    {
      await using node = new Odradek([...args, '--topic', 'orders:3', '--topic', 'events'], { KAFKA_CREATE_TOPICS: 'clicks:4:1:compact' })
      expect(await partitionsAt(await bootstrapOf(node))).toEqual({ orders: 3, events: 1, clicks: 4, payments: 2 })
      node.process.kill('SIGTERM')
      expect(await node.exit()).toBe(0)
    }
    await using again = new Odradek([...args, '--topic', 'orders:5'])
    expect(await partitionsAt(await bootstrapOf(again))).toEqual({ orders: 3, events: 1, clicks: 4, payments: 2 })
    expect(await again.line('a topic exists with another number of partitions and is left as it is')).toMatchObject({
      topic: 'orders',
      partitions: 3,
      asked: 5,
    })
  })

  test.each([
    [['--topic', 'orders:none'], 'the partitions of topic orders must be a number'],
    [['--topic', 'orders:1:3'], 'topic orders cannot be made: Unable to replicate the partition 3 time(s)'],
    [['--topic', 'orders:1:1:shrink'], 'topic orders cannot be made: Invalid value shrink for configuration cleanup.policy'],
  ])('that cannot be made refuse the start: %j', async (args, why) => {
    await using node = new Odradek(['start', '--ephemeral', ...SETTINGS, ...args])
    expect(await node.exit()).toBe(1)
    expect(node.err).toContain(why)
    expect(node.err).not.toContain('    at ')
  })

  test('of a node in this process are there when it has started', async () => {
    await using node = await startNode({ topics: ['orders:3', { name: 'payments', partitions: 2, configs: { 'retention.ms': 1000 } }] })
    expect(await partitionsAt(node.bootstrapServers)).toEqual({ orders: 3, payments: 2 })
    await expect(startNode({ topics: ['orders:0'] })).rejects.toThrow(/^topics: the partitions of topic orders must be a number/)
    await expect(startNode({ config: { 'num.partition': 1 } })).rejects.toThrow(/^config: there is no setting num\.partition/)
  })
})
