import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { freePorts } from '../support/free-ports.ts'
import { parseExposition } from '../support/parse-exposition.ts'
import { Odradek } from './odradek.ts'

const LISTENERS = 'listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0'

function start(...settings: string[]): Odradek {
  return new Odradek(['start', '--ephemeral', ...[LISTENERS, ...settings].flatMap((setting) => ['--set', setting])])
}

/** The samples without labels, by name. */
async function scrape(url: string): Promise<ReadonlyMap<string, number>> {
  const families = parseExposition(await (await fetch(url)).text())
  return new Map(
    [...families.values()]
      .flatMap(({ samples }) => samples)
      .filter(({ labels }) => Object.keys(labels).length === 0)
      .map(({ name, value }) => [name, value]),
  )
}

/** Resolves when `count` records of the topic came. */
async function consume(kafka: Kafka, topic: string, count: number): Promise<() => Promise<void>> {
  const consumer = kafka.consumer({ groupId: 'counting' })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let seen = 0
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async () => {
      if (++seen === count) resolve()
    }
    consumer.run({ eachMessage }).catch(reject)
  })
  return () => consumer.disconnect()
}

test('a node tells what clients wrote and read, and how many are connected', async () => {
  const [port] = await freePorts(1)
  await using odradek = start(`metrics.port=${port}`)
  const ready = await odradek.line('odradek is ready')
  const url = ready.metrics as string
  expect(url).toBe(`http://127.0.0.1:${port}/metrics`)
  expect((await scrape(url)).get('active_connections')).toBe(0)

  const kafka = new Kafka({ brokers: ready.advertised as string[], logLevel: logLevel.NOTHING })
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: 'orders', messages: Array.from({ length: 20 }, () => ({ value: 'x'.repeat(100) })) })
  const disconnect = await consume(kafka, 'orders', 20)
  const metrics = await scrape(url)
  expect(metrics.get('messages_in_total')).toBe(20)
  expect(metrics.get('messages_in_per_sec')).toBeGreaterThan(0)
  expect(metrics.get('bytes_in_per_sec')).toBeGreaterThan(100 * (metrics.get('messages_in_per_sec') ?? 0))
  expect(metrics.get('messages_out_per_sec')).toBeGreaterThan(0)
  expect(metrics.get('active_connections')).toBeGreaterThanOrEqual(2)
  expect(metrics.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
  await Promise.all([producer.disconnect(), disconnect()])
})

test('partitions, APIs, topics and groups are told by their labels, in a text that a strict reader takes', async () => {
  const [port] = await freePorts(1)
  await using odradek = start(`metrics.port=${port}`, 'metrics.capacity.bytes.in=1000000')
  const ready = await odradek.line('odradek is ready')
  const kafka = new Kafka({ brokers: ready.advertised as string[], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 3 }] })
  await admin.disconnect()
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [0, 1, 2].map((partition) => ({ partition, value: 'x' })) })
  const disconnect = await consume(kafka, 'orders', 3)
  const families = parseExposition(await (await fetch(ready.metrics as string)).text())
  const value = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    families.get(name)?.samples.find((sample) => Object.entries(labels).every(([label, wanted]) => sample.labels[label] === wanted))?.value
  for (const partition of ['0', '1', '2']) {
    const labels = { topic: 'orders', partition }
    expect(value('kafka_topic_partition_current_offset', labels)).toBe(1)
    expect(value('kafka_log_log_size', labels)).toBeGreaterThan(60)
    expect(value('kafka_topic_partition_in_sync_replica', labels)).toBe(1)
  }
  expect(value('kafka_server_brokertopicmetrics_messagesin_total', { topic: 'orders' })).toBe(3)
  expect(value('kafka_topic_partitions', { topic: 'orders' })).toBe(3)
  expect(value('requests_total', { api: 'Produce' })).toBe(1)
  expect(value('request_errors_total', { api: 'Produce' })).toBeUndefined()
  expect(value('kafka_network_requestmetrics_requests_total', { request: 'FetchConsumer' })).toBeGreaterThan(0)
  expect(value('groups', { state: 'Stable' })).toBe(1)
  expect(value('active_controller')).toBe(1)
  expect(value('offline_partitions')).toBe(0)
  expect(value('under_replicated_partitions')).toBe(0)
  expect(value('bytes_in_capacity')).toBe(1_000_000)
  expect(value('quorum_state', { state: 'leader' })).toBe(1)
  expect(value('log_directory_free_bytes')).toBeGreaterThan(0)
  expect(value('network_receive_bytes_total', { listener: 'PLAINTEXT' })).toBeGreaterThan(100)
  await Promise.all([producer.disconnect(), disconnect()])
})

test('a node is ready when its log says so, and stops in order while somebody watches', async () => {
  const [port] = await freePorts(1)
  await using odradek = start(`metrics.port=${port}`)
  await odradek.line('odradek is ready')
  expect(await (await fetch(`http://127.0.0.1:${port}/readyz`)).text()).toBe('ready\n')
  odradek.process.kill('SIGTERM')
  expect(await odradek.exit()).toBe(0)
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow('fetch failed')
})

test('a metrics port that was set and is taken keeps the node from starting, and says which setting to change', async () => {
  const [port] = await freePorts(1)
  await using first = start(`metrics.port=${port}`)
  await first.line('odradek is ready')
  await using second = start(`metrics.port=${port}`)
  expect(await second.exit()).toBe(1)
  expect(second.err).toMatch(new RegExp(`^metrics\\.port: Listening on 127\\.0\\.0\\.1:${port} failed: another program listens there`, 'm'))
})

test('a node for which nobody chose a port starts beside one that has the default', async () => {
  await using first = start()
  await using second = start()
  const lines = await Promise.all([first.line('odradek is ready'), second.line('odradek is ready')])
  const served = lines.map(({ metrics }) => metrics).filter((metrics) => metrics !== null)
  expect(served.length).toBeLessThanOrEqual(1)
  const without = lines[0]?.metrics === null ? first : second
  expect(without.lines).toContainEqual(expect.objectContaining({ msg: expect.stringMatching(/^metrics are not served/) }))
})
