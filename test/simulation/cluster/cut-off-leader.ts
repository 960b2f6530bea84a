import { equal } from 'node:assert/strict'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import type { SeededRandom } from '../../support/world/seeded-random.ts'
import { World } from '../../support/world/world.ts'
import { Actor } from '../actor.ts'
import { Unanswered } from '../asker.ts'
import type { PartitionAt } from './client/cluster-client.ts'
import { Cluster } from './cluster.ts'
import { CONTROLLER_PORT, type NodePlan } from './node-plan.ts'
import { PartitionModel } from './roles/partition-model.ts'
import { Producer } from './roles/producer.ts'
import { fetchFrom } from './roles/reader.ts'

const TOPIC = 't'
const [CONTROLLER, LEADER, CUT_OFF_FROM, KILLED] = [1, 2, 3, 4]
const WITHIN_MS = 60_000

/**
 * A broker leads two partitions: of one the other replica is gone, so that what is sent there is refused at once; of the other one it
 * is cut off, so that what is sent waits. A producer of both has requests of either kind under way on one connection when the broker stops. No answer
 * is taken for that to another request, and everything goes on when the others hear each other again.
 */
export async function playCutOffLeader(seed: number): Promise<void> {
  const world = new World({ seed })
  const cluster = await startCluster(world)
  const models = await makeTopic(cluster, [
    [LEADER, CUT_OFF_FROM],
    [LEADER, KILLED],
  ])
  const producer = begin(cluster, models, world.random.fork('producer'))
  await untilItGetsOn(world, producer)
  cluster.node(KILLED).crash('process')
  await world.complete(untilAlone(cluster, 1), { withinMs: WITHIN_MS })
  cutOff(cluster)
  await world.run(world.random.between(300, 2000))
  cluster.node(LEADER).stop()
  await world.runUntil(() => cluster.node(LEADER).state === 'down' || producer.failure !== null, { withinMs: WITHIN_MS })
  cluster.heal()
  await untilItGetsOn(world, producer)
}

/** A leader hears nobody any more but clients: another replica leads when the session is over, though nothing is healed. */
export async function playSilentLeader(seed: number): Promise<void> {
  const world = new World({ seed })
  const cluster = await startCluster(world)
  const models = await makeTopic(cluster, [[LEADER, CUT_OFF_FROM, KILLED]])
  const producer = begin(cluster, models, world.random.fork('producer'))
  await untilItGetsOn(world, producer)
  await world.run(world.random.between(0, 3000))
  cutOff(cluster)
  // What was under way may be acknowledged yet.
  await world.run(1000)
  await untilItGetsOn(world, producer)
}

/** A leader has a partition alone of which two nodes are asked for: nothing is shown or acknowledged until another replica is there again. */
export async function playLoneLeader(seed: number): Promise<void> {
  const world = new World({ seed })
  const cluster = await startCluster(world)
  const [model] = (await makeTopic(cluster, [[LEADER, KILLED]])) as [PartitionModel]
  const producer = begin(cluster, [model], world.random.fork('producer'))
  await untilItGetsOn(world, producer)
  cluster.node(KILLED).crash('process')
  await world.complete(untilAlone(cluster, 0), { withinMs: WITHIN_MS })
  // Answers may be under way.
  await world.run(100)
  const before = model.acknowledgedEnd
  await world.run(world.random.between(1000, 5000))
  equal(model.acknowledgedEnd, before, 'what one replica has is acknowledged, where two are asked for')
  equal(await world.complete(shownTo(cluster, model.at)), before, 'what one replica has is shown, where two are asked for')
  cluster.node(KILLED).start()
  await untilItGetsOn(world, producer)
}

function begin(cluster: Cluster, models: readonly PartitionModel[], random: SeededRandom): Actor<Producer> {
  const { clock } = cluster.world.node('producer').ports
  const client = cluster.client('producer')
  const producer = new Actor(new Producer({ client, clock, random, models, maxInFlight: 5, deliveryTimeoutMs: 25_000, maxPauseMs: 100 }))
  producer.begin()
  return producer
}

async function untilItGetsOn(world: World, producer: Actor<Producer>): Promise<void> {
  const before = producer.role.progress
  await world.runUntil(() => producer.role.progress > before || producer.failure !== null, { withinMs: WITHIN_MS })
  if (producer.failure !== null) throw producer.failure
}

/** The leader, from all other nodes. */
function cutOff(cluster: Cluster): void {
  const others = cluster.nodes.filter(({ id }) => id !== LEADER).map(({ name }) => name)
  cluster.world.network.partition([cluster.node(LEADER).name], others)
}

async function startCluster(world: World): Promise<Cluster> {
  const nodes: readonly NodePlan[] = [CONTROLLER, LEADER, CUT_OFF_FROM, KILLED].map((id) => ({
    id,
    name: `node-${id}`,
    roles: [id === CONTROLLER ? 'controller' : 'broker'],
  }))
  const settings = { 'controller.quorum.voters': `${CONTROLLER}@node-${CONTROLLER}:${CONTROLLER_PORT}`, 'min.insync.replicas': '2' }
  const cluster = new Cluster({ world, plan: { nodes, isFlushed: false, settings } })
  cluster.startAll()
  await world.runUntil(() => cluster.isServing, { withinMs: WITHIN_MS })
  return cluster
}

/** @param replicas of each partition, the leader first */
async function makeTopic(cluster: Cluster, replicas: readonly (readonly number[])[]): Promise<PartitionModel[]> {
  const client = cluster.client('admin')
  const assignments = replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds: [...brokerIds] }))
  const topics = [{ name: TOPIC, numPartitions: -1, replicationFactor: -1, assignments, configs: [] }]
  const isMade = ({ topics: [made] }: { topics: readonly { errorCode: number }[] }) => made?.errorCode === 0
  await cluster.world.complete(client.askUntil(client.anyBroker(), CreateTopicsApi, 7, { topics, timeoutMs: 5000 }, isMade))
  return assignments.map(({ partitionIndex: partition }) => new PartitionModel({ topic: TOPIC, partition }))
}

/** Up to which offset consumers see the partition. */
async function shownTo(cluster: Cluster, at: PartitionAt): Promise<number> {
  const client = cluster.client('reader')
  for (;;) {
    try {
      const { highWatermark } = await fetchFrom(client, at, 0, 0)
      return highWatermark
    } catch (error) {
      // A broker that was killed was asked where the leader is.
      if (!(error instanceof Unanswered)) throw error
    }
  }
}

/** The leader has the partition alone, as it knows itself. */
async function untilAlone(cluster: Cluster, partition: number): Promise<void> {
  const client = cluster.client('admin')
  for (;;) {
    try {
      // So that it is known where that broker is.
      await client.metadata(null)
      const { topics } = await client.metadata([TOPIC], client.broker(LEADER))
      if (topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === partition)?.isrNodes.length === 1) return
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
    }
    await client.timers.sleep(200)
  }
}
