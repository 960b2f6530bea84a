import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import type { Cluster } from '../cluster.ts'
import { crashes } from './crashes.ts'
import type { Damage } from './damage.ts'
import type { Fault, FaultContext } from './fault.ts'
import { lostDirectory } from './lost-directory.ts'
import { machineFaults } from './machines.ts'
import { networkFaults } from './networks.ts'
import { rollingRestart } from './rolling-restart.ts'

export const FAULTS: readonly Fault[] = [...crashes, ...networkFaults, ...machineFaults, rollingRestart, lostDirectory]

interface Going {
  readonly fault: Fault
  readonly endsAtMs: number
  readonly end: () => void
}

/** Lets things go wrong, some at the same time, and come to an end again. */
export class Chaos {
  /** What happened, for whoever looks at a seed. */
  readonly log: string[] = []
  readonly #context: FaultContext
  readonly #random: SeededRandom
  readonly #mostAtOnce: number
  #going: Going[] = []
  #count = 0
  #nextAtMs = 0
  #lastEndMs = 0

  constructor(cluster: Cluster, random: SeededRandom, damage: Damage) {
    this.#random = random
    const tell = (what: string) => this.#happened(cluster.world.nowMs, what)
    this.#context = { cluster, random, tell, mayCrash: (node, kind) => damage.mayCrash(node, kind), mayLoseDirectory: (node) => damage.mayLoseDirectory(node) }
    this.#mostAtOnce = random.pick([1, 2, 3])
  }

  /** Called now and then while the world runs. */
  tick(nowMs: number): void {
    for (const { fault, end } of this.#going.filter(({ endsAtMs }) => endsAtMs <= nowMs)) this.#end(nowMs, fault, end)
    this.#going = this.#going.filter(({ endsAtMs }) => endsAtMs > nowMs)
    if (nowMs < this.#nextAtMs || this.#going.length >= this.#mostAtOnce) return
    this.#nextAtMs = nowMs + this.#random.between(1000, 5000)
    this.#begin(nowMs, this.#random.pick(FAULTS))
  }

  endAll(nowMs: number): void {
    for (const { fault, end } of this.#going) this.#end(nowMs, fault, end)
    this.#going = []
  }

  /** When the last fault ended; infinite while one goes on. */
  get quietSinceMs(): number {
    return this.#going.length > 0 ? Number.POSITIVE_INFINITY : this.#lastEndMs
  }

  /** How many faults there were. */
  get count(): number {
    return this.#count
  }

  #begin(nowMs: number, fault: Fault): void {
    const end = fault.begin(this.#context)
    if (end === null) return
    if (fault.waits !== true) this.#happened(nowMs, `${fault.name} begins`)
    this.#going.push({ fault, endsAtMs: nowMs + this.#random.between(300, 9000), end })
  }

  #happened(nowMs: number, what: string): void {
    this.log.push(`${nowMs.toFixed(0)} ${what}`)
    this.#count++
  }

  #end(nowMs: number, fault: Fault, end: () => void): void {
    this.log.push(`${nowMs.toFixed(0)} ${fault.name} ends`)
    this.#lastEndMs = nowMs
    end()
  }
}
