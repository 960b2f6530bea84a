import { type ChildProcess, spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from '../../test/support/free-ports.ts'
import { startBroker } from '../brokers.ts'
import { residentBytes } from '../process-stats.ts'
import { endToEndLatency, type LatencyFigures } from './load.ts'

const ROUND_TRIPS = 20_000
const SETTLE_MS = 2_000

export interface Floor {
  /** From the start of the process to the first byte that it sends back. */
  readonly startMs: number
  readonly residentMegabytes: number
  /** Of 100 bytes, one at a time, between two Node processes. */
  readonly roundTripMs: number
}

/** Kafka's latency tool against prepared answers; see `canned-broker.ts`. The first run warms both sides up, as load does for a broker. */
export async function cannedLatency(records: number): Promise<LatencyFigures> {
  const [port = 0] = await freePorts(1)
  await using broker = await startBroker('odradek', { advertisedPort: port })
  const canned = spawn(process.execPath, [join(import.meta.dirname, 'canned-broker.ts'), String(port), String(broker.port)], { stdio: 'ignore' })
  try {
    ;(await connected(port, canned)).destroy()
    const at = { pid: canned.pid as number, bootstrap: `127.0.0.1:${port}` }
    await endToEndLatency(at, 'warm-up', records)
    return await endToEndLatency(at, 'latency', records)
  } finally {
    canned.kill('SIGKILL')
  }
}

/** What a Node process costs that listens, sends back what it gets, and does nothing else: nothing built on Node goes below it. */
export async function bareListener(): Promise<Floor> {
  const [port = 0] = await freePorts(1)
  const startedMs = performance.now()
  const child = spawn(process.execPath, ['-e', `require('node:net').createServer((s) => s.setNoDelay().pipe(s)).listen(${port}, '127.0.0.1')`], {
    stdio: 'ignore',
  })
  try {
    const socket = await connected(port, child)
    await roundTrips(socket, 1)
    const startMs = performance.now() - startedMs
    await sleep(SETTLE_MS)
    const residentMegabytes = residentBytes(child.pid as number) / 1e6
    await roundTrips(socket, ROUND_TRIPS)
    const beforeMs = performance.now()
    await roundTrips(socket, ROUND_TRIPS)
    const roundTripMs = (performance.now() - beforeMs) / ROUND_TRIPS
    socket.destroy()
    return { startMs, residentMegabytes, roundTripMs }
  } finally {
    child.kill('SIGKILL')
  }
}

async function connected(port: number, child: ChildProcess): Promise<Socket> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the bare listener ended with ${child.exitCode}`)
    const socket = await new Promise<Socket | null>((resolve) => {
      const opening = connect(port, '127.0.0.1', () => resolve(opening.setNoDelay())).once('error', () => resolve(null))
    })
    if (socket !== null) return socket
    await sleep(1)
  }
}

function roundTrips(socket: Socket, count: number): Promise<void> {
  const message = Buffer.alloc(100)
  return new Promise((resolve, reject) => {
    let left = count
    let missing = message.length
    const onData = (chunk: Buffer) => {
      missing -= chunk.length
      if (missing > 0) return
      missing = message.length
      left -= 1
      if (left > 0) return void socket.write(message)
      socket.off('data', onData).off('error', reject)
      resolve()
    }
    socket.on('data', onData).on('error', reject)
    socket.write(message)
  })
}
