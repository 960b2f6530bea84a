import type { SeededRandom } from '../../support/world/seeded-random.ts'

export type NodeRole = 'broker' | 'controller'

export interface NodePlan {
  readonly id: number
  /** Of its machine, which is its host name, too. */
  readonly name: string
  readonly roles: readonly NodeRole[]
}

/** What chance decides of a cluster before it begins. */
export interface ClusterPlan {
  readonly nodes: readonly NodePlan[]
  /** Every write is flushed before it is acknowledged: all machines may lose power whenever they like. */
  readonly isFlushed: boolean
  /** In force on all nodes. */
  readonly settings: Readonly<Record<string, string>>
}

export const BROKER_PORT = 9092
export const CONTROLLER_PORT = 9093
export const REPLICAS = 3
export const MIN_IN_SYNC = 2

const BOTH: readonly NodeRole[] = ['broker', 'controller']
const BROKER: readonly NodeRole[] = ['broker']
const CONTROLLER: readonly NodeRole[] = ['controller']

/** With at least three brokers each, since a partition has so many replicas. */
const SHAPES: readonly (readonly (readonly NodeRole[])[])[] = [
  [BOTH, BOTH, BOTH],
  [BOTH, BOTH, BOTH],
  [BOTH, BOTH, BOTH, BROKER],
  [CONTROLLER, BROKER, BROKER, BROKER],
  [BOTH, BOTH, BOTH, BROKER, BROKER],
  [CONTROLLER, CONTROLLER, BOTH, BROKER, BROKER],
  [BOTH, BOTH, BOTH, BOTH, BOTH],
]

export function planCluster(random: SeededRandom, shape = random.pick(SHAPES)): ClusterPlan {
  const nodes = shape.map((roles, index) => ({ id: index + 1, name: `node-${index + 1}`, roles }))
  const isFlushed = random.chance(0.4)
  return { nodes, isFlushed, settings: { ...commonSettings(nodes), ...chosenSettings(random), ...(isFlushed ? { 'log.flush.interval.messages': '1' } : {}) } }
}

export function isBroker({ roles }: NodePlan): boolean {
  return roles.includes('broker')
}

export function isController({ roles }: NodePlan): boolean {
  return roles.includes('controller')
}

function commonSettings(nodes: readonly NodePlan[]): Record<string, string> {
  const replicas = String(Math.min(REPLICAS, nodes.filter(isBroker).length))
  return {
    'controller.quorum.voters': nodes
      .filter(isController)
      .map(({ id, name }) => `${id}@${name}:${CONTROLLER_PORT}`)
      .join(),
    'default.replication.factor': replicas,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '1',
    'min.insync.replicas': String(Math.min(MIN_IN_SYNC, Number(replicas))),
  }
}

/** Within what operators set, and short enough that a minute sees what they bring about. */
function chosenSettings(random: SeededRandom): Record<string, string> {
  const sessionTimeoutMs = random.pick([3000, 6000, 9000])
  return {
    'broker.session.timeout.ms': String(sessionTimeoutMs),
    'broker.heartbeat.interval.ms': String(sessionTimeoutMs / 3),
    'replica.lag.time.max.ms': String(random.pick([1500, 4000, 10_000])),
    'metadata.max.idle.interval.ms': random.pick(['0', '5000']),
    'metadata.log.max.record.bytes.between.snapshots': random.pick(['3000', '20000', '20971520']),
    'log.roll.ms': random.pick(['3000', '604800000']),
    'replica.high.watermark.checkpoint.interval.ms': random.pick(['500', '5000']),
    'group.initial.rebalance.delay.ms': random.pick(['0', '500']),
  }
}
