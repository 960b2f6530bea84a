import { randomBytes } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin, type Producer } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { AlterReplicaLogDirsApi } from '../../protocol/messages/alter-replica-log-dirs.ts'
import { CreateTopicsApi } from '../../protocol/messages/create-topics.ts'
import { DescribeLogDirsApi } from '../../protocol/messages/describe-log-dirs.ts'
import { MetadataApi } from '../../protocol/messages/metadata.ts'
import { ProduceApi } from '../../protocol/messages/produce.ts'
import { buildBatch } from '../../protocol/records/build-batch.ts'
import { kafka, readAll } from '../kafkajs/support.ts'
import { RawClient } from '../oracle/raw-client.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { type OdradekProcess, startOdradek } from '../support/odradek-process.ts'
import { areLeftOut } from './left-out.ts'
import { mountSmallDisk, whyNoMounts } from './small-disk.ts'

const { Partitioners } = kafkajs
const noMounts = areLeftOut(await whyNoMounts())

const RECORD = randomBytes(500_000)
const TOPICS = ['first', 'second']

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

/** A node with a large and a small directory, and a topic in each. */
async function twoDirectories(megabytes: number) {
  const disk = stack.use(await mountSmallDisk(megabytes))
  const large = join(disk.directory, 'large')
  const node = stack.use(await startOdradek({ directory: disk.directory, settings: { 'log.dirs': `${large},${disk.small}` } }))
  const clients = await connect(node)
  for (const topic of TOPICS) await clients.admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] })
  const names = await readdir(disk.small)
  const [inSmall = '', ...others] = TOPICS.filter((topic) => names.includes(`${topic}-0`))
  const inLarge = TOPICS.find((topic) => topic !== inSmall) as string
  expect(others).toEqual([])
  expect(await readdir(large)).toContain(`${inLarge}-0`)
  return { disk, large, node, ...clients, inSmall, inLarge }
}

async function connect(node: OdradekProcess): Promise<{ readonly admin: Admin; readonly producer: Producer }> {
  const client = kafka(node.bootstrap, { retry: { retries: 0 } })
  const [admin, producer] = [client.admin(), client.producer({ createPartitioner: Partitioners.DefaultPartitioner })]
  await Promise.all([admin.connect(), producer.connect()])
  stack.defer(async () => {
    await Promise.all([admin.disconnect(), producer.disconnect()])
  })
  return { admin, producer }
}

/** What sending one record of 500 KB to a topic is answered: the name of the error, or null. */
async function sendTo(producer: Producer, topic: string): Promise<string | null> {
  return await producer.send({ topic, acks: -1, messages: [{ partition: 0, value: RECORD }] }).then(
    () => null,
    (error: { cause?: { type?: string }; type?: string; message: string }) => error.cause?.type ?? error.type ?? error.message,
  )
}

/** What it is when the directory has failed; the second one when the client has asked who leads meanwhile. */
const FAILED = ['KAFKA_STORAGE_ERROR', 'LEADER_NOT_AVAILABLE']

/** Sends until the disk is full; gives the number of records that were acknowledged. */
async function fill(producer: Producer, topic: string): Promise<number> {
  for (let count = 0; count < 100; count++) {
    const error = await sendTo(producer, topic)
    if (error === null) continue
    expect(FAILED).toContain(error)
    return count
  }
  throw new Error('the disk took everything')
}

/** What a client that knows no leader's absence is answered when it sends to this node all the same. */
async function produceDirectly(node: OdradekProcess, name: string, index = 0): Promise<number | undefined> {
  await using client = await RawClient.open(node.bootstrap)
  const records = buildBatch({}, [{ timestamp: Date.now(), value: Buffer.from('x') }])
  const topicData = [{ name, partitionData: [{ index, records }] }]
  const { responses } = await client.ask(ProduceApi, 9, { transactionalId: null, acks: -1, timeoutMs: 5_000, topicData })
  return responses[0]?.partitionResponses[0]?.errorCode
}

/** A topic of two partitions; kafkajs's admin asks for all topics first, and gives up when one has no leader. */
async function createNew(node: OdradekProcess): Promise<void> {
  await using client = await RawClient.open(node.bootstrap)
  const topic = { name: 'new', numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }
  const { topics } = await client.ask(CreateTopicsApi, 7, { topics: [topic], timeoutMs: 10_000 })
  expect(topics[0]?.errorCode).toBe(0)
}

async function partitionOf(node: OdradekProcess, name: string) {
  await using client = await RawClient.open(node.bootstrap)
  const { topics } = await client.ask(MetadataApi, 12, { topics: [{ name }], allowAutoTopicCreation: false })
  return topics[0]?.partitions[0]
}

const LEADERLESS = { errorCode: ErrorCode.LEADER_NOT_AVAILABLE, leaderId: -1, replicaNodes: [1], isrNodes: [], offlineReplicas: [1] }
const LED = { errorCode: 0, leaderId: 1, replicaNodes: [1], isrNodes: [1], offlineReplicas: [] }

/** The controller hears of the failure a moment after the first client does. */
async function untilLeaderless(node: OdradekProcess, topic: string): Promise<void> {
  for (const deadlineMs = Date.now() + 10_000; (await partitionOf(node, topic))?.leaderId !== -1; await sleep(20)) {
    if (Date.now() > deadlineMs) throw new Error(`${topic} still has a leader`)
  }
}

async function logDirectories(node: OdradekProcess) {
  await using client = await RawClient.open(node.bootstrap)
  return (await client.ask(DescribeLogDirsApi, 5, { topics: null })).results
}

/** Asks for the move of a topic's partition; gives the error code. */
async function moveTo(node: OdradekProcess, path: string, name: string): Promise<number | undefined> {
  await using client = await RawClient.open(node.bootstrap)
  const { results } = await client.ask(AlterReplicaLogDirsApi, 2, { dirs: [{ path, topics: [{ name, partitions: [0] }] }] })
  return results[0]?.partitions[0]?.errorCode
}

describe.skipIf(noMounts)('a full disk', () => {
  test('fails the writes to its directory alone, the process says so, and the rest is served', async () => {
    const { producer, node, disk, large, inSmall, inLarge } = await twoDirectories(6)
    expect(await fill(producer, inSmall)).toBeGreaterThan(5)
    expect(await produceDirectly(node, inSmall)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    expect(await produceDirectly(node, inLarge)).toBe(0)
    expect(node.output()).toContain('A log directory failed and is offline')
    expect(node.output()).toContain('the volume is full')
    expect(node.output()).toContain(disk.small)
    await createNew(node)
    for (const partition of [0, 1]) expect(await produceDirectly(node, 'new', partition)).toBe(0)
    expect((await readdir(large)).filter((name) => name.startsWith('new-'))).toHaveLength(2)
  })

  test('that has room again serves all that was acknowledged after a restart', async () => {
    const { producer, node, disk, inSmall } = await twoDirectories(6)
    const stored = await fill(producer, inSmall)
    expect(await node.stop()).toBe(0)
    await disk.resize(20)
    await node.start()
    expect(await readAll(kafka(node.bootstrap), inSmall, stored)).toHaveLength(stored)
    const again = await connect(node)
    expect(await sendTo(again.producer, inSmall)).toBeNull()
  })

  test('that is the only one ends the process, which says so, with an exit code', async () => {
    const disk = stack.use(await mountSmallDisk(6))
    const node = stack.use(await startOdradek({ directory: disk.directory, settings: { 'log.dirs': join(disk.small, 'data') } }))
    const { admin, producer } = await connect(node)
    const topic = 'only'
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] })
    for (let count = 0; count < 20; count++) if ((await sendTo(producer, topic)) !== null) break
    expect(await node.ended()).toBe(1)
    expect(node.output()).toContain('All log directories are offline')
  })
})

describe.skipIf(noMounts)('a directory that fails', () => {
  test('leaves its partitions without a leader, as every client is told, until it is back after a restart', async () => {
    const { producer, node, disk, large, inSmall, inLarge } = await twoDirectories(6)
    await fill(producer, inSmall)
    await untilLeaderless(node, inSmall)
    expect([await partitionOf(node, inSmall), await partitionOf(node, inLarge)]).toMatchObject([LEADERLESS, LED])
    expect(await logDirectories(node)).toMatchObject([
      { logDir: large, errorCode: 0 },
      { logDir: disk.small, errorCode: ErrorCode.KAFKA_STORAGE_ERROR, topics: [], totalBytes: -1, usableBytes: -1 },
    ])
    expect(await moveTo(node, large, inSmall)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    expect(await node.stop()).toBe(0)
    await disk.resize(20)
    await node.start()
    expect(await partitionOf(node, inSmall)).toMatchObject(LED)
  })

  test('and still does at the next start is offline there too, and what is new is made elsewhere', async () => {
    const { producer, node, disk, large, inSmall, inLarge } = await twoDirectories(20)
    expect(await sendTo(producer, inSmall)).toBeNull()
    expect(await node.stop()).toBe(0)
    await disk.makeReadOnly()
    await node.start()
    expect([await partitionOf(node, inSmall), await partitionOf(node, inLarge)]).toMatchObject([LEADERLESS, LED])
    expect(await produceDirectly(node, inSmall)).toBe(ErrorCode.KAFKA_STORAGE_ERROR)
    await createNew(node)
    expect((await readdir(large)).filter((name) => name.startsWith('new-'))).toHaveLength(2)
  })

  test('in the middle of a move to it: the replica stays where it is', async () => {
    const { producer, node, disk, large, inSmall, inLarge } = await twoDirectories(6)
    for (let count = 0; count < 30; count++) expect(await sendTo(producer, inLarge)).toBeNull()
    expect(await moveTo(node, disk.small, inLarge)).toBe(0)
    await untilLeaderless(node, inSmall)
    expect(await produceDirectly(node, inLarge)).toBe(0)
    expect(await readdir(large)).toContain(`${inLarge}-0`)
    expect(await readAll(kafka(node.bootstrap), inLarge, 31)).toHaveLength(31)
  })
})

describe.skipIf(noMounts)('a directory that cannot be written', () => {
  test('at the start is left out, the process says so, and the rest is served', async () => {
    const { node, disk, producer, inLarge } = await twoDirectories(20)
    expect(await sendTo(producer, inLarge)).toBeNull()
    await node.stop()
    await disk.makeReadOnly()
    await node.start()
    expect(node.output()).toContain('the file system is read-only')
    const again = await connect(node)
    expect(await sendTo(again.producer, inLarge)).toBeNull()
  })
})

describe.skipIf(process.platform !== 'linux')('a directory where the system allows none', () => {
  test('stops the start with a sentence', async () => {
    const { path } = stack.use(await temporaryDirectory())
    await expect(startOdradek({ directory: path, settings: { 'log.dirs': '/proc/odradek/data' } })).rejects.toThrow(/\/proc\/odradek/)
  })
})

describe('a directory that cannot be used', () => {
  test('as the only one stops the start with a sentence', async () => {
    const { path } = stack.use(await temporaryDirectory())
    const file = join(path, 'file')
    await writeFile(file, '')
    await expect(startOdradek({ directory: path, settings: { 'log.dirs': join(file, 'data') } })).rejects.toThrow(/ended while it started:[\s\S]*file\/data/)
  })

  test('since a node has it names that node, which goes on', async () => {
    const node = stack.use(await startOdradek())
    await expect(startOdradek({ directory: node.directory })).rejects.toThrow(new RegExp(`process ${node.pid}`))
    await connect(node)
  })
})
