import { appendFile, readdir } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Kafka } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { collect, kafka, readAll, texts, unique, until } from '../kafkajs/support.ts'
import { type OdradekOptions, type OdradekProcess, startOdradek } from '../support/odradek-process.ts'
import { cut, flipBit } from './damage.ts'

const { Partitioners } = kafkajs

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

async function start(options: OdradekOptions = {}): Promise<{ readonly node: OdradekProcess; readonly client: Kafka }> {
  const node = stack.use(await startOdradek(options))
  return { node, client: kafka(node.bootstrap, { retry: { retries: 50, initialRetryTime: 20, maxRetryTime: 200 } }) }
}

async function createTopic(client: Kafka, numPartitions = 1): Promise<string> {
  const topic = unique('topic')
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }] })
  await admin.disconnect()
  return topic
}

async function send(client: Kafka, topic: string, values: readonly string[], partition = 0): Promise<void> {
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  for (const value of values) await producer.send({ topic, acks: -1, messages: [{ value, partition }] })
  await producer.disconnect()
}

/** The last segment of a partition. */
async function segmentOf(node: OdradekProcess, topic: string): Promise<string> {
  const directory = join(node.dataDirectory, `${topic}-0`)
  const last = (await readdir(directory))
    .filter((name) => name.endsWith('.log'))
    .sort()
    .at(-1)
  return join(directory, last as string)
}

const VALUES = Array.from({ length: 20 }, (_, index) => `value ${index}`)

describe('a log that does not end as it was written, found after kill -9', () => {
  test.each([
    ['half of a batch behind the last one', 20, (path: string) => appendFile(path, Buffer.from('0000000000000014000000500000', 'hex'))],
    ['random bytes behind the last batch', 20, (path: string) => appendFile(path, Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 89) % 256)))],
    ['zeros behind the last batch, as a file system leaves them', 20, (path: string) => appendFile(path, Buffer.alloc(4096))],
    ['the last batch cut short', 19, async (path: string) => await cut(path, 10)],
    ['a flipped bit in the last batch', 19, async (path: string) => await flipBit(path, 5)],
  ])('%s: it is cut off, the process says so, and all before is served', async (_name, whole, damage) => {
    const { node, client } = await start()
    const topic = await createTopic(client)
    await send(client, topic, VALUES)
    await node.kill()
    await damage(await segmentOf(node, topic))
    await node.start()
    expect(node.output()).toContain('A log ends before a damaged batch')
    await send(client, topic, ['after'])
    expect(texts(await readAll(client, topic, whole + 1))).toEqual([...VALUES.slice(0, whole), 'after'])
  })
})

test('kill -9 under load, three times: what was acknowledged is there, once, in its order', async () => {
  const { node, client } = await start()
  const topic = await createTopic(client)
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const acknowledged: string[] = []
  let isOver = false
  const sending = (async () => {
    for (let index = 0; !isOver; index++) {
      await producer.send({ topic, acks: -1, messages: [{ value: String(index) }] })
      acknowledged.push(String(index))
    }
  })()
  for (let round = 1; round <= 3; round++) {
    const before = acknowledged.length
    await until('a hundred more', () => acknowledged.length > before + 100)
    await node.kill()
    await node.start()
  }
  isOver = true
  await sending
  await producer.disconnect()
  expect(texts(await readAll(client, topic, acknowledged.length))).toEqual(acknowledged)
})

test('SIGSTOP and SIGCONT: clients wait, nothing is lost or repeated, and a group goes on', async () => {
  const { node, client } = await start()
  const topic = await createTopic(client)
  const consumer = client.consumer({ groupId: unique('group'), heartbeatInterval: 200, maxWaitTimeInMs: 100 })
  stack.defer(() => consumer.disconnect())
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const received = collect(consumer, VALUES.length)
  await send(client, topic, VALUES.slice(0, 10))
  process.kill(node.pid, 'SIGSTOP')
  const rest = send(client, topic, VALUES.slice(10))
  await sleep(1_500)
  process.kill(node.pid, 'SIGCONT')
  await rest
  expect(texts(await received)).toEqual(VALUES)
  expect(texts(await readAll(client, topic, VALUES.length))).toEqual(VALUES)
})

describe('with few descriptors', () => {
  test('many partitions are written and read, each file open when it is needed', async () => {
    const { node, client } = await start({ descriptorLimit: 128, settings: { 'odradek.open.files.max': 40 } })
    const topic = await createTopic(client, 300)
    const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
    for (let round = 0; round < 2; round++)
      await producer.send({ topic, acks: -1, messages: Array.from({ length: 300 }, (_, partition) => ({ partition, value: `${partition}` })) })
    await producer.disconnect()
    const values = texts(await readAll(client, topic, 600))
    expect(new Set(values).size).toBe(300)
    expect(node.output()).not.toContain('"level":"error"')
    expect(await node.stop()).toBe(0)
  })

  test('and more connections than were reckoned with, files are closed instead of a directory going offline', async () => {
    const { node, client } = await start({ descriptorLimit: 160 })
    const topic = await createTopic(client, 200)
    const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
    const sendRound = (round: number) =>
      producer.send({ topic, acks: -1, messages: Array.from({ length: 200 }, (_, partition) => ({ partition, value: `${round} ${partition}` })) })
    await sendRound(0)
    const sockets = Array.from({ length: 300 }, () => connect(node.port, '127.0.0.1').on('error', () => {}))
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))))
    for (let round = 1; round < 4; round++) await sendRound(round)
    for (const socket of sockets) socket.destroy()
    await producer.disconnect()
    expect(new Set(texts(await readAll(client, topic, 800))).size).toBe(800)
    expect(node.output()).not.toContain('A log directory failed')
    expect(await node.stop()).toBe(0)
  })

  test('connections beyond them are turned away, and others are accepted when some have gone', async () => {
    const { node, client } = await start({ descriptorLimit: 128, settings: { 'odradek.open.files.max': 40 } })
    const topic = await createTopic(client)
    const sockets: Socket[] = []
    let turnedAway = 0
    for (let index = 0; index < 200; index++) sockets.push(connect(node.port, '127.0.0.1').on('error', () => {}))
    for (const socket of sockets) socket.resume().once('close', () => turnedAway++)
    // Others wait in the system's queue, which is not ours.
    await until('some are turned away', () => turnedAway > 0)
    await until('it is said why', () => node.output().includes('the process may open no more files'))
    for (const socket of sockets) socket.destroy()
    await send(client, topic, ['after'])
    expect(texts(await readAll(client, topic, 1))).toEqual(['after'])
  })
})
