import type { SeededRandom } from '../../support/world/seeded-random.ts'
import { Actor } from '../actor.ts'
import { GroupModel, Member } from '../roles/member.ts'
import { storedDirectoryId } from './checks/stored-directory.ts'
import type { Circumstances } from './circumstances.ts'
import type { Cluster } from './cluster.ts'
import { DATA } from './cluster-node.ts'
import { REPLICAS } from './plan.ts'
import { controllerEndpoint } from './quorum-plan.ts'
import { Operator } from './roles/operator.ts'
import { PartitionModel } from './roles/partition-model.ts'
import { isPassing } from './roles/passing.ts'
import { Producer } from './roles/producer.ts'
import { QuorumKeeper, type VoterGuard } from './roles/quorum-keeper.ts'
import { Reader } from './roles/reader.ts'
import { RecordDeleter } from './roles/record-deleter.ts'
import { TopicMaker } from './roles/topic-maker.ts'

export const TOPIC = 't'
export const PARTITIONS = [0, 1]
const MEMBERS = 2
/** As many as Java's producer has at most, and brokers remember. */
const MAX_IN_FLIGHT = 5
export const GROUP_ID = 'members'

/** Who uses the cluster. */
export interface Cast {
  readonly actors: readonly Actor[]
  readonly models: readonly PartitionModel[]
  readonly members: readonly Member[]
  readonly operator: Operator
}

export interface CastPlace {
  readonly circumstances: Circumstances
  readonly guard: VoterGuard
}

export function makeCast(cluster: Cluster, random: SeededRandom, { circumstances, guard }: CastPlace): Cast {
  const { world } = cluster
  const models = PARTITIONS.map((partition) => new PartitionModel({ topic: TOPIC, partition }))
  const portsOf = (name: string) => world.node(name).ports
  const replicationFactor = Math.min(REPLICAS, cluster.brokers.length)
  const producers = makeProducers(cluster, random.fork('producers'), models)
  const readers = models.map((model, index) => new Reader(cluster.client(`reader-${index}`), model, 300))
  const group = new GroupModel()
  const members = Array.from({ length: MEMBERS }, (_, index) => member(cluster, random.fork(`member ${index}`), { index, group, circumstances }))
  const maker = new TopicMaker({
    client: cluster.client('maker'),
    clock: portsOf('maker').clock,
    random: random.fork('maker'),
    name: 'made',
    replicationFactor,
    circumstances,
  })
  const operator = new Operator({
    client: cluster.client('operator'),
    random: random.fork('operator'),
    topic: TOPIC,
    partitions: PARTITIONS,
    brokerIds: cluster.brokers.map(({ id }) => id),
    replicationFactor,
  })
  const deleter = new RecordDeleter({ client: cluster.client('deleter'), random: random.fork('deleter'), models })
  const keepers = quorumKeepers(cluster, random.fork('keeper'), { circumstances, guard })
  const actors = [...producers, ...readers, ...members, maker, operator, deleter, ...keepers].map((role) => new Actor(role))
  return { actors, models, members, operator }
}

/** One for each partition, or one for all. */
function makeProducers(cluster: Cluster, random: SeededRandom, models: readonly PartitionModel[]): Producer[] {
  const shares = random.chance(0.5) ? [models] : models.map((model) => [model])
  return shares.map((share, index) => {
    const name = `producer-${index}`
    const maxInFlight = random.chance(0.3) ? 1 : 2 + random.below(MAX_IN_FLIGHT - 1)
    // One that waits for each batch sends it for ever.
    const deliveryTimeoutMs = maxInFlight === 1 ? Number.POSITIVE_INFINITY : random.pick([15_000, 25_000])
    const { clock } = cluster.world.node(name).ports
    return new Producer({ client: cluster.client(name), clock, models: share, random: random.fork(name), maxInFlight, deliveryTimeoutMs, maxPauseMs: 1500 })
  })
}

/** One where the voters change. */
function quorumKeepers(cluster: Cluster, random: SeededRandom, place: CastPlace): QuorumKeeper[] {
  const { quorum } = cluster.plan
  if (quorum === undefined) return []
  const controllers = cluster.controllers.map(({ id, plan, machine }) => ({
    id,
    endpoint: controllerEndpoint(plan),
    directoryId: () => storedDirectoryId(machine, DATA),
  }))
  return [new QuorumKeeper({ ...place, client: cluster.client('keeper'), random, controllers, joinsByItself: quorum.joinsByItself })]
}

interface MemberPlace {
  readonly index: number
  readonly group: GroupModel
  readonly circumstances: Circumstances
}

function member(cluster: Cluster, random: SeededRandom, { index, group, circumstances }: MemberPlace): Member {
  const name = `member-${index}`
  return new Member({
    ports: cluster.world.node(name).ports,
    random,
    group,
    groupId: GROUP_ID,
    topic: TOPIC,
    partitions: PARTITIONS,
    connect: () => cluster.client(name).coordinator(GROUP_ID),
    isPassing,
    lifeMs: 15_000,
    pauseMs: 2000,
    retryMs: 200,
    // One that was cut off or paused goes on answering from what it knew, as Kafka's do.
    isCertain: () => circumstances.isCalm(),
  })
}
