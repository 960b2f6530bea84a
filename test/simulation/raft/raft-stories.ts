import { Violation } from './raft-checker.ts'
import { type RaftMachine, TIMINGS } from './raft-machine.ts'
import { expectRecovery } from './raft-scenario.ts'
import { GOOD_WEATHER, OPERATOR_CHANGES, RaftWorld, voterOf } from './raft-world.ts'

/**
 * Orders of events that storms of faults hardly ever bring about, and in which one rule alone keeps the logs from parting.
 * Each ends with everybody well again; what must not be is a `Violation`.
 */
export interface RaftStory {
  readonly name: string
  tell(seed: number): void
}

const PATIENCE_MS = 20_000

/** Two voters follow `leader`, and all have all. */
function settled(world: RaftWorld): { readonly leader: RaftMachine; readonly others: readonly RaftMachine[] } {
  until(world, 'a first leader', () => world.leader !== null)
  world.run(1500)
  const leader = world.leader as RaftMachine
  return { leader, others: world.machines.filter((machine) => machine !== leader) }
}

function until(world: RaftWorld, what: string, condition: () => boolean): void {
  if (!world.runUntil(condition, PATIENCE_MS)) throw new Violation(`the story waits in vain for ${what}`)
}

/** What one group says does not reach the other, and the other way round. */
function part(world: RaftWorld, some: readonly RaftMachine[], others: readonly RaftMachine[]): void {
  for (const one of some)
    for (const other of others) {
      world.cut(one.id, other.id)
      world.cut(other.id, one.id)
    }
}

function recover(world: RaftWorld): void {
  world.heal()
  for (const machine of world.machines) if (!machine.isRunning) machine.start()
  let proposals = 0
  expectRecovery(world, () => `afterwards ${proposals++}`)
}

function progressOf(leader: RaftMachine, { id }: RaftMachine): number {
  return leader.core.progress?.voters.find(({ key }) => key.id === id)?.endOffset ?? -1
}

/** Raft, figure 8: what a majority has of a former epoch may yet be replaced, until something of the own epoch is behind it. */
const formerEpoch: RaftStory = {
  name: 'a record of a former epoch that a majority has',
  tell(seed) {
    const world = new RaftWorld({ seed, voters: 3 })
    const { leader: first, others } = settled(world)
    world.isolate(first.id)
    const offset = first.log.logEndOffset
    first.propose('of the first epoch')
    world.run(100)
    first.crash()
    world.heal()
    // The second begins its epoch, and nobody hears of it.
    until(world, 'a second leader', () => others.some(({ isLeading }) => isLeading))
    const second = others.find(({ isLeading }) => isLeading) as RaftMachine
    const third = others.find((machine) => machine !== second) as RaftMachine
    world.isolate(second.id)
    world.run(100)
    second.crash()
    // The first leads again, and the third gets the old record and nothing behind it.
    world.weather.fetchEntries = 1
    world.heal()
    first.start()
    until(world, 'the first to lead again', () => first.isLeading)
    until(world, 'the third to have the old record', () => third.log.logEndOffset > offset)
    world.cut(first.id, third.id)
    until(world, 'the first to know that', () => progressOf(first, third) > offset)
    first.crash()
    // The second has the later epoch, and leads without that record.
    world.heal()
    second.start()
    until(world, 'the second to lead', () => second.isLeading)
    recover(world)
  },
}

/** A leader takes no change before it has committed something in its epoch: another may be under way that it does not know. */
const unknownChange: RaftStory = {
  name: 'a change of voters that a later leader does not know',
  tell(seed) {
    const world = new RaftWorld({ seed, voters: 4, observers: 1 })
    const { leader: first, others } = settled(world)
    const added = world.machine(5)
    const rest = others.filter((machine) => machine !== added)
    part(world, [first, added], rest)
    first.change({ type: 'add-voter', voter: voterOf(added.id), ...OPERATOR_CHANGES })
    until(world, 'the addition to be written', () => added.log.voterEntries().at(-1)?.voters.length === 5)
    world.run(50)
    until(world, 'another leader', () => rest.some(({ isLeading }) => isLeading))
    const second = rest.find(({ isLeading }) => isLeading) as RaftMachine
    const [near, far] = rest.filter((machine) => machine !== second) as [RaftMachine, RaftMachine]
    // Half of the voters that it knows: it commits nothing.
    part(world, [second, near], [far])
    second.change({ type: 'remove-voter', voter: { id: far.id, directoryId: voterOf(far.id).directoryId } })
    // What the third voter had asked of others is given up by then.
    world.run(TIMINGS.requestTimeoutMs + 500)
    world.heal()
    part(world, [second, near], [first, added, far])
    until(world, 'a leader by the voters of the first', () => first.isLeading || added.isLeading)
    recover(world)
  },
}

/** One change at a time: of two, the majorities before and after need not share a voter. */
const twoChanges: RaftStory = {
  name: 'two changes of voters at once',
  tell(seed) {
    const world = new RaftWorld({ seed, voters: 3, observers: 2 })
    const { leader, others } = settled(world)
    const added = [world.machine(4), world.machine(5)] as const
    const rest = others.filter((machine) => !added.includes(machine))
    part(world, [leader, ...added], rest)
    leader.change({ type: 'add-voter', voter: voterOf(4), ...OPERATOR_CHANGES })
    until(world, 'the first addition to be written', () => added[0].log.voterEntries().at(-1)?.voters.length === 4)
    world.run(TIMINGS.requestTimeoutMs + 100)
    leader.change({ type: 'add-voter', voter: voterOf(5), ...OPERATOR_CHANGES })
    world.run(200)
    until(world, 'a leader of the others', () => rest.some(({ isLeading }) => isLeading))
    world.run(1000)
    recover(world)
  },
}

/** A node back with an empty disk is another replica: what its former self had voted and had on disk counts for nothing. */
const lostDisks: RaftStory = {
  name: 'a quorum whose disks are replaced one after another',
  tell(seed) {
    const world = new RaftWorld({ seed, voters: 3, joins: true })
    settled(world)
    for (const machine of world.machines) {
      world.leader?.propose(`before disk ${machine.id}`)
      world.run(500)
      machine.crash()
      machine.replaceDisk()
      machine.start()
      const votes = () => world.leader?.core.voters.some(({ id, directoryId }) => id === machine.id && directoryId === machine.self.directoryId)
      until(world, `node ${machine.id} to vote again`, () => votes() === true && world.leader?.core.voters.length === world.machines.length)
      world.run(500)
    }
    recover(world)
  },
}

/** A follower fetches on when what it has is on its disk: until then the leader must not count it, or a crash takes what is committed. */
const slowDisk: RaftStory = {
  name: 'a follower that loses what its disk had not yet',
  tell(seed) {
    const world = new RaftWorld({ seed, voters: 3 })
    const { leader, others } = settled(world)
    const [slow, away] = others as [RaftMachine, RaftMachine]
    world.isolate(away.id)
    const offset = leader.log.logEndOffset
    world.weather.maxFlushMs = 500
    leader.propose('of which one disk knows')
    world.runUntil(() => leader.core.highWatermark > offset, 500)
    slow.crash()
    leader.crash()
    world.weather.maxFlushMs = GOOD_WEATHER.maxFlushMs
    world.heal()
    slow.start()
    until(world, 'a leader of the two that are left', () => world.leader !== null)
    recover(world)
  },
}

export const raftStories = { formerEpoch, unknownChange, twoChanges, lostDisks, slowDisk } as const
