import { beforeEach, expect, test } from 'vitest'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { partitionTables } from '../../../../src/node/metrics/partition-metrics.ts'
import { replicaTable } from '../../../../src/node/metrics/replica-metrics.ts'
import { storageTables } from '../../../../src/node/metrics/storage-metrics.ts'
import { topicTable } from '../../../../src/node/metrics/topic-metrics.ts'
import { writeMetrics } from '../../../../src/telemetry/write-metrics.ts'
import { type ParsedFamily, parseExposition } from '../../../support/parse-exposition.ts'
import { TestBroker } from '../../replication/test-broker.ts'

const MIN_ISR = 2
let broker: TestBroker

beforeEach(async () => {
  broker = new TestBroker()
  await broker.start()
})

async function read(): Promise<ReadonlyMap<string, ParsedFamily>> {
  const { replicas, logs, node } = broker
  const sources = { clock: node.ports.clock, replicas, minInsyncReplicas: () => MIN_ISR, findSizes: () => logs.findSizes() }
  const tables = [replicaTable(sources), topicTable(replicas), ...storageTables(logs), ...partitionTables(sources)]
  for (const table of tables) if (table.prepare !== undefined) await broker.world.complete(table.prepare())
  return parseExposition([...writeMetrics(tables)].join(''))
}

/** The values of a family by its labels. */
function values(families: ReadonlyMap<string, ParsedFamily>, name: string): Readonly<Record<string, number>> {
  return Object.fromEntries((families.get(name)?.samples ?? []).map(({ labels, value }) => [Object.values(labels).join('-'), value]))
}

test('the leader tells of in-sync replicas, each node of its logs', async () => {
  await broker.createTopic('led', { replicas: [1, 2, 3], isr: [1] })
  await broker.createTopic('whole', { replicas: [1, 2], isr: [1, 2] })
  await broker.createTopic('followed', { replicas: [2, 1], isr: [2], leader: 2 })
  const batch = buildBatch({}, [{ timestamp: broker.nowMs, value: Buffer.alloc(100) }])
  const sizeBytes = batch.length
  broker.replicas.partition('led', 0)?.appendAsLeader(batch, { origin: 'client', nowMs: broker.nowMs, requiredAcks: 1 })
  const families = await read()
  const single = (name: string) => families.get(name)?.samples[0]?.value
  expect(single('partitions')).toBe(3)
  expect(single('leader_partitions')).toBe(2)
  expect(single('under_replicated_partitions')).toBe(1)
  expect(single('kafka_server_replicamanager_underreplicatedpartitions')).toBe(1)
  expect(single('under_min_isr_partitions')).toBe(1)
  expect(single('at_min_isr_partitions')).toBe(1)
  expect(values(families, 'kafka_cluster_partition_insyncreplicascount')).toEqual({ 'led-0': 1, 'whole-0': 2 })
  expect(values(families, 'kafka_topic_partition_under_replicated_partition')).toEqual({ 'led-0': 1, 'whole-0': 0 })
  expect(values(families, 'kafka_log_log_size')).toEqual({ 'led-0': sizeBytes, 'whole-0': 0, 'followed-0': 0 })
  expect(values(families, 'kafka_log_log_logendoffset')).toEqual({ 'led-0': 1, 'whole-0': 0, 'followed-0': 0 })
  expect(Object.values(values(families, 'log_directory_logs_bytes')).reduce((sum, bytes) => sum + bytes, 0)).toBe(sizeBytes)
})

test('replicas that a reassignment adds are not missed yet', async () => {
  await broker.createTopic('moved', { replicas: [1, 2], isr: [1, 2] })
  await broker.changePartition('moved', 0, { replicas: [1, 2, 3], addingReplicas: [3], isr: [1, 2], partitionEpoch: 1 })
  const families = await read()
  expect(families.get('under_replicated_partitions')?.samples[0]?.value).toBe(0)
  expect(families.get('reassigning_partitions')?.samples[0]?.value).toBe(1)
})

test('how far followers are behind is told once they have fetched', async () => {
  await broker.createTopic('t', { replicas: [1, 2], isr: [1, 2] })
  expect((await read()).has('replica_lag')).toBe(false)
  const partition = broker.replicas.partition('t', 0)
  partition?.appendAsLeader(buildBatch({}, [{ timestamp: broker.nowMs, value: Buffer.alloc(1) }]), { origin: 'client', nowMs: broker.nowMs, requiredAcks: 1 })
  partition?.followerFetched({ replicaId: 2, brokerEpoch: -1, fetchOffset: 0, logStartOffset: 0, leaderEndOffset: 1, nowMs: 0 })
  expect(values(await read(), 'replica_lag')).toEqual({ 't-0-2': 1 })
})

test('a topic is told from its first request on, and no more when it is gone', async () => {
  await broker.createTopic('t')
  const told = async () => values(await read(), 'kafka_server_brokertopicmetrics_messagesin_total')
  expect(await told()).toEqual({ '': 0 })
  const traffic = broker.replicas.trafficOf('t')
  if (traffic !== null) traffic.messagesIn += 7
  expect(await told()).toEqual({ '': 0, t: 7 })
  await broker.deleteTopic('t')
  expect(await told()).toEqual({ '': 0 })
  expect(broker.replicas.trafficOf('t')).toBeNull()
})
