import { randomBytes } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import kafkajs, { type Admin, type Producer } from 'kafkajs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { kafka, readAll } from '../kafkajs/support.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { type OdradekProcess, startOdradek } from '../support/odradek-process.ts'
import { mountSmallDisk, whyNoMounts } from './small-disk.ts'

const { Partitioners } = kafkajs
const noMounts = await whyNoMounts()
if (noMounts !== null) console.warn(`skipped: ${noMounts}`)

const RECORD = randomBytes(500_000)
const TOPIC = 'spread'

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

/** A node with a large and a small directory, and a topic with one partition in each. */
async function twoDirectories(megabytes: number) {
  const disk = stack.use(await mountSmallDisk(megabytes))
  const large = join(disk.directory, 'large')
  const node = stack.use(await startOdradek({ directory: disk.directory, settings: { 'log.dirs': `${large},${disk.small}` } }))
  const clients = await connect(node)
  await clients.admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 2, replicationFactor: 1 }] })
  const inSmall = (await readdir(disk.small)).includes(`${TOPIC}-0`) ? 0 : 1
  expect(await readdir(large)).toContain(`${TOPIC}-${1 - inSmall}`)
  return { disk, large, node, ...clients, inSmall, inLarge: 1 - inSmall }
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

/** What sending one record of 500 KB to a partition is answered: the name of the error, or null. */
async function sendTo(producer: Producer, partition: number): Promise<string | null> {
  return await producer.send({ topic: TOPIC, acks: -1, messages: [{ partition, value: RECORD }] }).then(
    () => null,
    (error: { cause?: { type?: string }; type?: string; message: string }) => error.cause?.type ?? error.type ?? error.message,
  )
}

/** Sends until the disk is full; gives the number of records that were acknowledged. */
async function fill(producer: Producer, partition: number): Promise<number> {
  for (let count = 0; count < 100; count++) {
    const error = await sendTo(producer, partition)
    if (error === null) continue
    expect(error).toBe('KAFKA_STORAGE_ERROR')
    return count
  }
  throw new Error('the disk took everything')
}

describe.skipIf(noMounts !== null)('a full disk', () => {
  test('fails the writes to its directory alone, the process says so, and the rest is served', async () => {
    const { producer, admin, node, disk, large, inSmall, inLarge } = await twoDirectories(6)
    expect(await fill(producer, inSmall)).toBeGreaterThan(5)
    expect(await sendTo(producer, inSmall)).toBe('KAFKA_STORAGE_ERROR')
    expect(await sendTo(producer, inLarge)).toBeNull()
    expect(node.output()).toContain('A log directory failed and is offline')
    expect(node.output()).toContain('the volume is full')
    expect(node.output()).toContain(disk.small)
    await admin.createTopics({ topics: [{ topic: 'new', numPartitions: 2, replicationFactor: 1 }] })
    await producer.send({ topic: 'new', acks: -1, messages: [0, 1].map((partition) => ({ partition, value: 'a' })) })
    expect((await readdir(large)).filter((name) => name.startsWith('new-'))).toHaveLength(2)
  })

  test('that has room again serves all that was acknowledged after a restart', async () => {
    const { producer, node, disk, inSmall } = await twoDirectories(6)
    const stored = await fill(producer, inSmall)
    expect(await node.stop()).toBe(0)
    await disk.resize(20)
    await node.start()
    expect(await readAll(kafka(node.bootstrap), TOPIC, stored)).toHaveLength(stored)
    const again = await connect(node)
    expect(await sendTo(again.producer, inSmall)).toBeNull()
  })

  test('that is the only one ends the process, which says so, with an exit code', async () => {
    const disk = stack.use(await mountSmallDisk(6))
    const node = stack.use(await startOdradek({ directory: disk.directory, settings: { 'log.dirs': join(disk.small, 'data') } }))
    const { admin, producer } = await connect(node)
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1, replicationFactor: 1 }] })
    for (let count = 0; count < 20; count++) if ((await sendTo(producer, 0)) !== null) break
    expect(await node.ended()).toBe(1)
    expect(node.output()).toContain('All log directories are offline')
  })
})

describe.skipIf(noMounts !== null)('a directory that cannot be written', () => {
  test('at the start is left out, the process says so, and the rest is served', async () => {
    const { node, disk, producer, inLarge } = await twoDirectories(20)
    expect(await sendTo(producer, inLarge)).toBeNull()
    await node.stop()
    await disk.makeReadOnly()
    await node.start()
    expect(node.output()).toContain('read-only file system')
    const again = await connect(node)
    expect(await sendTo(again.producer, inLarge)).toBeNull()
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
