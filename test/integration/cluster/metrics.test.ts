import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePortRange } from '../../support/free-ports.ts'
import { type ParsedFamily, parseExposition } from '../../support/parse-exposition.ts'
import { Odradek } from '../odradek.ts'
import { clusterClient, connectedProducer, leaderOf, send } from './cluster-client.ts'

const TOPIC = 'orders'
const PARTITIONS = 6
const NODES = [1, 2, 3] as const
const POLL = { timeout: 20_000, interval: 100 }
const workspace = mkdtempSync(join(tmpdir(), 'odradek-metrics-'))
const nodes = new Map<number, Odradek>()
let port = 0
let metricsPort = 0

beforeAll(async () => {
  port = await freePortRange(NODES.length)
  metricsPort = await freePortRange(NODES.length)
  for (const nodeId of NODES) nodes.set(nodeId, start(nodeId))
  await Promise.all([...nodes.values()].map((node) => node.line('odradek is ready')))
  // Those that joined become voters one after another; before, the first is not to be missed.
  while (sum(await scrape(), 'quorum_voters') < NODES.length * NODES.length) await new Promise((resolve) => setTimeout(resolve, POLL.interval))
}, 60_000)

afterAll(async () => {
  for (const node of nodes.values()) await node[Symbol.asyncDispose]()
  rmSync(workspace, { recursive: true, force: true })
})

/** A node by itself, which nobody starts again when it is killed. */
function start(nodeId: number): Odradek {
  const joining = nodeId === 1 ? [] : ['--join', `localhost:${port}`]
  const settings = [`log.dirs=${join(workspace, `node-${nodeId}`)}`, `metrics.port=${metricsPort + nodeId - 1}`, 'metrics.host=127.0.0.1']
  return new Odradek(['start', String(nodeId), String(port + nodeId - 1), ...joining, ...settings.flatMap((setting) => ['--set', setting])])
}

function bootstrapServers(): string {
  return NODES.map((nodeId) => `localhost:${port + nodeId - 1}`).join(',')
}

type Labels = Readonly<Record<string, string>>
type Families = ReadonlyMap<string, ParsedFamily>

/** What the nodes tell that can be reached. */
async function scrape(): Promise<readonly Families[]> {
  const answers = await Promise.allSettled(NODES.map(async (nodeId) => (await fetch(`http://127.0.0.1:${metricsPort + nodeId - 1}/metrics`)).text()))
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [parseExposition(answer.value)] : []))
}

function sum(told: readonly Families[], name: string, isMeant: (labels: Labels) => boolean = () => true): number {
  const samples = told.flatMap((families) => families.get(name)?.samples ?? [])
  return samples.filter(({ labels }) => isMeant(labels)).reduce((total, { value }) => total + value, 0)
}

const isOurs = ({ topic }: Labels) => topic === TOPIC

async function createTopic(topic: string, replicas: readonly number[], partitions: number): Promise<void> {
  const admin = clusterClient(bootstrapServers()).admin()
  await admin.connect()
  const replicaAssignment = Array.from({ length: partitions }, (_, partition) => ({
    partition,
    replicas: replicas.map((_replica, at) => replicas[(partition + at) % replicas.length] as number),
  }))
  await admin.createTopics({ topics: [{ topic, replicaAssignment }] })
  await admin.disconnect()
}

test('sums over the nodes of a cluster are right while all run, while one is gone, and when it is back', async () => {
  await createTopic(TOPIC, NODES, PARTITIONS)
  const producer = await connectedProducer(bootstrapServers())
  await send(producer, TOPIC, 0, 60)
  await producer.disconnect()

  const whole = await scrape()
  expect(whole).toHaveLength(3)
  expect(sum(whole, 'active_controller')).toBe(1)
  expect(sum(whole, 'active_brokers')).toBe(3)
  expect(sum(whole, 'offline_partitions')).toBe(0)
  expect(sum(whole, 'under_replicated_partitions')).toBe(0)
  expect(sum(whole, 'messages_in_total')).toBe(60)
  expect(sum(whole, 'kafka_topic_partition_current_offset', isOurs)).toBe(60)
  expect(sum(whole, 'kafka_topic_partitions', isOurs)).toBe(PARTITIONS)
  expect(sum(whole, 'kafka_topic_partition_in_sync_replica', isOurs)).toBe(3 * PARTITIONS)
  expect(sum(whole, 'kafka_log_log_logendoffset', isOurs)).toBeGreaterThanOrEqual(120)
  expect(sum(whole, 'quorum_state', ({ state }) => state === 'leader')).toBe(1)
  expect(sum(whole, 'replication_bytes_in_total')).toBeGreaterThan(60)

  const gone = await leaderOf(bootstrapServers(), TOPIC, 0)
  nodes.get(gone)?.process.kill('SIGKILL')
  await nodes.get(gone)?.exit()
  await expect.poll(async () => sum(await scrape(), 'kafka_cluster_partition_underreplicated', isOurs), POLL).toBe(PARTITIONS)
  await expect.poll(async () => sum(await scrape(), 'active_brokers'), POLL).toBe(2)
  const less = await scrape()
  expect(less).toHaveLength(2)
  expect(sum(less, 'active_controller')).toBe(1)
  expect(sum(less, 'fenced_brokers')).toBe(1)
  expect(sum(less, 'offline_partitions')).toBe(0)
  expect(sum(less, 'kafka_topic_partition_in_sync_replica', isOurs)).toBe(2 * PARTITIONS)
  expect(sum(less, 'under_replicated_partitions')).toBe(PARTITIONS)
  expect(sum(less, 'isr_shrinks')).toBe(PARTITIONS)
  expect(sum(less, 'unclean_leader_elections_total')).toBe(0)

  nodes.set(gone, start(gone))
  await nodes.get(gone)?.line('odradek is ready')
  await expect.poll(async () => sum(await scrape(), 'kafka_cluster_partition_insyncreplicascount', isOurs), POLL).toBe(3 * PARTITIONS)
  const again = await scrape()
  expect(sum(again, 'under_replicated_partitions')).toBe(0)
  expect(sum(again, 'isr_expands')).toBeGreaterThanOrEqual(PARTITIONS)
}, 60_000)

test('partitions that nobody leads are offline, as the active controller alone tells', async () => {
  const lonely = 3
  await createTopic('lonely', [lonely], 2)
  expect(sum(await scrape(), 'offline_partitions')).toBe(0)
  nodes.get(lonely)?.process.kill('SIGKILL')
  await nodes.get(lonely)?.exit()
  await expect.poll(async () => sum(await scrape(), 'offline_partitions'), POLL).toBe(2)
  const told = await scrape()
  expect(told.filter((families) => families.has('offline_partitions'))).toHaveLength(1)
  expect(sum(told, 'kafka_controller_kafkacontroller_offlinepartitionscount')).toBe(2)
}, 60_000)
