import { assert } from '../../../src/base/assert.ts'
import type { Ports } from '../../../src/base/ports.ts'
import { EventQueue, toTick } from './event-queue.ts'
import { SeededRandom } from './seeded-random.ts'
import { type CrashKind, SimulatedNode } from './simulated-node.ts'
import { Trace } from './trace.ts'
import { turn } from './turn.ts'
import { WorldNetwork } from './world-network.ts'

/**
 * A deterministic world of machines: one queue of events in simulated time, and for each node the five ports made of it.
 *
 * The world runs one event, then lets every promise continue that this event settled, then the next event. So whole
 * programs run in it unchanged, as fast as their own computing takes; time is skipped where nothing happens. Whatever
 * is left to chance is drawn from the seed, so the same seed and the same program give the same run, to the byte:
 * `trace.hash` tells. Nothing in the world may wait for anything outside (threads, real timers, sockets).
 *
 * ```ts
 * const world = new World({ seed: 7 })
 * const log = await world.complete(openLog(world.node('a').ports))
 * world.crash('a')                 // power is lost: so is what was not flushed
 * const ports = world.restart('a') // the same files, a new process
 * ```
 */

/** How many entries of the trace a failure shows. */
const TRACE_ENTRIES_KEPT = 200

/** Events without a step forward in time: more means that something spins. */
const MAX_EVENTS_AT_ONE_TIME = 1_000_000

/** Simulated time within which what is awaited has to happen, when the caller gives none. */
const DEFAULT_WITHIN_MS = 3_600_000

export interface WorldOptions {
  readonly seed: number | string
  /** Wall time at the start. */
  readonly startsAtMs?: number
}

export interface Within {
  /** Simulated milliseconds from now; an hour when left out. */
  readonly withinMs?: number
}

export class World {
  readonly seed: number | string
  readonly random: SeededRandom
  readonly network: WorldNetwork
  readonly trace = new Trace(TRACE_ENTRIES_KEPT)
  readonly startsAtMs: number
  readonly #events = new EventQueue()
  readonly #nodes = new Map<string, SimulatedNode>()
  #nowMs = 0
  #eventsAtThisTime = 0
  #isRunning = false

  constructor(options: WorldOptions) {
    this.seed = options.seed
    this.startsAtMs = options.startsAtMs ?? Date.UTC(2026, 0)
    this.random = new SeededRandom(options.seed)
    this.network = new WorldNetwork(this, this.random.fork('network'))
  }

  /** Milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** The machine of this name, which is also its host name; made, and running, when it is first asked for. */
  node(name: string): SimulatedNode {
    let node = this.#nodes.get(name)
    if (node === undefined) {
      node = new SimulatedNode(this, { name, number: this.#nodes.size + 1, random: this.random.fork(`node ${name}`) })
      this.#nodes.set(name, node)
    }
    return node
  }

  /** The node's name if there is one, without making it. */
  findNode(match: (node: SimulatedNode) => boolean): SimulatedNode | undefined {
    for (const node of this.#nodes.values()) if (match(node)) return node
    return undefined
  }

  crash(name: string, kind: CrashKind = 'power'): void {
    this.node(name).crash(kind)
  }

  /** Starts a new process on a machine whose process crashed; what the program does with it is the caller's. */
  restart(name: string): Ports {
    return this.node(name).restart()
  }

  /** For the parts of the world. */
  schedule(timeMs: number, owner: Parameters<EventQueue['add']>[1], label: string, run: () => void): { cancel(): void } {
    const event = this.#events.add(Math.max(timeMs, this.#nowMs), owner, label, run)
    return { cancel: () => this.#events.cancel(event) }
  }

  /** Runs everything that happens in the next `durationMs`, and ends at their end. */
  async run(durationMs: number): Promise<void> {
    const endMs = toTick(this.#nowMs + durationMs)
    await this.#exclusively(async () => {
      await turn()
      for (let next = this.#events.nextTimeMs(); next !== undefined && next <= endMs; next = this.#events.nextTimeMs()) await this.#step()
      this.#nowMs = endMs
    })
  }

  /** Runs until `condition` holds, which is asked after each event. Throws when it does not in time, or nothing is left to happen. */
  async runUntil(condition: () => boolean, options: Within = {}): Promise<void> {
    const endMs = this.#nowMs + (options.withinMs ?? DEFAULT_WITHIN_MS)
    await this.#exclusively(async () => {
      await turn()
      while (!condition()) {
        const next = this.#events.nextTimeMs()
        if (next === undefined) throw this.#failure('nothing is left that could happen')
        if (next > endMs) throw this.#failure(`it did not happen within ${options.withinMs ?? DEFAULT_WITHIN_MS} ms`)
        await this.#step()
      }
    })
  }

  /** Runs until `promise` settles, and gives its value or throws its reason. */
  async complete<T>(promise: Promise<T>, options: Within = {}): Promise<T> {
    let isSettled = false
    const settle = () => {
      isSettled = true
    }
    promise.then(settle, settle)
    await this.runUntil(() => isSettled, options)
    return promise
  }

  /**
   * Runs by itself from now until it is disposed, for a test that awaits ports as it would on Node. Still deterministic
   * as long as the test awaits nothing else.
   */
  startPumping(): AsyncDisposable {
    let isStopped = false
    const pumped = this.#exclusively(async () => {
      while (!isStopped) {
        if (this.#events.nextTimeMs() === undefined) await turn()
        else await this.#step()
      }
    })
    return {
      async [Symbol.asyncDispose]() {
        isStopped = true
        await pumped
      },
    }
  }

  async #step(): Promise<void> {
    const event = this.#events.take()
    if (event === undefined) return
    this.#advanceTo(event.timeMs)
    this.trace.noteEvent({ timeMs: event.timeMs, who: event.owner?.name ?? '-', label: event.label })
    event.run()
    await turn()
  }

  #advanceTo(timeMs: number): void {
    this.#eventsAtThisTime = timeMs > this.#nowMs ? 0 : this.#eventsAtThisTime + 1
    if (this.#eventsAtThisTime > MAX_EVENTS_AT_ONE_TIME) throw this.#failure('time stands still: something schedules itself without delay')
    this.#nowMs = timeMs
  }

  async #exclusively(work: () => Promise<void>): Promise<void> {
    assert(!this.#isRunning, 'a world is run by one caller at a time')
    this.#isRunning = true
    try {
      await work()
    } finally {
      this.#isRunning = false
    }
  }

  #failure(what: string): Error {
    const recent = this.trace.recent().slice(-30).join('\n  ')
    return new Error(`seed ${this.seed}, at ${this.#nowMs.toFixed(3)} ms: ${what}. The latest events:\n  ${recent}`)
  }
}
