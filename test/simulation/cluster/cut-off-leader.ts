import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { World } from '../../support/world/world.ts'
import { Actor } from '../actor.ts'
import { Unanswered } from '../asker.ts'
import { Cluster } from './cluster.ts'
import { CONTROLLER_PORT, type NodePlan } from './node-plan.ts'
import { PartitionModel } from './roles/partition-model.ts'
import { Producer } from './roles/producer.ts'

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
  const models = await makeTopic(cluster)
  const { clock } = world.node('producer').ports
  const random = world.random.fork('producer')
  const producer = new Actor(
    new Producer({ client: cluster.client('producer'), clock, random, models, maxInFlight: 5, deliveryTimeoutMs: 25_000, maxPauseMs: 100 }),
  )
  producer.begin()
  const untilItGetsOn = async () => {
    const before = producer.role.progress
    await world.runUntil(() => producer.role.progress > before || producer.failure !== null, { withinMs: WITHIN_MS })
    if (producer.failure !== null) throw producer.failure
  }
  await untilItGetsOn()
  cluster.node(KILLED).crash('process')
  await world.complete(untilAlone(cluster), { withinMs: WITHIN_MS })
  const others = [CONTROLLER, CUT_OFF_FROM].map((id) => cluster.node(id).name)
  world.network.partition([cluster.node(LEADER).name], others)
  await world.run(world.random.between(300, 2000))
  cluster.node(LEADER).stop()
  await world.runUntil(() => cluster.node(LEADER).state === 'down' || producer.failure !== null, { withinMs: WITHIN_MS })
  cluster.heal()
  await untilItGetsOn()
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

async function makeTopic(cluster: Cluster): Promise<PartitionModel[]> {
  const client = cluster.client('admin')
  const assignments = [
    { partitionIndex: 0, brokerIds: [LEADER, CUT_OFF_FROM] },
    { partitionIndex: 1, brokerIds: [LEADER, KILLED] },
  ]
  const topics = [{ name: TOPIC, numPartitions: -1, replicationFactor: -1, assignments, configs: [] }]
  const isMade = ({ topics: [made] }: { topics: readonly { errorCode: number }[] }) => made?.errorCode === 0
  await cluster.world.complete(client.askUntil(client.anyBroker(), CreateTopicsApi, 7, { topics, timeoutMs: 5000 }, isMade))
  return assignments.map(({ partitionIndex: partition }) => new PartitionModel({ topic: TOPIC, partition }))
}

/** The leader of the second partition has it alone, as it knows itself. */
async function untilAlone(cluster: Cluster): Promise<void> {
  const client = cluster.client('admin')
  for (;;) {
    try {
      // So that it is known where that broker is.
      await client.metadata(null)
      const { topics } = await client.metadata([TOPIC], client.broker(LEADER))
      if (topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === 1)?.isrNodes.length === 1) return
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
    }
    await client.timers.sleep(200)
  }
}
