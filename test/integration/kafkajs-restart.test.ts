import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Consumer, Kafka, logLevel } from 'kafkajs'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { startNode } from '../../src/index.ts'

const TOPIC = 'orders'
const MESSAGES = 100
const workspace = mkdtempSync(join(tmpdir(), 'odradek-test-'))
const dataDirectory = join(workspace, 'data')

afterAll(() => rmSync(workspace, { recursive: true, force: true }))

function client(bootstrapServers: string): Kafka {
  return new Kafka({ clientId: 'test', brokers: [bootstrapServers], logLevel: logLevel.NOTHING })
}

function message(index: number): { readonly key: string; readonly value: string } {
  return { key: `k${index}`, value: `v${index}` }
}

async function produce(bootstrapServers: string, from: number, count: number): Promise<void> {
  const producer = client(bootstrapServers).producer()
  await producer.connect()
  await producer.send({ topic: TOPIC, acks: -1, messages: Array.from({ length: count }, (_, index) => message(from + index)) })
  await producer.disconnect()
}

/** Reads as a member of a group until `count` messages have come, then commits and leaves. */
async function consume(bootstrapServers: string, groupId: string, count: number): Promise<string[]> {
  const consumer = client(bootstrapServers).consumer({ groupId })
  await consumer.connect()
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true })
  const values = await firstValues(consumer, count)
  await consumer.disconnect()
  return values
}

function firstValues(consumer: Consumer, count: number): Promise<string[]> {
  const values: string[] = []
  return new Promise((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
    const eachMessage = async (payload: { message: { value: Buffer | null } }) => {
      values.push(String(payload.message.value))
      if (values.length === count) resolve(values)
    }
    consumer.run({ eachMessage }).catch(reject)
  })
}

describe('a node in this process, with kafkajs as its client', () => {
  test('takes records and gives them to a group; after a restart records and commits are there', async () => {
    const first = await startNode({ dataDirectory })
    await produce(first.bootstrapServers, 0, MESSAGES)
    const before = await consume(first.bootstrapServers, 'readers', MESSAGES)
    expect(before).toEqual(Array.from({ length: MESSAGES }, (_, index) => `v${index}`))
    await first.stop()

    await using second = await startNode({ dataDirectory })
    expect(second.clusterId).toBe(first.clusterId)
    await produce(second.bootstrapServers, MESSAGES, 1)
    expect(await consume(second.bootstrapServers, 'readers', 1)).toEqual([`v${MESSAGES}`])
    expect(await consume(second.bootstrapServers, 'newcomers', MESSAGES + 1)).toHaveLength(MESSAGES + 1)
  })

  test('a second node on the same directory is refused and names the holder', async () => {
    await using first = await startNode({ dataDirectory })
    await expect(startNode({ dataDirectory })).rejects.toThrow(String(process.pid))
    await produce(first.bootstrapServers, 0, 1)
  })

  test('without a data directory nothing stays', async () => {
    const temporary = join(workspace, 'temporary')
    mkdirSync(temporary)
    vi.stubEnv('TMPDIR', temporary)
    const node = await startNode({ config: { 'num.partitions': 3 } })
    expect(readdirSync(temporary)).toHaveLength(1)
    const admin = client(node.bootstrapServers).admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: TOPIC }] })
    const { topics } = await admin.fetchTopicMetadata({ topics: [TOPIC] })
    expect(topics[0]?.partitions).toHaveLength(3)
    await admin.disconnect()
    await node.stop()
    expect(readdirSync(temporary)).toEqual([])
    vi.unstubAllEnvs()
  })

  test('nodes of one process do not know of each other', async () => {
    await using one = await startNode()
    await using other = await startNode()
    expect(one.port).not.toBe(other.port)
    expect(one.clusterId).not.toBe(other.clusterId)
    await produce(one.bootstrapServers, 0, 1)
    const admin = client(other.bootstrapServers).admin()
    await admin.connect()
    expect(await admin.listTopics()).toEqual([])
    await admin.disconnect()
  })
})
