import type { Voter } from '../../../src/raft/voter-set.ts'
import type { SeededRandom } from '../../support/world/seeded-random.ts'
import { Violation } from './raft-checker.ts'
import type { RaftMachine } from './raft-machine.ts'
import { GOOD_WEATHER, OPERATOR_CHANGES, RaftWorld } from './raft-world.ts'

export interface RaftScenario {
  readonly name: string
  readonly voters: number
  readonly observers: number
  /** Voters come and go. */
  readonly changesVoters: boolean
  /** Nodes lose their disks, and join by themselves with new ones. */
  readonly replacesDisks?: true
  /** Milliseconds between faults: from, to. */
  readonly faultEveryMs: readonly [number, number]
  /** Disks are slow and leaders fall as soon as they lead, so that elections overlap with crashes. */
  readonly isElecting: boolean
}

const CALMER = { faultEveryMs: [200, 3000], isElecting: false } as const

export const raftScenarios: readonly RaftScenario[] = [
  { name: 'three voters', voters: 3, observers: 1, changesVoters: false, ...CALMER },
  { name: 'five voters', voters: 5, observers: 0, changesVoters: false, ...CALMER },
  { name: 'voters that change', voters: 3, observers: 2, changesVoters: true, ...CALMER },
  { name: 'disks that are replaced', voters: 3, observers: 1, changesVoters: false, replacesDisks: true, ...CALMER },
  { name: 'elections without end', voters: 5, observers: 0, changesVoters: true, faultEveryMs: [100, 1200], isElecting: true },
]

export interface Outcome {
  readonly hash: string
  readonly faults: number
  readonly epochs: number
  readonly committed: number
  readonly acknowledged: number
}

const STORM_MS = 60_000
/** After the storm: a time-out of those who wait for a leader, an election, and a second one where the first is split. */
const RECOVERY_MS = 15_000
const PROPOSAL_EVERY_MS = 40
const SNAPSHOT_EVERY_MS = 3000

/** Sixty seconds of faults and then calm. Throws a `Violation` that names the seed. */
export function playRaft(scenario: RaftScenario, seed: number): Outcome {
  const world = new RaftWorld({
    seed: `${scenario.name} ${seed}`,
    voters: scenario.voters,
    observers: scenario.observers,
    joins: scenario.replacesDisks ?? false,
  })
  try {
    return play(world, scenario)
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    throw new Violation(`${scenario.name}, seed ${seed}, at ${world.nowMs.toFixed(1)} ms: ${error.message}\n  ${world.trace.recent().slice(-25).join('\n  ')}`)
  }
}

function play(world: RaftWorld, scenario: RaftScenario): Outcome {
  const random = world.random.fork('faults')
  let proposals = 0
  every(world, PROPOSAL_EVERY_MS, () => {
    for (const machine of world.machines) if (random.chance(0.8)) machine.propose(`value ${proposals++}`)
  })
  every(world, SNAPSHOT_EVERY_MS, () => random.pick(world.machines).snapshot())
  let faults = 0
  while (world.nowMs < STORM_MS) {
    world.run(random.between(...scenario.faultEveryMs))
    if (scenario.isElecting) fell(world, random)
    else strike(world, random, scenario)
    if (scenario.isElecting && random.chance(0.2)) changeVoters(world, random)
    faults++
  }
  calm(world)
  expectRecovery(world, () => `last ${proposals++}`)
  const { hash } = world.trace
  const { checker } = world
  return { hash, faults, epochs: checker.leadershipCount, committed: checker.committed.length, acknowledged: checker.acknowledgedCount }
}

function every(world: RaftWorld, periodMs: number, run: () => void): void {
  const again = () => {
    run()
    world.schedule(periodMs, 'client', again)
  }
  world.schedule(periodMs, 'client', again)
}

function strike(world: RaftWorld, random: SeededRandom, { changesVoters, replacesDisks }: RaftScenario): void {
  const machine = random.pick(world.machines)
  if (replacesDisks && random.chance(0.3)) {
    replaceDisk(world, machine)
    return
  }
  const kind = random.below(changesVoters ? 12 : 9)
  if (kind <= 1) crash(world, machine, random)
  else if (kind === 2) cutSome(world, random)
  else if (kind === 3) world.isolate(random.chance(0.5) ? (world.leader?.id ?? machine.id) : machine.id)
  else if (kind <= 5) world.heal()
  else if (kind === 6) changeWeather(world, random)
  else if (kind === 7) world.leader?.resign()
  else if (kind === 8) {
    for (const other of world.machines) if (random.chance(0.6)) crash(world, other, random)
  } else changeVoters(world, random)
}

/** Leaders fall in every way, and voters crash while they write for whom they voted. */
function fell(world: RaftWorld, random: SeededRandom): void {
  world.weather.maxFlushMs = random.pick([30, 400, 400])
  world.weather.maxDelayMs = random.pick([5, 50, 300])
  const { leader } = world
  if (leader === null) {
    crash(world, random.pick(world.machines), random, 400)
    return
  }
  world.heal()
  const kind = random.below(3)
  if (kind === 0) crash(world, leader, random, 1000)
  else if (kind === 1) for (const other of world.machines) if (other !== leader && random.chance(0.7)) world.cut(leader.id, other.id)
  if (kind === 2) leader.resign()
}

/** Only where all the others have what was committed: what a majority loses is lost. */
function replaceDisk(world: RaftWorld, machine: RaftMachine): void {
  const { machines, checker } = world
  const hasAll = machines.every(({ isRunning, durableEndOffset }) => isRunning && durableEndOffset >= checker.committed.length)
  if (world.leader === null || !hasAll) return
  // By each node's log: a change that only the leader knows is lost with its disk. Of two voters, none can be spared.
  const isWhole = ({ id, directoryId }: Voter) => world.machine(id).self.directoryId === directoryId
  if (!machines.every(({ core }) => core.voters.length >= 3 && core.voters.every(isWhole))) return
  machine.crash()
  machine.replaceDisk()
  machine.start()
}

function crash(world: RaftWorld, machine: RaftMachine, random: SeededRandom, longestMs = 4000): void {
  if (!machine.isRunning) return
  machine.crash()
  world.schedule(random.between(10, longestMs), `${machine.id} restarts`, () => {
    if (!machine.isRunning) machine.start()
  })
}

/** Each way for itself, so that some hear and are not heard. */
function cutSome(world: RaftWorld, random: SeededRandom): void {
  for (const from of world.machines) for (const to of world.machines) if (from !== to && random.chance(0.3)) world.cut(from.id, to.id)
}

function changeWeather(world: RaftWorld, random: SeededRandom): void {
  world.weather.lossProbability = random.pick([0, 0.02, 0.2])
  world.weather.duplicateProbability = random.pick([0, 0.1, 0.5])
  world.weather.maxDelayMs = random.pick([5, 50, 1500])
  world.weather.maxFlushMs = random.pick([3, 30, 400])
  world.weather.fetchEntries = random.pick([2, 20])
}

function changeVoters(world: RaftWorld, random: SeededRandom): void {
  const { leader } = world
  if (leader === null) return
  const { id } = random.pick(world.machines)
  const voter = world.machine(id).self
  const isVoter = leader.core.voters.some((known) => known.id === id)
  if (!isVoter) leader.change({ type: 'add-voter', voter, ...OPERATOR_CHANGES })
  else if (leader.core.voters.length > 2) leader.change({ type: 'remove-voter', voter: { id, directoryId: voter.directoryId } })
}

function calm(world: RaftWorld): void {
  world.heal()
  // What was proposed and not read in bad weather comes now.
  world.weather = { ...GOOD_WEATHER, fetchEntries: 200 }
  for (const machine of world.machines) if (!machine.isRunning) machine.start()
}

/** One leader, all behind it, and what is proposed now is committed everywhere. */
export function expectRecovery(world: RaftWorld, nextValue: () => string): void {
  world.run(RECOVERY_MS / 2)
  const before = world.checker.acknowledgedCount
  const hasAll = () =>
    world.machines.every(
      ({ isRunning, core, log }) => isRunning && core.highWatermark >= world.checker.committed.length && log.logEndOffset >= core.highWatermark,
    )
  let proposeAtMs = world.nowMs
  const goesOn = () => {
    if (world.checker.acknowledgedCount === before && world.nowMs >= proposeAtMs) {
      world.leader?.propose(nextValue())
      proposeAtMs = world.nowMs + PROPOSAL_EVERY_MS
    }
    return world.checker.acknowledgedCount > before && hasAll()
  }
  if (!world.runUntil(goesOn, RECOVERY_MS / 2)) throw new Violation(`no recovery within ${RECOVERY_MS} ms: ${describe(world)}`)
  for (const machine of world.machines) world.checker.onEnd(machine.id, machine.log)
}

function describe(world: RaftWorld): string {
  return world.machines
    .map(({ id, core, log }) => `${id} ${core.role} of epoch ${core.epoch} behind ${core.leaderId}, ${core.highWatermark} of ${log.logEndOffset}`)
    .join('; ')
}
