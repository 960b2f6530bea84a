import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchBroker } from '../brokers.ts'
import { cpuSeconds, residentBytes } from '../process-stats.ts'

const SETTLE_MS = 3_000
const WATCH_MS = 5_000

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

/** Growth of resident memory by each connection that is opened and says nothing. In KB. */
export async function idleConnection(broker: BenchBroker, count: number): Promise<number> {
  const before = residentBytes(broker.pid)
  const sockets = await Promise.all(Array.from({ length: count }, () => open(broker.port)))
  await sleep(SETTLE_MS)
  const after = residentBytes(broker.pid)
  for (const socket of sockets) socket.destroy()
  return (after - before) / count / 1000
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket)).once('error', reject)
  })
}
