import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import type { SeededRandom } from '../../support/world/seeded-random.ts'
import { Unanswered } from '../asker.ts'
import { type Cast, GROUP_ID, makeCast, PARTITIONS, TOPIC } from './cast.ts'
import { ClusterChecks } from './checks/cluster-checks.ts'
import { metadataStateOf } from './checks/metadata-state.ts'
import type { Circumstances } from './circumstances.ts'
import type { ClusterClient } from './client/cluster-client.ts'
import type { Cluster } from './cluster.ts'
import { DATA } from './cluster-node.ts'
import { Chaos } from './faults/chaos.ts'
import { activeController, latestLeadership } from './faults/crashes.ts'
import { Damage } from './faults/damage.ts'
import { REPLICAS } from './plan.ts'
import type { FoundRecord, PartitionModel } from './roles/partition-model.ts'
import { fetchFrom, startOf } from './roles/reader.ts'

const STORM_MS = 50_000
const TICK_MS = 500
/** By which nodes come that are not there from the beginning. */
const LATEST_MS = 30_000
/** Until all nodes serve that were started together. */
const START_WITHIN_MS = 30_000
/**
 * From the end of the last fault until everything goes on: connections that wait for packets sent again, a session that has
 * to end, an election, a fetch or two, and the longest pauses of clients.
 */
const RECOVER_WITHIN_MS = 60_000
const STOP_WITHIN_MS = 30_000
/** At the end, what was acknowledged. */
const READ_WITHIN_MS = 5000
/** Of observers, which ask for records of the metadata at least twice a second. */
const FETCHED_MS = 1500
const AGREE_POLL_MS = 100
const LEAST_MS = 60_000
const LEAST_FAULTS = 5
/** After the last fault: whoever was cut off has heard of it by then. */
const CALM_AFTER_MS = 20_000
/** In which calm the actors go on before the end. */
const CALM_MS = 5000

/**
 * A minute of a cluster: nodes that crash, lose power, are cut off, paused and restarted, while producers, consumers and
 * others use it. What was promised to them is checked all the time; when everything is healed all of them get on again.
 */
export class Story {
  readonly cluster: Cluster
  readonly chaos: Chaos
  readonly #damage: Damage
  readonly #cast: Cast
  readonly #checks: ClusterChecks
  readonly #random: SeededRandom
  #isStorm = false

  constructor(cluster: Cluster, random: SeededRandom) {
    this.cluster = cluster
    this.#damage = new Damage(cluster)
    this.chaos = new Chaos(cluster, random.fork('chaos'), this.#damage)
    this.#cast = makeCast(cluster, random.fork('cast'), { circumstances: this.#circumstances(), guard: this.#damage })
    this.#random = random.fork('story')
    this.#checks = new ClusterChecks(cluster, this.#cast.models)
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
    for (const actor of this.#cast.actors) actor.begin()
  }

  async #storm(): Promise<void> {
    const { world } = this.cluster
    const endMs = world.nowMs + STORM_MS
    this.#isStorm = true
    this.#letLateOnesCome()
    while (world.nowMs < endMs || this.chaos.count < LEAST_FAULTS) {
      await world.run(TICK_MS)
      this.#check()
      this.chaos.tick(world.nowMs)
    }
  }

  #letLateOnesCome(): void {
    const { world, nodes } = this.cluster
    for (const node of nodes) {
      if (node.plan.isLate === true) world.schedule(world.nowMs + this.#random.between(0, LATEST_MS), null, `${node.name} comes`, () => node.start())
    }
  }

  async #recover(): Promise<void> {
    const { world } = this.cluster
    this.#isStorm = false
    this.chaos.endAll(world.nowMs)
    this.cluster.heal()
    const healedMs = world.nowMs
    await this.#untilAllGetOn(healedMs + RECOVER_WITHIN_MS)
    await world.complete(this.#untilAllInSync(healedMs + RECOVER_WITHIN_MS))
    await this.#runTo(Math.max(LEAST_MS, healedMs + CALM_AFTER_MS, world.nowMs) + CALM_MS)
  }

  async #untilAllGetOn(endMs: number): Promise<void> {
    const { world } = this.cluster
    const before = this.#cast.actors.map(({ role }) => role.progress)
    const getOn = () => this.cluster.isServing && this.#cast.actors.every(({ role }, index) => role.progress > (before[index] as number))
    while (!getOn()) {
      if (world.nowMs >= endMs) throw new Error(`${this.#whoIsStuck(before)}, ${RECOVER_WITHIN_MS} ms after the last fault`)
      await this.#runTo(world.nowMs + TICK_MS)
    }
  }

  async #runTo(endMs: number): Promise<void> {
    const { world } = this.cluster
    while (world.nowMs < endMs) {
      await world.run(Math.min(TICK_MS, endMs - world.nowMs))
      this.#check()
    }
  }

  async #end(): Promise<void> {
    const { world } = this.cluster
    const { actors, members, models, operator } = this.#cast
    for (const actor of actors) actor.stop()
    await world.runUntil(() => actors.every(({ hasStopped }) => hasStopped), { withinMs: STOP_WITHIN_MS })
    this.#check()
    const client = this.cluster.client('admin')
    for (const member of members) await world.complete(member.verify(client.coordinator(GROUP_ID)))
    for (const model of models) await world.complete(this.#readWhole(client, model))
    await this.#untilAllAgree()
    const settings = this.#checks.lookAtEnd()
    operator.checkSetting(settings.get(TOPIC))
  }

  /** Observers have what they lack with the next fetch. What the controller writes of itself, while all are idle, may be on its way just then. */
  async #untilAllAgree(): Promise<void> {
    const { world } = this.cluster
    await world.run(FETCHED_MS)
    const endMs = world.nowMs + FETCHED_MS
    while (!this.#checks.allAgree && world.nowMs < endMs) await world.run(AGREE_POLL_MS)
  }

  /** A leader learns behind an election how far the last one had come, which may take a back-off of its followers: what is acknowledged is waited for. */
  async #readWhole(client: ClusterClient, model: PartitionModel): Promise<void> {
    const { world } = this.cluster
    const endMs = world.nowMs + READ_WITHIN_MS
    const promised = model.acknowledgedEnd
    const found: FoundRecord[] = []
    let start: number | null = null
    for (;;) {
      try {
        start ??= await startOf(client, model.at)
        const { highWatermark, records } = await fetchFrom(client, model.at, start + found.length, 0)
        found.push(...records)
        const end = start + found.length
        if (end >= highWatermark && (end >= promised || world.nowMs > endMs)) return model.onWhole(start, found)
        if (end < highWatermark) continue
      } catch (error) {
        if (!(error instanceof Unanswered) || world.nowMs > endMs) throw error
        client.leader(model.at).lookAgain()
      }
      await client.timers.sleep(100)
    }
  }

  #circumstances(): Circumstances {
    const { world } = this.cluster
    return {
      isStormy: () => this.#isStorm,
      isCalm: () => this.cluster.isServing && world.nowMs - this.chaos.quietSinceMs > CALM_AFTER_MS,
      controllerEpoch: () => {
        const { epoch, leaderId } = latestLeadership(this.cluster)
        const state = leaderId === null ? 'down' : this.cluster.node(leaderId).state
        return state === 'stopping' || state === 'down' ? null : epoch
      },
      countedSince: (id) => {
        const controller = activeController(this.cluster)
        const broker = controller === null ? undefined : metadataStateOf(controller.machine, DATA)?.brokers.get(id)
        return broker === undefined || broker.isFenced || broker.isLeaving ? null : broker.changedAt
      },
    }
  }

  async #createTopic(): Promise<void> {
    const client = this.cluster.client('admin')
    const replicationFactor = Math.min(REPLICAS, this.cluster.brokers.length)
    const topic = { name: TOPIC, numPartitions: PARTITIONS.length, replicationFactor, assignments: [], configs: [] }
    const isMade = (code: number | undefined) => code === ErrorCode.NONE || code === ErrorCode.TOPIC_ALREADY_EXISTS
    await client.askUntil(client.anyBroker(), CreateTopicsApi, 7, { topics: [topic], timeoutMs: 10_000 }, ({ topics }) => isMade(topics[0]?.errorCode))
  }

  async #untilAllInSync(endMs: number): Promise<void> {
    const client = this.cluster.client('admin')
    for (;;) {
      const { topics } = await client.metadata(null)
      const all = topics.flatMap(({ name, partitions }) => partitions.map((partition) => ({ name, ...partition })))
      const lacking = all.find(({ isrNodes, replicaNodes, leaderId }) => leaderId < 0 || isrNodes.length < replicaNodes.length)
      if (lacking === undefined) return
      const { name, partitionIndex, leaderId, isrNodes, replicaNodes, errorCode } = lacking
      const state = `led by ${leaderId} with ${isrNodes.join()} of ${replicaNodes.join()} in sync (${errorName(errorCode)})`
      if (this.cluster.world.nowMs > endMs) throw new Error(`${name}-${partitionIndex} is ${state}, ${RECOVER_WITHIN_MS} ms after the last fault`)
      await client.timers.sleep(500)
    }
  }

  get #hasFailed(): boolean {
    return this.cluster.nodes.some(({ brokenRule }) => brokenRule !== null)
  }

  #check(): void {
    for (const { failure } of this.#cast.actors) if (failure !== null) throw failure
    for (const { name, brokenRule } of this.cluster.nodes) if (brokenRule !== null) throw new Error(`${name}: ${brokenRule.message}`, { cause: brokenRule })
    this.#checks.look(this.#damage.machines)
  }

  #whoIsStuck(before: readonly number[]): string {
    const nodes = this.cluster.nodes
      .filter(({ state }) => state !== 'serving')
      .map(({ name, state, latestError }) => `${name} is ${state} (${latestError?.message})`)
    const actors = this.#cast.actors.filter(({ role }, index) => role.progress <= (before[index] as number))
    return [...nodes, ...actors.map(({ role }) => `a ${role.constructor.name} does not get on`)].join('; ')
  }
}
