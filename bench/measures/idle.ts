import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BenchBroker, type BrokerKind, startBroker } from '../brokers.ts'
import { cpuSeconds, residentBytes } from '../process-stats.ts'

const SETTLE_MS = 3_000
const WATCH_MS = 5_000
/** Half of a listener's queue: the system lets connections on top of it wait for seconds. */
const OPENED_AT_ONCE = 25

export interface IdleFigures {
  readonly residentMegabytes: number
  /** In percent of one core. */
  readonly cpuPercent: number
}

export async function idle(broker: BenchBroker): Promise<IdleFigures> {
  await sleep(SETTLE_MS)
  const before = cpuSeconds(broker.pid)
  await sleep(WATCH_MS)
  const cpuPercent = ((cpuSeconds(broker.pid) - before) / (WATCH_MS / 1000)) * 100
  return { residentMegabytes: residentBytes(broker.pid) / 1e6, cpuPercent }
}

/** Growth of a fresh broker's resident memory by each connection that is opened and says nothing. In KB. */
export async function idleConnection(kind: BrokerKind, count: number): Promise<number> {
  await using broker = await startBroker(kind)
  await using idle = await idleConnections(broker, count)
  return idle.bytesEach / 1000
}

export interface IdleConnections extends AsyncDisposable {
  /** Of the broker, for each of them. */
  readonly bytesEach: number
}

/** Connections that say nothing until they are disposed of. */
export async function idleConnections(broker: BenchBroker, count: number): Promise<IdleConnections> {
  const before = residentBytes(broker.pid)
  const sockets = await openAll(count, () => open(broker.port))
  await sleep(SETTLE_MS)
  return {
    bytesEach: (residentBytes(broker.pid) - before) / count,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Opens `count`, some at a time. */
export async function openAll<T>(count: number, openOne: () => Promise<T>): Promise<T[]> {
  const opened: T[] = []
  while (opened.length < count) opened.push(...(await Promise.all(Array.from({ length: Math.min(OPENED_AT_ONCE, count - opened.length) }, openOne))))
  return opened
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket)).once('error', reject)
  })
}
