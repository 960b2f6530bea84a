import { loadConfig } from '../../../../src/config/load-config.ts'
import type { RunningNode } from '../../../../src/node/running-node.ts'
import { startNode } from '../../../../src/node/start-node.ts'
import { silentLogger } from '../../../../src/telemetry/logger.ts'
import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import type { CrashKind, SimulatedNode } from '../../../support/world/simulated-node.ts'
import type { World } from '../../../support/world/world.ts'

export const LOG_DIRS = ['/data/1', '/data/2']
/** The clock may jump as far to either side in all: records of clients whose clock is right are not refused for it. */
const MOST_CLOCK_OFFSET_MS = 1_200_000
/** With all of these, a life rolls some segments, removes some, and writes checkpoints. */
const SHORT_INTERVALS = {
  'log.roll.ms': '400',
  'log.retention.check.interval.ms': '300',
  'log.segment.delete.delay.ms': '50',
  'log.flush.offset.checkpoint.interval.ms': '500',
  'log.flush.start.offset.checkpoint.interval.ms': '500',
  'replica.high.watermark.checkpoint.interval.ms': '500',
}

/** The node under test: started, stopped, crashed and given bad disks, as chance has it. */
export class Broker {
  readonly #world: World
  readonly #machine: SimulatedNode
  readonly #random: SeededRandom
  readonly #isFlushed: boolean
  readonly #settings: Readonly<Record<string, string>>
  readonly #logDirs: readonly string[]
  #node: RunningNode | null = null
  #hasFailed = false
  #clockOffsetMs = 0

  constructor(world: World, random: SeededRandom) {
    this.#world = world
    this.#machine = world.node('broker')
    this.#random = random
    this.#isFlushed = random.chance(0.5)
    this.#logDirs = LOG_DIRS.slice(0, random.pick([1, 2]))
    this.#settings = {
      ...SHORT_INTERVALS,
      'log.dirs': this.#logDirs.join(),
      'metadata.log.dir': '/data/1',
      listeners: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://127.0.0.1:9093',
      'advertised.listeners': 'PLAINTEXT://broker:9092',
      'offsets.topic.num.partitions': '1',
      ...(this.#isFlushed ? { 'log.flush.interval.messages': '1' } : {}),
    }
  }

  get isRunning(): boolean {
    return this.#machine.isRunning && !this.#hasFailed
  }

  /** Starts it until it serves; now and then it crashes on the way. */
  async start(): Promise<void> {
    do {
      this.#machine.faults.clear()
      this.#hasFailed = false
      if (!this.#machine.isRunning) this.#world.restart('broker')
      if (this.#random.chance(0.3)) this.#crashWithin(60)
      await this.#startOnce()
    } while (!this.#machine.isRunning)
    this.#machine.faults.clear()
  }

  /** Something goes wrong, sooner or later; resolves when the machine is down. */
  async livesAndEnds(): Promise<void> {
    const hasSoundDisk = this.#random.chance(0.7) || !this.#spoilDisk()
    this.#jumpClock()
    this.#machine.faults.slowCallProbability = this.#random.pick([0, 0, 0.005])
    this.#crashWithin(400)
    await this.#whileItServes(this.#random.below(3000))
    const hasStopped = this.isRunning && this.#random.chance(0.3) && (await this.#stop())
    // A clean stop has flushed everything.
    this.#machine.crash(hasStopped && hasSoundDisk ? this.#random.pick(['process', 'power']) : this.#crashKind())
    this.#machine.faults.clear()
  }

  /** Nothing goes wrong from now on. */
  async recover(): Promise<void> {
    this.#machine.crash(this.#crashKind())
    this.#machine.faults.clear()
    this.#world.restart('broker')
    await this.#startOnce()
  }

  /** Power is lost only where records are flushed: nothing else was promised to survive it. */
  #crashKind(): CrashKind {
    return this.#isFlushed && this.#random.chance(0.6) ? 'power' : 'process'
  }

  #crashWithin(changes: number): void {
    this.#machine.faults.crashAtChange(1 + this.#random.below(changes), this.#crashKind())
  }

  /** The volume fills up, or what is asked of one log directory fails for good. */
  #spoilDisk(): true {
    const { faults, volume } = this.#machine
    if (this.#random.chance(0.4)) faults.capacityBytes = volume.usedBytes() + this.#random.below(20_000)
    else {
      const operation = this.#random.pick(['write', 'flush', 'create', 'rename'] as const)
      faults.failNext({ reason: 'io', operation, pathIncludes: `${this.#random.pick(this.#logDirs)}/`, times: Number.POSITIVE_INFINITY })
    }
    return true
  }

  #jumpClock(): void {
    if (!this.#random.chance(0.3)) return
    const offsetMs = this.#random.below(2 * MOST_CLOCK_OFFSET_MS) - MOST_CLOCK_OFFSET_MS
    this.#machine.jumpClock(offsetMs - this.#clockOffsetMs)
    this.#clockOffsetMs = offsetMs
  }

  /** Resolves when the node serves, or has crashed on the way. */
  async #startOnce(): Promise<void> {
    const loaded = loadConfig({ profile: 'dev', assignments: Object.entries(this.#settings).map(([name, value]) => `${name}=${value}`) })
    let outcome: 'starting' | RunningNode | Error = 'starting'
    startNode({ ...loaded, ports: this.#machine.ports, logger: silentLogger, hostname: 'broker' }).then(
      (node) => {
        outcome = node
      },
      (error: Error) => {
        outcome = error
      },
    )
    await this.#world.runUntil(() => outcome !== 'starting' || !this.#machine.isRunning, { withinMs: 60_000 })
    const settled = outcome as 'starting' | RunningNode | Error
    if (!this.#machine.isRunning || settled === 'starting') return
    if (settled instanceof Error) throw settled
    this.#node = settled
    settled.failed.catch(() => {
      if (this.#node === settled) this.#hasFailed = true
    })
  }

  /** True when it came to its end. */
  async #stop(): Promise<boolean> {
    let hasStopped = false
    this.#node?.stop().then(() => {
      hasStopped = true
    })
    await this.#world.runUntil(() => hasStopped || !this.isRunning, { withinMs: 60_000 })
    return hasStopped && this.isRunning
  }

  async #whileItServes(durationMs: number): Promise<void> {
    const endMs = this.#world.nowMs + durationMs
    await this.#world.runUntil(() => this.#world.nowMs >= endMs || !this.isRunning)
  }
}
