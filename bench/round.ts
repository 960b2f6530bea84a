import { type BrokerKind, startBroker } from './brokers.ts'
import { firstRecordOfNewGroup } from './measures/first-record.ts'
import { idle, idleConnection } from './measures/idle.ts'
import { consume, endToEndLatency, produce } from './measures/load.ts'
import { restartedMember } from './measures/restarted-member.ts'
import { residentBytes } from './process-stats.ts'

/** The figures of one broker in one round, by the names of the table in docs/architecture.md. */
export type Figures = Readonly<Record<string, number>>

/** Takes figures as they come, so that what was measured stays when a later step fails. */
export type Keep = (figures: Figures) => void

export interface RoundOptions {
  /** Multiplies the counts of records; 1 is the basis of the budgets. */
  readonly scale: number
}

/** With fewer, the figure is mostly the young part of a heap that grows once, whatever for. */
const IDLE_CONNECTIONS = 5_000

/** One broker through all measures: small and idle first, then load on the same process. Another one has the connections, which leave their mark on its heap. */
export async function runRound(kind: BrokerKind, { scale }: RoundOptions): Promise<Figures> {
  const connectionKilobytes = await idleConnection(kind, IDLE_CONNECTIONS)
  await using broker = await startBroker(kind)
  const count = (records: number) => Math.max(1_000, Math.round(records * scale))
  const { residentMegabytes, cpuPercent } = await idle(broker)
  const firstRecordMs = await firstRecordOfNewGroup(broker)
  const restartedMemberMs = await restartedMember(broker)

  await produce(broker, { topic: 'small', records: count(1_000_000), recordBytes: 100 })
  const small = await produce(broker, { topic: 'small', records: count(2_000_000), recordBytes: 100 })
  const large = await produce(broker, { topic: 'large', records: count(1_000_000), recordBytes: 1_000, properties: ['batch.size=131072', 'linger.ms=5'] })
  const consumed = await consume(broker, 'large', count(1_000_000))
  const loadedMegabytes = residentBytes(broker.pid) / 1e6
  const latency = await endToEndLatency(broker, 'latency', count(20_000))

  return {
    'fresh start to first answer, ms': broker.startMs,
    'idle resident memory, MB': residentMegabytes,
    'idle CPU, % of a core': cpuPercent,
    'first record of a new group, ms': firstRecordMs,
    'assignment after kill -9 and restart of a consumer, ms': restartedMemberMs,
    'memory per idle connection, KB': connectionKilobytes,
    'CPU per million 100 B records produced, s': small.cpuSeconds / (count(2_000_000) / 1e6),
    'throughput 100 B, MB/s': small.megabytesPerSecond,
    'CPU per GB of 1 KB records produced, s': large.cpuSeconds / (count(1_000_000) / 1e6),
    'throughput 1 KB, MB/s': large.megabytesPerSecond,
    'CPU while 1 KB records are produced, % of a core': large.cpuPercent,
    'CPU per GB consumed, s': consumed.cpuSeconds / (count(1_000_000) / 1e6),
    'consumer throughput, MB/s': consumed.megabytesPerSecond,
    'resident memory after load, MB': loadedMegabytes,
    'latency average, ms': latency.averageMs,
    'latency p99, ms': latency.p99Ms,
    'CPU per 10,000 single records, s': latency.cpuSeconds / (count(20_000) / 1e4),
  }
}
