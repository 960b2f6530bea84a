import { NetworkError, type NetworkErrorReason } from '../../../src/base/errors.ts'
import type { Endpoint } from '../../../src/base/ports.ts'
import { Connection } from './connection.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedListener } from './simulated-network.ts'
import type { CrashKind, SimulatedNode, SimulatedProcess } from './simulated-node.ts'
import type { SimulatedSocket } from './simulated-socket.ts'
import type { World } from './world.ts'

/** One direction between two machines. */
export interface Route {
  readonly from: string
  readonly to: string
}

/** What waits for a way that is cut, in the order in which it came. */
interface Held {
  readonly route: Route
  readonly release: () => void
}

const WILDCARDS = new Set(['', '0.0.0.0', '::'])
const LOOPBACK = new Set(['127.0.0.1', '::1'])
const FIRST_EPHEMERAL_PORT = 32_768

/** After so long without an answer a system gives up connecting. Source: tcp_syn_retries 6 of Linux. */
const CONNECT_TIMEOUT_MS = 127_000

/**
 * The wires between the machines: delays, cuts, resets, and who listens where. Settings may change at any time and apply
 * to what is sent from then on.
 */
export class WorldNetwork {
  /** Of a packet, between machines; within one machine it is a tenth. */
  minLatencyMs = 0.05
  maxLatencyMs = 0.3
  /** That a piece of what was written travels as two. */
  splitProbability = 0.2
  /** That a connection breaks at a packet. */
  resetProbability = 0
  readonly random: SeededRandom
  readonly #world: World
  readonly #cuts = new Set<string>()
  #held: Held[] = []
  readonly #listeners = new Set<SimulatedListener>()
  readonly #connections = new Set<Connection>()
  readonly #nextPort = new Map<string, number>()

  constructor(world: World, random: SeededRandom) {
    this.#world = world
    this.random = random
  }

  /** From now on nothing gets from `from` to `to`; it is sent again and arrives when the way is whole again. */
  cut(route: Route): void {
    this.#cuts.add(key(route))
  }

  /** Cuts every way between the machines of one side and those of the other, in both directions. */
  partition(side: readonly string[], other: readonly string[]): void {
    for (const a of side) {
      for (const b of other) {
        this.cut({ from: a, to: b })
        this.cut({ from: b, to: a })
      }
    }
  }

  /** Makes one way whole again, or all. */
  heal(route?: Route): void {
    if (route === undefined) this.#cuts.clear()
    else this.#cuts.delete(key(route))
    this.linkStateChanged()
  }

  /** Breaks every connection between the two machines, at both ends, as a middle box that forgot them does. */
  resetConnections(a: string, b: string): void {
    for (const connection of [...this.#connections]) if (connection.isBetween(a, b)) connection.breakBothEnds()
  }

  /** Whether what arrives now gets in. What a machine sent before it lost power may still arrive. */
  isPassable(route: Route): boolean {
    return !this.#cuts.has(key(route)) && this.#world.node(route.to).isPowered
  }

  /** Runs `then` now if the way is passable, else when it is again. */
  whenPassable(route: Route, then: () => void): void {
    if (this.isPassable(route)) then()
    else this.#held.push({ route, release: then })
  }

  linkStateChanged(): void {
    const held = this.#held
    this.#held = []
    for (const one of held) this.whenPassable(one.route, one.release)
  }

  latencyMs(route: Route): number {
    const latencyMs = this.random.between(this.minLatencyMs, this.maxLatencyMs)
    return route.from === route.to ? latencyMs / 10 : latencyMs
  }

  /** Something that happens on the wire after `delayMs`, whatever the processes do. */
  onWire(delayMs: number, label: string, run: () => void): void {
    this.#world.schedule(this.#world.nowMs + delayMs, null, label, run)
  }

  processEnded(process: SimulatedProcess, kind: CrashKind): void {
    for (const listener of [...this.#listeners]) if (listener.process === process) this.#listeners.delete(listener)
    for (const connection of [...this.#connections]) connection.processEnded(process, kind)
  }

  /** The address that the process gets when it listens on `host`, or why it cannot. */
  bindAddress(process: SimulatedProcess, options: Endpoint): string {
    if (WILDCARDS.has(options.host)) return options.host === '0.0.0.0' ? '0.0.0.0' : '::'
    const address = this.#resolve(process.node, options.host)
    if (address === null) throw networkError('not-found', 'Listening on', options)
    if (!LOOPBACK.has(address) && address !== process.node.address) throw networkError('address-not-available', 'Listening on', options)
    return address
  }

  addListener(listener: SimulatedListener): void {
    const { host, port } = listener.local
    const isTaken = [...this.#listeners].some(
      (other) =>
        other.process.node === listener.process.node && other.local.port === port && (other.local.host === host || isWild(other.local.host) || isWild(host)),
    )
    if (isTaken) throw networkError('address-in-use', 'Listening on', listener.local)
    this.#listeners.add(listener)
  }

  removeListener(listener: SimulatedListener): void {
    this.#listeners.delete(listener)
  }

  freePort(node: SimulatedNode): number {
    const port = this.#nextPort.get(node.name) ?? FIRST_EPHEMERAL_PORT + this.random.below(20_000)
    this.#nextPort.set(node.name, port === 65_535 ? FIRST_EPHEMERAL_PORT : port + 1)
    return port
  }

  /** Settles once: with the client's socket or why there is none; in the client's process unless it died. */
  connect(client: SimulatedProcess, to: Endpoint, settle: (result: SimulatedSocket | NetworkError) => void): void {
    const address = this.#resolve(client.node, to.host)
    const target = address === null ? undefined : this.#nodeAt(client.node, address)
    if (address === null || target === undefined) {
      const reason = address === null ? 'not-found' : 'unreachable'
      client.after(this.latencyMs({ from: client.name, to: client.name }), 'lookup failed', () => settle(networkError(reason, 'Connecting to', to)))
      return
    }
    let isOver = false
    const finish = (result: SimulatedSocket | NetworkError) => {
      if (isOver) return abandon(result)
      isOver = true
      timeout.cancel()
      settle(result)
    }
    const timeout = client.after(CONNECT_TIMEOUT_MS, 'connect timed out', () => finish(networkError('timed-out', 'Connecting to', to)))
    const there = { from: client.name, to: target.name }
    this.onWire(this.latencyMs(there), `syn ${there.from} ${there.to}:${to.port}`, () =>
      this.whenPassable(there, () => {
        if (!isOver && client.isAlive) this.#knock(client, target, { host: address, port: to.port }, finish)
      }),
    )
  }

  forget(connection: Connection): void {
    this.#connections.delete(connection)
  }

  #knock(client: SimulatedProcess, target: SimulatedNode, address: Endpoint, finish: (result: SimulatedSocket | NetworkError) => void): void {
    const back = { from: target.name, to: client.name }
    const listener = [...this.#listeners].find(
      (each) => each.process.node === target && each.local.port === address.port && (each.local.host === address.host || isWild(each.local.host)),
    )
    if (listener === undefined) {
      this.#answer(back, client, 'refused', () => finish(networkError('refused', 'Connecting to', address)))
      return
    }
    const clientHost = LOOPBACK.has(address.host) ? address.host : client.node.address
    const connection = new Connection(this, {
      client,
      server: listener.process,
      clientEndpoint: { host: clientHost, port: this.freePort(client.node) },
      serverEndpoint: address,
    })
    this.#connections.add(connection)
    this.#answer(back, client, 'connected', () => {
      connection.clientSocket.introduce()
      finish(connection.clientSocket)
    })
    listener.process.after(0, `accept ${back.to}`, () => {
      connection.serverSocket.introduce()
      listener.accept(connection.serverSocket)
    })
  }

  #answer(route: Route, client: SimulatedProcess, label: string, then: () => void): void {
    this.whenPassable(route, () => {
      client.after(this.latencyMs(route), label, then)
    })
  }

  #resolve(from: SimulatedNode, host: string): string | null {
    if (host === 'localhost') return '127.0.0.1'
    if (LOOPBACK.has(host) || /^[0-9.]+$/.test(host)) return host
    if (host === from.name) return from.address
    return this.#world.findNode((node) => node.name === host)?.address ?? null
  }

  #nodeAt(from: SimulatedNode, address: string): SimulatedNode | undefined {
    return LOOPBACK.has(address) ? from : this.#world.findNode((node) => node.address === address)
  }
}

/** The attempt timed out before the answer came. */
function abandon(result: SimulatedSocket | NetworkError): void {
  if (!(result instanceof NetworkError)) result.destroy()
}

function key(route: Route): string {
  return `${route.from} ${route.to}`
}

function isWild(host: string): boolean {
  return WILDCARDS.has(host)
}

const TEXTS: Readonly<Record<NetworkErrorReason, string>> = {
  refused: 'nothing listens there. Check the address, and that the node there is running',
  reset: 'the other side cut the connection',
  unreachable: 'there is no way to that host. Check the network',
  'address-in-use': 'another program listens there. Stop it, or choose another port',
  'address-not-available': 'this machine does not have that address. Listen on one that it has',
  'timed-out': 'the other side does not answer. Check the address',
  'not-found': 'no address is known for that name. Check the name',
  permission: 'this user may not use that port',
  tls: 'it does not speak TLS',
  other: 'something went wrong',
}

export function networkError(reason: NetworkErrorReason, attempted: string, endpoint: Endpoint): NetworkError {
  return new NetworkError(reason, endpoint, `${attempted} ${endpoint.host}:${endpoint.port} failed: ${TEXTS[reason]} (simulated)`)
}
