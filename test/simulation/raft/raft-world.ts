import { ZERO_UUID } from '../../../protocol/uuid.ts'
import type { RaftAnswer, RaftRequest } from '../../../src/raft/core/messages.ts'
import type { Voter } from '../../../src/raft/voter-set.ts'
import { EventQueue } from '../../support/world/event-queue.ts'
import { SeededRandom } from '../../support/world/seeded-random.ts'
import { Trace } from '../../support/world/trace.ts'
import { RaftChecker } from './raft-checker.ts'
import { RaftMachine } from './raft-machine.ts'

/** How bad the wires and disks are. */
export interface Weather {
  lossProbability: number
  duplicateProbability: number
  maxDelayMs: number
  maxFlushMs: number
  /** In one answer to a fetch. */
  fetchEntries: number
}

export const GOOD_WEATHER: Weather = { lossProbability: 0, duplicateProbability: 0, maxDelayMs: 5, maxFlushMs: 3, fetchEntries: 20 }

/** A few cores on wires and disks of their own, in simulated time. No promise: an event after another. */
export class RaftWorld {
  readonly random: SeededRandom
  readonly checker = new RaftChecker()
  readonly trace = new Trace(100)
  readonly machines: readonly RaftMachine[]
  weather: Weather = { ...GOOD_WEATHER }
  /** Who is no voter becomes one by itself. */
  readonly joins: boolean
  nowMs = 0
  readonly #events = new EventQueue()
  readonly #cut = new Set<string>()
  #nextToken = 1
  readonly #askers = new Map<number, { readonly from: number; readonly id: number; readonly life: number; readonly request: RaftRequest }>()

  constructor(options: { readonly seed: number | string; readonly voters: number; readonly observers?: number; readonly joins?: boolean }) {
    this.random = new SeededRandom(options.seed)
    this.joins = options.joins ?? false
    const voters = Array.from({ length: options.voters }, (_, index) => voterOf(index + 1))
    const count = options.voters + (options.observers ?? 0)
    this.machines = Array.from({ length: count }, (_, index) => new RaftMachine(this, index + 1, voters))
    for (const machine of this.machines) machine.start()
  }

  machine(id: number): RaftMachine {
    return this.machines[id - 1] as RaftMachine
  }

  /** Who leads the latest epoch that anybody leads. */
  get leader(): RaftMachine | null {
    const leaders = this.machines.filter((machine) => machine.isLeading)
    return leaders.sort((a, b) => b.epoch - a.epoch)[0] ?? null
  }

  schedule(delayMs: number, label: string, run: () => void): { cancel(): void } {
    const event = this.#events.add(this.nowMs + delayMs, null, label, run)
    return { cancel: () => this.#events.cancel(event) }
  }

  run(durationMs: number): void {
    const endMs = this.nowMs + durationMs
    for (let next = this.#events.nextTimeMs(); next !== undefined && next <= endMs; next = this.#events.nextTimeMs()) this.#step()
    this.nowMs = endMs
  }

  /** @returns whether it came to be in time */
  runUntil(condition: () => boolean, withinMs: number): boolean {
    const endMs = this.nowMs + withinMs
    while (!condition()) {
      const next = this.#events.nextTimeMs()
      if (next === undefined || next > endMs) return false
      this.#step()
    }
    return true
  }

  /** Nothing that `from` says arrives at `to`. */
  cut(from: number, to: number): void {
    this.#cut.add(`${from}>${to}`)
  }

  isolate(id: number): void {
    for (const other of this.machines) {
      this.cut(id, other.id)
      this.cut(other.id, id)
    }
  }

  heal(): void {
    this.#cut.clear()
  }

  send(from: RaftMachine, to: number, id: number, request: RaftRequest): void {
    const token = this.ask(from.id, from.life, id, request)
    const refused = this.#cut.has(`${from.id}>${to}`) || !this.machine(to).isRunning
    if (refused && this.random.chance(0.5)) this.#deliver(to, from.id, 'refused', () => from.onUnanswered(to, id))
    else this.#deliver(from.id, to, request.type, () => this.machine(to).onRequest(token, request))
  }

  /** The id under which a request is answered; of an operator when nobody sent it. */
  ask(from: number, life: number, id: number, request: RaftRequest): number {
    const token = this.#nextToken++
    this.#askers.set(token, { from, id, life, request })
    return token
  }

  reply(from: RaftMachine, token: number, answer: RaftAnswer): void {
    const asker = this.#askers.get(token)
    if (asker === undefined || asker.from === OPERATOR) return
    this.#deliver(from.id, asker.from, `answer to ${answer.type}`, () => {
      const machine = this.machine(asker.from)
      if (machine.life === asker.life) machine.onAnswer(from.id, asker.id, answer satisfies RaftAnswer)
    })
  }

  requestOf(token: number): RaftRequest {
    return (this.#askers.get(token) as { readonly request: RaftRequest }).request
  }

  #deliver(from: number, to: number, label: string, run: () => void): void {
    const { random, weather } = this
    if (from !== to && this.#cut.has(`${from}>${to}`)) return
    if (random.chance(weather.lossProbability)) return
    const copies = random.chance(weather.duplicateProbability) ? 2 : 1
    for (let copy = 0; copy < copies; copy++) this.schedule(random.between(0.1, weather.maxDelayMs), `${from} to ${to}: ${label}`, run)
  }

  #step(): void {
    const event = this.#events.take()
    if (event === undefined) return
    this.nowMs = event.timeMs
    this.trace.note(`${event.timeMs.toFixed(2)} ${event.label}`)
    event.run()
  }
}

export const OPERATOR = 0

/** How an operator asks for an addition. */
export const OPERATOR_CHANGES = { ackWhenCommitted: true, timeoutMs: 5000 } as const

/** @param disk counts those that the node had before */
export function voterOf(id: number, disk = 0): Voter {
  const directoryId = directoryOf(id, disk)
  return { id, directoryId, endpoints: [{ name: 'CONTROLLER', host: `node-${id}`, port: 9093 }], minKraftVersion: 0, maxKraftVersion: 1 }
}

function directoryOf(id: number, disk: number): Voter['directoryId'] {
  return `${ZERO_UUID.slice(0, -7)}${String(disk).padStart(5, 'A')}${id}A`.slice(-ZERO_UUID.length) as Voter['directoryId']
}
