import type { SeededRandom } from '../../support/world/seeded-random.ts'
import { Violation } from './quorum-checker.ts'
import { hostOf, type QuorumMachine } from './quorum-machine.ts'
import { QuorumWorld } from './quorum-world.ts'

export interface QuorumStory {
  readonly name: string
  readonly voters: number
  readonly observers: number
  readonly isDynamic: boolean
}

export const quorumStories: readonly QuorumStory[] = [
  { name: 'three voters of the settings and an observer', voters: 3, observers: 1, isDynamic: false },
  { name: 'three voters of the log and an observer', voters: 3, observers: 1, isDynamic: true },
]

export interface QuorumOutcome {
  readonly hash: string
  readonly faults: number
  readonly epochs: number
  readonly acknowledged: number
  readonly installed: number
}

const STORM_MS = 60_000
/** After the storm: connections that hang until their time-out, those who wait for a leader, an election, and a second one where the first is split. */
const RECOVERY_MS = 20_000
const PROPOSAL_EVERY_MS = 100
const SNAPSHOT_EVERY_MS = 1500

/** Sixty seconds of faults and then calm. Throws a `Violation` that names the seed. */
export async function playQuorum(story: QuorumStory, seed: number): Promise<QuorumOutcome> {
  const world = new QuorumWorld({ ...story, seed: `${story.name} ${seed}` })
  try {
    return await play(world)
  } catch (cause) {
    const told = cause instanceof Error ? cause.message : String(cause)
    throw new Violation(
      `${story.name}, seed ${seed}, at ${world.world.nowMs.toFixed(1)} ms: ${told}\n  ${world.world.trace.recent().slice(-25).join('\n  ')}`,
      { cause },
    )
  }
}

async function play(world: QuorumWorld): Promise<QuorumOutcome> {
  const random = world.world.random.fork('faults')
  let proposals = 0
  every(world, PROPOSAL_EVERY_MS, () => {
    for (const machine of world.machines) if (random.chance(0.8)) machine.propose(`value ${proposals++}`)
  })
  every(world, SNAPSHOT_EVERY_MS, () => random.pick(world.machines).snapshot())
  let faults = 0
  while (world.world.nowMs < STORM_MS) {
    await world.run(random.between(300, 3000))
    strike(world, random)
    faults++
  }
  calm(world)
  await expectRecovery(world)
  const installed = world.machines.reduce((sum, { snapshotCount }) => sum + snapshotCount, 0)
  const { checker } = world
  return { hash: world.world.trace.hash, faults, epochs: checker.leadershipCount, acknowledged: checker.acknowledgedCount, installed }
}

function every(world: QuorumWorld, periodMs: number, run: () => void): void {
  const again = () => {
    if (world.isCalm) return
    run()
    world.world.schedule(world.world.nowMs + periodMs, null, 'client', again)
  }
  world.world.schedule(world.world.nowMs + periodMs, null, 'client', again)
}

function strike(world: QuorumWorld, random: SeededRandom): void {
  const { network } = world.world
  const machine = random.pick(world.machines)
  const kind = random.below(11)
  if (kind <= 1) crash(world, machine, random)
  else if (kind === 2) cutSome(world, random)
  else if (kind === 3) isolate(world, random.chance(0.5) ? (world.leader ?? machine) : machine)
  else if (kind <= 5) network.heal()
  else if (kind === 6) changeWeather(world, random)
  else if (kind === 7) world.leader?.raft?.resign()
  else if (kind === 8) for (const other of world.machines) random.chance(0.6) && crash(world, other, random)
  else if (kind === 9) stop(world, random.chance(0.5) ? (world.leader ?? machine) : machine, random)
  else network.resetConnections(hostOf(machine.id), hostOf(random.pick(world.machines).id))
}

function crash(world: QuorumWorld, machine: QuorumMachine, random: SeededRandom): void {
  if (!machine.isRunning) return
  machine.crash(random.chance(0.7) ? 'power' : 'process')
  later(world, random.between(10, 6000), () => {
    if (!machine.isRunning) machine.restart()
  })
}

/** As a node that is told to stop: its process ends when it says so, or is killed on the way. */
function stop(world: QuorumWorld, machine: QuorumMachine, random: SeededRandom): void {
  if (!machine.isRunning) return
  machine.stop().catch((error) => world.broke(error))
  later(world, random.between(1, 4000), () => crash(world, machine, random))
}

function isolate(world: QuorumWorld, machine: QuorumMachine): void {
  world.world.network.partition(
    [hostOf(machine.id)],
    othersOf(world, machine).map(({ id }) => hostOf(id)),
  )
}

/** Each way for itself, so that some hear and are not heard. */
function cutSome(world: QuorumWorld, random: SeededRandom): void {
  for (const from of world.machines) {
    for (const to of othersOf(world, from)) if (random.chance(0.3)) world.world.network.cut({ from: hostOf(from.id), to: hostOf(to.id) })
  }
}

function othersOf(world: QuorumWorld, machine: QuorumMachine): readonly QuorumMachine[] {
  return world.machines.filter((other) => other !== machine)
}

function changeWeather(world: QuorumWorld, random: SeededRandom): void {
  const { network } = world.world
  network.maxLatencyMs = random.pick([0.3, 20, 400])
  network.resetProbability = random.pick([0, 0, 0.01])
  for (const { id } of world.machines) world.world.node(hostOf(id)).faults.flushMaxMs = random.pick([4, 30, 400])
}

function calm(world: QuorumWorld): void {
  const { network } = world.world
  world.isCalm = true
  network.heal()
  network.maxLatencyMs = 0.3
  network.resetProbability = 0
  for (const machine of world.machines) {
    const node = world.world.node(hostOf(machine.id))
    node.faults.flushMaxMs = 4
    if (machine.raft === null && machine.isRunning) machine.crash('process')
    if (!machine.isRunning) machine.restart()
  }
}

/** One leader, all behind it, and what is proposed now is committed everywhere. */
async function expectRecovery(world: QuorumWorld): Promise<void> {
  const before = world.checker.acknowledgedCount
  let isProposed = false
  const goesOn = () => {
    if (!isProposed && world.isSettled()) {
      isProposed = true
      world.leader?.propose('the last value')
    }
    return world.checker.acknowledgedCount > before && world.isSettled()
  }
  await world.runUntil(goesOn, RECOVERY_MS)
  for (const machine of world.machines) world.checker.onEnd(machine.id, machine.values)
}

function later(world: QuorumWorld, delayMs: number, run: () => void): void {
  world.world.schedule(world.world.nowMs + delayMs, null, 'fault', () => {
    if (!world.isCalm) run()
  })
}
