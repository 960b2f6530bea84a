import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import type { SeededRandom } from '../../support/world/seeded-random.ts'
import { Actor } from '../actor.ts'
import { ClusterChecks } from './checks/cluster-checks.ts'
import type { Cluster } from './cluster.ts'
import { Chaos } from './faults/chaos.ts'
import { Damage } from './faults/damage.ts'
import { REPLICAS } from './plan.ts'
import { PartitionModel } from './roles/partition-model.ts'
import { Producer } from './roles/producer.ts'
import { fetchFrom, Reader } from './roles/reader.ts'

const TOPIC = 't'
const PARTITIONS = 2
const STORM_MS = 50_000
const TICK_MS = 500
/** Until three nodes serve that were started together. */
const START_WITHIN_MS = 30_000
/**
 * From the end of the last fault until everything goes on: connections that wait for packets sent again, a session that has
 * to end, an election, a fetch or two, and the longest pauses of clients.
 */
const RECOVER_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 30_000
const LEAST_MS = 60_000

/**
 * A minute of a cluster: nodes that crash, lose power, are cut off, paused and restarted, while producers, consumers and
 * others use it. What was promised to them is checked all the time; when everything is healed all of them get on again.
 */
export class Story {
  readonly cluster: Cluster
  readonly chaos: Chaos
  readonly #damage: Damage
  readonly #models: readonly PartitionModel[]
  readonly #actors: readonly Actor[]
  readonly #checks: ClusterChecks

  constructor(cluster: Cluster, random: SeededRandom) {
    this.cluster = cluster
    this.#damage = new Damage(cluster)
    this.chaos = new Chaos(cluster, random.fork('chaos'), this.#damage)
    this.#models = Array.from({ length: PARTITIONS }, (_, partition) => new PartitionModel({ topic: TOPIC, partition }))
    this.#actors = this.#models.flatMap((model, index) => this.#pair(model, random.fork(`pair ${index}`)))
    this.#checks = new ClusterChecks(cluster, this.#models)
  }

  async tell(): Promise<void> {
    await this.#begin()
    await this.#storm()
    await this.#recover()
    await this.#end()
  }

  async #begin(): Promise<void> {
    const { world } = this.cluster
    this.cluster.startAll()
    await world.runUntil(() => this.cluster.isServing || this.#hasFailed, { withinMs: START_WITHIN_MS })
    this.#check()
    await world.complete(this.#createTopic())
    for (const actor of this.#actors) actor.begin()
  }

  async #storm(): Promise<void> {
    const { world } = this.cluster
    const endMs = world.nowMs + STORM_MS
    while (world.nowMs < endMs) {
      await world.run(TICK_MS)
      this.#check()
      this.chaos.tick(world.nowMs)
    }
  }

  async #recover(): Promise<void> {
    const { world } = this.cluster
    this.chaos.endAll(world.nowMs)
    this.cluster.heal()
    const before = this.#actors.map(({ role }) => role.progress)
    const getOn = () => this.cluster.isServing && this.#actors.every(({ role }, index) => role.progress > (before[index] as number))
    const endMs = world.nowMs + RECOVER_WITHIN_MS
    while (!getOn()) {
      if (world.nowMs >= endMs) throw new Error(`${this.#whoIsStuck(before)} within ${RECOVER_WITHIN_MS} ms`)
      await world.run(TICK_MS)
      this.#check()
    }
    await world.complete(this.#untilAllInSync(endMs))
    await world.run(Math.max(0, LEAST_MS - world.nowMs))
    this.#check()
  }

  async #end(): Promise<void> {
    const { world } = this.cluster
    for (const actor of this.#actors) actor.stop()
    await world.runUntil(() => this.#actors.every(({ hasStopped }) => hasStopped), { withinMs: STOP_WITHIN_MS })
    this.#check()
    for (const model of this.#models) model.onWhole(await world.complete(this.#whole(model)))
    this.#checks.lookAtEnd()
  }

  #pair(model: PartitionModel, random: SeededRandom): Actor[] {
    const { world } = this.cluster
    const [producing, reading] = [`producer-${model.at.partition}`, `reader-${model.at.partition}`]
    const { clock } = world.node(producing).ports
    const producer = new Producer({ client: this.cluster.client(producing), clock, model, random, maxPauseMs: 1500 })
    return [new Actor(producer), new Actor(new Reader(this.cluster.client(reading), model, 300))]
  }

  async #createTopic(): Promise<void> {
    const client = this.cluster.client('admin')
    const replicationFactor = Math.min(REPLICAS, this.cluster.brokers.length)
    const topic = { name: TOPIC, numPartitions: PARTITIONS, replicationFactor, assignments: [], configs: [] }
    const isMade = (code: number | undefined) => code === ErrorCode.NONE || code === ErrorCode.TOPIC_ALREADY_EXISTS
    await client.askUntil(client.anyBroker(), CreateTopicsApi, 7, { topics: [topic], timeoutMs: 10_000 }, ({ topics }) => isMade(topics[0]?.errorCode))
  }

  async #untilAllInSync(endMs: number): Promise<void> {
    const client = this.cluster.client('admin')
    for (;;) {
      const { topics } = await client.metadata(null)
      const lacking = topics.flatMap(({ name, partitions }) =>
        partitions
          .filter(({ isrNodes, replicaNodes, leaderId }) => leaderId < 0 || isrNodes.length < replicaNodes.length)
          .map((partition) => ({ name, ...partition })),
      )
      const [first] = lacking
      if (first === undefined) return
      if (this.cluster.world.nowMs > endMs) {
        const { name, partitionIndex, leaderId, isrNodes, replicaNodes, errorCode } = first
        throw new Error(
          `${name}-${partitionIndex} is led by ${leaderId} with ${isrNodes.join()} of ${replicaNodes.join()} in sync (${errorName(errorCode)}), ${RECOVER_WITHIN_MS} ms after the last fault`,
        )
      }
      await client.timers.sleep(500)
    }
  }

  async #whole({ at }: PartitionModel): Promise<string[]> {
    const leader = this.cluster.client('admin').leader(at)
    const values: string[] = []
    for (;;) {
      const { highWatermark, records } = await fetchFrom(leader, at, values.length, 0)
      values.push(...records.map(({ value }) => value))
      if (values.length >= highWatermark) return values
    }
  }

  get #hasFailed(): boolean {
    return this.cluster.nodes.some(({ brokenRule }) => brokenRule !== null)
  }

  #check(): void {
    for (const { failure } of this.#actors) if (failure !== null) throw failure
    for (const { name, brokenRule } of this.cluster.nodes) if (brokenRule !== null) throw new Error(`${name}: ${brokenRule.message}`, { cause: brokenRule })
    this.#checks.look(this.#damage.machines)
  }

  #whoIsStuck(before: readonly number[]): string {
    const nodes = this.cluster.nodes
      .filter(({ state }) => state !== 'serving')
      .map(({ name, state, latestError }) => `${name} is ${state} (${latestError?.message})`)
    const actors = this.#actors
      .filter(({ role }, index) => role.progress <= (before[index] as number))
      .map(({ role }) => `a ${role.constructor.name} does not get on`)
    return [...nodes, ...actors].join('; ')
  }
}
