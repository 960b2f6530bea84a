import { setTimeout as sleep } from 'node:timers/promises'
import { RawClient } from '../../compat/oracle/raw-client.ts'
import { createTopic, electPreferred, untilState } from '../../compat/support/cluster/administer.ts'
import { produceSteadily } from '../../compat/support/cluster/steady-producer.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { CreateTopicsApi } from '../../protocol/messages/create-topics.ts'
import type { BrokerKind } from '../brokers.ts'
import { type BenchNodes, formatNodes } from '../nodes.ts'
import { cpuSecondsOf, residentBytesOf } from '../process-stats.ts'
import type { Keep } from '../round.ts'
import { EVERYWHERE, failovers, RECORD_BYTES, SAFE } from './failover.ts'
import { produce } from './load.ts'

const SETTLE_MS = 5_000
const WATCH_MS = 5_000
const POLL_MS = 10
const GIVE_UP_MS = 60_000
const COLD_RECORDS = 300_000
const WARM_RECORDS = 1_000_000

/**
 * Three nodes, replication factor 3, min.insync.replicas 2, on this one machine. Settings are Kafka's own, but for what is said.
 * @param scale multiplies the counts of records
 */
export async function cluster(kind: BrokerKind, keep: Keep, scale: number): Promise<void> {
  await using nodes = await formatNodes(kind)
  keep({ 'start of three formatted nodes to a topic created, ms': await startToTopic(nodes) })
  await sleep(SETTLE_MS)
  const idleCpu = cpuSecondsOf(nodes.pids)
  await sleep(WATCH_MS)
  keep({
    'idle memory of the three, MB': residentBytesOf(nodes.pids) / 1e6,
    'idle CPU of the three, % of a core': ((cpuSecondsOf(nodes.pids) - idleCpu) / (WATCH_MS / 1000)) * 100,
  })
  await load(nodes, keep, (records) => Math.round(records * scale))
  await failovers(nodes, keep)
  await rollingRestart(nodes, keep)
  if (kind === 'odradek') await devProfile(keep)
}

/** From the start of the processes to a topic with three replicas, asking as soon as anyone answers. */
async function startToTopic(nodes: BenchNodes): Promise<number> {
  const startMs = performance.now()
  for (const id of nodes.brokerIds) nodes.launch(id)
  const deadlineMs = startMs + GIVE_UP_MS
  while (!(await isTopicMade(nodes).catch(() => false))) {
    if (performance.now() > deadlineMs) throw new Error(`no topic could be made within ${GIVE_UP_MS} ms`)
    await sleep(POLL_MS)
  }
  const ms = performance.now() - startMs
  for (const id of nodes.brokerIds) await nodes.ready(id)
  return ms
}

async function isTopicMade(nodes: BenchNodes): Promise<boolean> {
  await using client = await RawClient.open(`127.0.0.1:${nodes.clientPort(1)}`, 'bench')
  const topic = { name: 'first', numPartitions: 1, replicationFactor: 3, assignments: [], configs: [] }
  const { topics } = await client.ask(CreateTopicsApi, 7, { topics: [topic], timeoutMs: GIVE_UP_MS, validateOnly: false })
  return topics[0]?.errorCode === ErrorCode.NONE
}

async function load(nodes: BenchNodes, keep: Keep, scaled: (records: number) => number): Promise<void> {
  const warmRecords = scaled(WARM_RECORDS)
  const gigabytes = (warmRecords * RECORD_BYTES) / 1e9
  await createTopic(nodes, 1, { name: 'load', assignments: EVERYWHERE, configs: SAFE })
  const cold = await produce(nodes, { topic: 'load', records: scaled(COLD_RECORDS), recordBytes: RECORD_BYTES })
  keep({ 'throughput 1 KB, cold, MB/s': cold.megabytesPerSecond })
  const warm = await produce(nodes, { topic: 'load', records: warmRecords, recordBytes: RECORD_BYTES })
  keep({
    'throughput 1 KB, warm, MB/s': warm.megabytesPerSecond,
    'CPU of the three per GB, warm, s': warm.cpuSeconds / gigabytes,
    'CPU of the three while they are loaded, % of a core': warm.cpuPercent,
    'memory of the three after load, MB': residentBytesOf(nodes.pids) / 1e6,
  })
  const large = await produce(nodes, { topic: 'load', records: warmRecords, recordBytes: RECORD_BYTES, properties: ['batch.size=131072', 'linger.ms=5'] })
  keep({
    'throughput 1 KB in batches of 128 KB, MB/s': large.megabytesPerSecond,
    'CPU of the three per GB in batches of 128 KB, s': large.cpuSeconds / gigabytes,
  })
}

/** Each node is stopped and started again while an idempotent producer sends one record after the other. */
async function rollingRestart(nodes: BenchNodes, keep: Keep): Promise<void> {
  const topic = 'rolling'
  await createTopic(nodes, 1, { name: topic, assignments: EVERYWHERE.slice(0, 1), configs: SAFE })
  const producer = await produceSteadily(nodes, topic)
  const startMs = performance.now()
  for (const id of nodes.brokerIds) {
    await nodes.stop(id, 'SIGTERM')
    nodes.launch(id)
    await nodes.ready(id)
    const isWhole = ({ isr }: { readonly isr: readonly number[] }) => isr.length === nodes.brokerIds.length
    for (const one of nodes.brokerIds) await untilState(nodes, one, topic, 'all are in sync again', isWhole)
    await electPreferred(nodes, id, topic)
  }
  const ms = performance.now() - startMs
  const failed = await producer.end().then(
    () => 0,
    () => 1,
  )
  keep({
    'rolling restart: produce requests that failed for good': failed,
    'rolling restart: longest wait for an acknowledgement, ms': producer.longestWaitMs,
    'rolling restart: all three, ms': ms,
  })
}

/** Values for trying things: a lost connection shortens the wait for a broker that is gone. */
async function devProfile(keep: Keep): Promise<void> {
  await using nodes = await formatNodes('odradek', { profile: 'dev' })
  keep({ 'dev profile: start of three formatted nodes to a topic created, ms': await startToTopic(nodes) })
  await failovers(nodes, (figures) => keep(Object.fromEntries(Object.entries(figures).map(([name, value]) => [`dev profile: ${name}`, value]))))
}
