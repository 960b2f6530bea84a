import { expect } from 'vitest'
import { ReplicaNode } from '../../support/replication/replica-node.ts'
import { SmallController } from '../../support/replication/small-controller.ts'
import type { SeededRandom } from '../../support/world/seeded-random.ts'
import { World } from '../../support/world/world.ts'

const NODE_IDS = [1, 2, 3]
const PARTITIONS = [
  [1, 2, 3],
  [2, 3, 1],
]
const STEPS = 150
const MIN_INSYNC_REPLICAS = 2

interface Acknowledged {
  readonly index: number
  readonly offset: number
  readonly value: string
}

/** Three brokers that replicate one topic while they crash, lose power and are cut off from each other. */
class Story {
  readonly world: World
  readonly random: SeededRandom
  readonly controller = new SmallController()
  readonly nodes: readonly ReplicaNode[]
  readonly acknowledged: Acknowledged[] = []
  readonly happened: string[] = []
  #lastValue = 0

  constructor(seed: number) {
    this.world = new World({ seed })
    this.random = this.world.random.fork('story')
    const { world, controller } = this
    world.network.minLatencyMs = 0.5
    world.network.maxLatencyMs = 1 + this.random.below(25)
    const settings = { replicaFetchMaxBytes: 700, replicaLagTimeMaxMs: 2_000, replicaFetchBackoffMs: 100, replicaSocketTimeoutMs: 1_000 }
    const controllerDelayMs = () => 1 + this.random.below(50)
    const logConfig = { segmentBytes: 2_000, indexIntervalBytes: 200, fileDeleteDelayMs: 100 }
    this.nodes = NODE_IDS.map(
      (id) => new ReplicaNode({ world, controller, id, settings, logConfig, minInsyncReplicas: MIN_INSYNC_REPLICAS, controllerDelayMs }),
    )
    controller.onChange = () => {
      for (const node of this.nodes) node.metadataChanged()
    }
  }

  async play(): Promise<void> {
    const { world, controller, nodes } = this
    await world.complete(Promise.all(nodes.map((node) => node.start())))
    controller.createTopic('t', PARTITIONS)
    await world.run(200)
    for (let step = 0; step < STEPS; step++) {
      await this.#step()
      // What follows at once meets what is on its way.
      await world.run(this.random.below(this.random.chance(0.6) ? 30 : 500))
    }
    await this.#heal()
    await this.#check()
  }

  get #running(): ReplicaNode[] {
    return this.nodes.filter(({ isRunning }) => isRunning)
  }

  async #step(): Promise<void> {
    const choice = this.random.below(20)
    if (choice < 11) this.#produce(1 + this.random.below(5))
    else if (choice < 13) this.#crash()
    else if (choice < 15) await this.#restart()
    else if (choice < 17) this.#cut()
    else if (choice < 18) this.world.network.heal()
    else await this.#upheaval()
  }

  /** Another leader, which may be gone as soon as it leads: those that follow it have just cut what it did not have. */
  async #upheaval(): Promise<void> {
    const leader = this.#elect()
    if (leader === null || this.random.chance(0.4)) return
    await this.world.run(this.random.below(150))
    if (this.#running.length > 2 && leader.isRunning) this.#stop(leader)
  }

  #produce(count: number): void {
    for (let each = 0; each < count; each++) {
      const index = this.random.below(PARTITIONS.length)
      const leader = this.#running.find((node) => node.replicas.partition('t', index)?.isLeader)
      if (leader === undefined) continue
      const value = `${this.#lastValue++} ${'x'.repeat(this.random.below(300))}`
      void leader.produce('t', value, { index, timeoutMs: 1_000 }).then(({ errorCode, baseOffset }) => {
        if (errorCode === 0) this.acknowledged.push({ index, offset: baseOffset, value })
      })
    }
  }

  /** Power goes only where another replica in sync holds what may not be on the device yet. */
  #crash(): void {
    const running = this.#running
    if (running.length > 1) this.#stop(this.random.pick(running))
  }

  #stop(node: ReplicaNode): void {
    const isLast = PARTITIONS.some((_, index) => this.#lastInSync(index, node.id))
    const kind = isLast || this.random.below(2) === 0 ? 'process' : 'power'
    this.happened.push(`${this.world.nowMs} ${node.name} crashes: ${kind}`)
    node.crash(kind)
    this.controller.fence(node.id)
  }

  /** Of those in sync, only `id` runs. */
  #lastInSync(index: number, id: number): boolean {
    const { isr } = this.controller.partition('t', index)
    return isr.every((replica) => replica === id || !this.#running.some((node) => node.id === replica))
  }

  async #restart(): Promise<void> {
    const stopped = this.nodes.filter(({ isRunning }) => !isRunning)
    if (stopped.length === 0) return
    const node = this.random.pick(stopped)
    this.happened.push(`${this.world.nowMs} ${node.name} restarts`)
    await this.world.complete(node.restart())
  }

  #cut(): void {
    const one = this.random.pick(NODE_IDS)
    const other = this.random.pick(NODE_IDS.filter((id) => id !== one))
    this.happened.push(`${this.world.nowMs} n${one} and n${other} are apart`)
    this.world.network.partition([`n${one}`], [`n${other}`])
  }

  #elect(): ReplicaNode | null {
    const index = this.random.below(PARTITIONS.length)
    const candidates = this.controller.partition('t', index).isr.filter((id) => this.#running.some((node) => node.id === id))
    if (candidates.length === 0) return null
    const leader = this.random.pick(candidates)
    this.happened.push(`${this.world.nowMs} n${leader} leads ${index}`)
    this.controller.elect('t', index, leader)
    return this.nodes.find(({ id }) => id === leader) ?? null
  }

  async #heal(): Promise<void> {
    this.world.network.heal()
    for (const node of this.nodes) if (!node.isRunning) await this.world.complete(node.restart())
    const areAllInSync = () => PARTITIONS.every((replicas, index) => this.controller.partition('t', index).isr.length === replicas.length)
    await this.world.runUntil(areAllInSync, { withinMs: 60_000 })
    await this.world.run(3_000)
  }

  async #check(): Promise<void> {
    expect(this.nodes.flatMap(({ failures }) => failures)).toEqual([])
    for (const index of PARTITIONS.keys()) {
      const leader = this.nodes.find(({ id }) => id === this.controller.partition('t', index).leader) as ReplicaNode
      const end = leader.partition('t', index).highWatermark
      expect(end).toBe(leader.partition('t', index).logEndOffset)
      const batches = await this.world.complete(leader.batches('t', end, index))
      const bytes = batches.map((batch) => batch.bytes.toString('latin1'))
      for (const node of this.nodes) {
        const { logEndOffset, highWatermark } = node.partition('t', index)
        expect({ node: node.id, index, logEndOffset, highWatermark }).toEqual({ node: node.id, index, logEndOffset: end, highWatermark: end })
        const copied = await this.world.complete(node.batches('t', end, index))
        expect(copied.map((batch) => batch.bytes.toString('latin1'))).toEqual(bytes)
      }
      const byOffset = new Map(batches.map((batch) => [batch.baseOffset, batch.bytes.toString('latin1')]))
      for (const { offset, value } of this.acknowledged.filter((one) => one.index === index)) {
        expect(byOffset.get(offset), `offset ${offset} of partition ${index}: ${value}`).toContain(value)
      }
    }
  }
}

/** Throws with the seed and what happened. */
export async function playReplication(seed: number): Promise<Story> {
  const story = new Story(seed)
  try {
    await story.play()
    return story
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}\n${story.happened.join('\n')}`, { cause: error })
  }
}
