import { assert } from '../../../src/base/assert.ts'
import type { Clock, Ports, TimestampMs } from '../../../src/base/ports.ts'
import { DiskFaults } from './disk-faults.ts'
import { type EventOwner, toTick } from './event-queue.ts'
import type { SeededRandom } from './seeded-random.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import { SimulatedNetwork } from './simulated-network.ts'
import { SimulatedTimers } from './simulated-timers.ts'
import { Volume } from './volume.ts'
import type { World } from './world.ts'

/**
 * How a process ends without being asked:
 * `process` as by kill -9: the system goes on, keeps what was written and resets the connections;
 * `power` as by a pulled plug: what was not flushed may be lost or torn, and peers hear nothing.
 */
export type CrashKind = 'process' | 'power'

export interface NodeIdentity {
  readonly name: string
  /** From 1: the last byte of its address. */
  readonly number: number
  readonly random: SeededRandom
}

/** A machine: its files outlive its processes, of which one runs at a time. */
export class SimulatedNode {
  readonly name: string
  readonly address: string
  readonly faults: DiskFaults
  readonly #world: World
  readonly #random: SeededRandom
  #volume: Volume
  #process: SimulatedProcess
  #isPowered = true
  #wallOffsetMs = 0
  #driftPpm = 0

  constructor(world: World, identity: NodeIdentity) {
    this.name = identity.name
    this.address = `10.0.0.${identity.number}`
    this.#world = world
    this.#random = identity.random
    this.faults = new DiskFaults(identity.random.fork('faults'))
    this.#volume = new Volume()
    this.#process = this.#startProcess()
  }

  /** Of the process that runs now. */
  get ports(): Ports {
    assert(this.#process.isAlive, `${this.name} runs: restart it first`)
    return this.#process.ports
  }

  get process(): SimulatedProcess {
    return this.#process
  }

  get isRunning(): boolean {
    return this.#process.isAlive
  }

  /** False after a `power` crash until the restart: the machine answers nothing, not even that nobody listens. */
  get isPowered(): boolean {
    return this.#isPowered
  }

  get volume(): Volume {
    return this.#volume
  }

  /**
   * Ends the process at once. Nothing that it had scheduled happens, no promise of its ports settles; when it is called
   * by the process itself (a crash in the middle of a disk operation), the rest of that turn works on files that are no more.
   */
  crash(kind: CrashKind): void {
    if (!this.#process.isAlive) return
    this.#world.trace.note(`${this.name} crashes: ${kind}`)
    this.#process.kill()
    this.#isPowered = kind === 'process'
    this.#volume = kind === 'power' ? this.#volume.afterPowerLoss(this.#random.fork('power loss'), this.faults) : this.#volume.afterProcessEnd()
    this.#world.network.processEnded(this.#process, kind)
  }

  restart(): Ports {
    assert(!this.#process.isAlive, `${this.name} has crashed, so that it can be restarted`)
    this.#world.trace.note(`${this.name} restarts`)
    this.#isPowered = true
    this.#process = this.#startProcess()
    this.#world.network.linkStateChanged()
    return this.#process.ports
  }

  /** All files are lost for good: the machine gets new, empty disks. It is down. */
  replaceDisks(): void {
    assert(!this.#process.isAlive, `${this.name} has crashed, so that its disks can be replaced`)
    this.#world.trace.note(`${this.name} gets new disks`)
    this.#volume = new Volume()
  }

  /** Moves the wall clock, as an operator or NTP would; monotonic time goes on as before. */
  jumpClock(byMs: number): void {
    this.#wallOffsetMs += byMs
  }

  /** Lets the wall clock run fast (positive) or slow from now on, in millionths. */
  driftClock(ppm: number): void {
    this.#wallOffsetMs += (this.#world.nowMs * (this.#driftPpm - ppm)) / 1e6
    this.#driftPpm = ppm
  }

  /** @param localMs time of the world as this machine has it */
  wallMs(localMs: number): TimestampMs {
    return Math.floor(this.#world.startsAtMs + localMs * (1 + this.#driftPpm / 1e6) + this.#wallOffsetMs)
  }

  #startProcess(): SimulatedProcess {
    return new SimulatedProcess(this.#world, this, this.#random.fork('process'))
  }
}

/** One run of the program on a machine, from start to crash, and its ports. */
export class SimulatedProcess implements EventOwner {
  readonly name: string
  readonly node: SimulatedNode
  readonly pid: number
  readonly ports: Ports
  readonly startedAtMs: TimestampMs
  readonly #world: World
  #isAlive = true
  #busyUntilMs = 0

  constructor(world: World, node: SimulatedNode, random: SeededRandom) {
    this.#world = world
    this.node = node
    this.name = node.name
    this.pid = 1000 + random.below(30_000)
    this.startedAtMs = node.wallMs(world.nowMs)
    // A start of its own: a program that stores monotonic times, or compares them between processes, is found out.
    const monotonicStartMs = random.below(1_000_000)
    const beganMs = world.nowMs
    const clock: Clock = {
      nowMs: () => node.wallMs(this.localMs),
      monotonicMs: () => this.localMs - beganMs + monotonicStartMs,
    }
    this.ports = {
      clock,
      timers: new SimulatedTimers(this),
      random: random.fork('random'),
      disk: new SimulatedDisk(this, random.fork('disk')),
      network: new SimulatedNetwork(world, this),
    }
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  get busyUntilMs(): number {
    return this.#busyUntilMs
  }

  /** World time as the running code has it: ahead of the world while a synchronous call holds it. */
  get localMs(): number {
    return Math.max(this.#world.nowMs, this.#busyUntilMs)
  }

  get worldMs(): number {
    return this.#world.nowMs
  }

  /** A synchronous call took this long; nothing else happens in this process meanwhile. */
  spend(durationMs: number): void {
    this.#busyUntilMs = toTick(this.localMs + durationMs)
  }

  /** Happens in this process, unless it is dead by then. */
  after(delayMs: number, label: string, run: () => void): { cancel(): void } {
    return this.#world.schedule(this.localMs + delayMs, this, label, run)
  }

  kill(): void {
    this.#isAlive = false
  }
}
