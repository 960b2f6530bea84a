import type { Ports } from '../../../src/base/ports.ts'
import type { SeededRandom } from '../../support/world/seeded-random.ts'
import type { World } from '../../support/world/world.ts'
import { Actor } from '../actor.ts'
import { KafkaClient } from '../kafka-client.ts'
import { GroupModel, Member } from '../roles/member.ts'
import type { Scenario } from '../scenario.ts'
import { Broker, LOG_DIRS } from './one-node/broker.ts'
import { createTopic } from './one-node/create-topic.ts'
import { Mover } from './one-node/mover.ts'
import { Pair } from './one-node/pair.ts'
import { BROKER, isPassing, type OneNodeRole, PARTITIONS, TOPIC } from './one-node/role.ts'
import { TopicKeeper } from './one-node/topic-keeper.ts'

/**
 * A whole node, started on an empty machine, serves producers and consumers, the members of a group, and those who make and
 * delete topics and records, and move replicas between directories, while it crashes in the middle of disk operations (during its start and its stop too), its
 * disks fail or fill up, its clock jumps and connections break.
 *
 * Flushed per write, the node may lose power; otherwise it is killed and the system goes on. Either way what `Pair`,
 * `Member` and `TopicKeeper` say holds, and all of them get on once nothing goes wrong any more.
 */
export const oneNode: Scenario = {
  name: 'one-node',
  promise: 'what was acknowledged or read stays, once and in order, committed offsets do not go back, deleted topics stay deleted',
  sliceSeeds: 15,
  regressions: [24, 55, 89],
  async play(world) {
    const story = new Story(world)
    await story.begin()
    for (let life = 0; life < LIVES; life++) await story.crashAndRestart()
    await story.end()
  },
}

const LIVES = 3
const MEMBERS = 2

class Story {
  readonly #world: World
  readonly #broker: Broker
  readonly #actors: readonly Actor<OneNodeRole>[]

  constructor(world: World) {
    this.#world = world
    const random = world.random.fork('story')
    this.#broker = new Broker(world, random.fork('broker'))
    const portsOf = (name: string) => world.node(name).ports
    const group = new GroupModel()
    const roles: readonly OneNodeRole[] = [
      ...PARTITIONS.map((partition) => new Pair(portsOf(`client-${partition}`), partition, random.fork(`pair ${partition}`))),
      ...Array.from({ length: MEMBERS }, (_, index) => oneNodeMember(portsOf(`member-${index}`), random.fork(`member ${index}`), group)),
      new TopicKeeper(portsOf('keeper'), 'kept', random.fork('keeper')),
      new Mover(portsOf('mover'), LOG_DIRS, random.fork('mover')),
    ]
    this.#actors = roles.map((role) => new Actor(role))
    world.network.resetProbability = random.pick([0, 0, 0.002])
  }

  async begin(): Promise<void> {
    await this.#broker.start()
    await this.#world.complete(createTopic(this.#admin()))
    for (const actor of this.#actors) actor.begin()
  }

  async crashAndRestart(): Promise<void> {
    await this.#broker.livesAndEnds()
    await this.#world.run(500)
    await this.#broker.start()
    this.#check()
  }

  async end(): Promise<void> {
    this.#world.network.resetProbability = 0
    await this.#broker.recover()
    const before = this.#actors.map(({ role }) => role.progress)
    const getOn = () => this.#actors.every(({ role }, index) => role.progress > (before[index] as number))
    await this.#world.runUntil(() => getOn() || this.#hasFailure, { withinMs: 120_000 })
    this.#check()
    for (const actor of this.#actors) actor.stop()
    await this.#world.runUntil(() => this.#actors.every((actor) => actor.hasStopped), { withinMs: 60_000 })
    for (const actor of this.#actors) await this.#world.complete(actor.role.verify(this.#admin()))
    this.#check()
  }

  get #hasFailure(): boolean {
    return this.#actors.some(({ failure }) => failure !== null)
  }

  #check(): void {
    for (const { failure } of this.#actors) if (failure !== null) throw failure
  }

  #admin(): KafkaClient {
    return new KafkaClient(this.#world.node('admin').ports, BROKER)
  }
}

function oneNodeMember(ports: Ports, random: SeededRandom, group: GroupModel): Member {
  return new Member({
    ports,
    random,
    group,
    groupId: 'members',
    topic: TOPIC,
    partitions: PARTITIONS,
    connect: () => new KafkaClient(ports, BROKER),
    isPassing,
    lifeMs: 3500,
    pauseMs: 200,
    retryMs: 50,
    isCertain: () => true,
  })
}
