import { setTimeout as sleep } from 'node:timers/promises'
import { RawClient } from '../../compat/oracle/raw-client.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { CreateTopicsApi } from '../../protocol/messages/create-topics.ts'
import { ProduceApi } from '../../protocol/messages/produce.ts'
import { buildBatch } from '../../protocol/records/build-batch.ts'
import { type BenchBroker, type BrokerKind, startBroker } from '../brokers.ts'
import { cpuSeconds, residentBytes } from '../process-stats.ts'
import type { Figures } from '../round.ts'
import { idleConnections, openAll } from './idle.ts'

const IDLE_COUNT = 10_000
const BUSY_COUNT = 1_000
/** Each busy connection sends one record so often: 2,000 a second over all. */
const INTERVAL_MS = 500
const WARM_UP_MS = 3_000
const WATCH_MS = 10_000
const TOPIC = 'busy'

/** Many clients: what an idle connection holds, and how long a busy one waits for an acknowledgement, beside the idle ones and alone. */
export async function manyConnections(kind: BrokerKind): Promise<Figures> {
  await using broker = await startBroker(kind)
  await using admin = await RawClient.open(broker.bootstrap, 'bench')
  const topics = [{ name: TOPIC, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }]
  await admin.ask(CreateTopicsApi, 7, { topics, timeoutMs: 30_000, validateOnly: false })
  const { idleBytesEach, busyBytes, beside } = await besideIdle(broker)
  const alone = await busy(broker)
  return {
    'memory per idle connection, KB': idleBytesEach / 1000,
    'growth by busy connections, MB': busyBytes / 1e6,
    ...named(`${BUSY_COUNT} busy, ${IDLE_COUNT} idle`, beside),
    ...named(`${BUSY_COUNT} busy`, alone),
  }
}

/** On a fresh broker: a heap that busy ones had made larger would have room for the idle ones. */
async function besideIdle(broker: BenchBroker): Promise<{ readonly idleBytesEach: number; readonly busyBytes: number; readonly beside: BusyFigures }> {
  await using idle = await idleConnections(broker, IDLE_COUNT)
  const before = residentBytes(broker.pid)
  const beside = await busy(broker)
  return { idleBytesEach: idle.bytesEach, busyBytes: residentBytes(broker.pid) - before, beside }
}

interface BusyFigures {
  readonly medianMs: number
  readonly p99Ms: number
  readonly cpuPercent: number
}

function named(what: string, { medianMs, p99Ms, cpuPercent }: BusyFigures): Figures {
  return { [`${what}: median, ms`]: medianMs, [`${what}: p99, ms`]: p99Ms, [`${what}: CPU, % of a core`]: cpuPercent }
}

async function busy(broker: BenchBroker): Promise<BusyFigures> {
  const clients = await openAll(BUSY_COUNT, () => RawClient.open(broker.bootstrap, 'bench'))
  try {
    await produceAll(clients, WARM_UP_MS)
    const before = cpuSeconds(broker.pid)
    const waits = (await produceAll(clients, WATCH_MS)).sort((a, b) => a - b)
    const cpuPercent = ((cpuSeconds(broker.pid) - before) / (WATCH_MS / 1000)) * 100
    return { medianMs: waits[waits.length >> 1] as number, p99Ms: waits[Math.floor(waits.length * 0.99)] as number, cpuPercent }
  } finally {
    for (const client of clients) await client[Symbol.asyncDispose]()
  }
}

/** The waits of all requests, in ms. Clients begin spread over the interval. */
async function produceAll(clients: readonly RawClient[], durationMs: number): Promise<number[]> {
  const waits: number[] = []
  const endMs = performance.now() + durationMs
  const run = async (client: RawClient, at: number) => {
    await sleep((at / clients.length) * INTERVAL_MS)
    while (performance.now() < endMs) {
      const startMs = performance.now()
      await produce(client)
      waits.push(performance.now() - startMs)
      await sleep(Math.max(0, startMs + INTERVAL_MS - performance.now()))
    }
  }
  await Promise.all(clients.map(run))
  return waits
}

async function produce(client: RawClient): Promise<void> {
  const records = buildBatch({}, [{ timestamp: Date.now(), value: Buffer.alloc(100, 'x') }])
  const request = { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData: [{ name: TOPIC, partitionData: [{ index: 0, records }] }] }
  const answer = await client.ask(ProduceApi, 12, request)
  const [partition] = answer.responses[0]?.partitionResponses ?? []
  if (partition?.errorCode !== ErrorCode.NONE) throw new Error(`Produce: ${JSON.stringify(answer)}`)
}
