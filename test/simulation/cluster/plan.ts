import type { SeededRandom } from '../../support/world/seeded-random.ts'
import { isBroker, type NodePlan, type NodeRole } from './node-plan.ts'
import { type DynamicQuorum, planQuorum, type QuorumKind, quorumSettings } from './quorum-plan.ts'

/** What chance decides of a cluster before it begins. */
export interface ClusterPlan {
  readonly nodes: readonly NodePlan[]
  /** Where not given, `settings` name the voters. */
  readonly quorum?: DynamicQuorum | undefined
  /** Every write is flushed before it is acknowledged: all machines may lose power whenever they like. */
  readonly isFlushed: boolean
  /** In force on all nodes. */
  readonly settings: Readonly<Record<string, string>>
}

export const REPLICAS = 3
export const MIN_IN_SYNC = 2

const BOTH: readonly NodeRole[] = ['broker', 'controller']
const BROKER: readonly NodeRole[] = ['broker']
const CONTROLLER: readonly NodeRole[] = ['controller']

interface Shape {
  readonly quorum: QuorumKind
  /** At least three brokers, since a partition has so many replicas. */
  readonly first: readonly (readonly NodeRole[])[]
  /** They come later. */
  readonly late?: readonly (readonly NodeRole[])[]
}

const STATIC_SHAPES: readonly Shape[] = [
  { quorum: 'static', first: [BOTH, BOTH, BOTH] },
  { quorum: 'static', first: [BOTH, BOTH, BOTH] },
  { quorum: 'static', first: [BOTH, BOTH, BOTH, BROKER] },
  { quorum: 'static', first: [CONTROLLER, BROKER, BROKER, BROKER] },
  { quorum: 'static', first: [BOTH, BOTH, BOTH, BROKER, BROKER] },
  { quorum: 'static', first: [CONTROLLER, CONTROLLER, BOTH, BROKER, BROKER] },
  { quorum: 'static', first: [BOTH, BOTH, BOTH, BOTH, BOTH] },
]

const DYNAMIC_SHAPES: readonly Shape[] = [
  { quorum: 'standalone', first: [BOTH, BOTH, BOTH] },
  { quorum: 'standalone', first: [BOTH, BOTH, BOTH], late: [BOTH] },
  { quorum: 'standalone', first: [BOTH, BROKER, BROKER], late: [BOTH, CONTROLLER] },
  { quorum: 'initial-controllers', first: [BOTH, BOTH, BOTH] },
  { quorum: 'initial-controllers', first: [BOTH, BOTH, BOTH], late: [BROKER] },
  { quorum: 'initial-controllers', first: [BOTH, BOTH, BOTH], late: [BOTH, BOTH] },
  { quorum: 'initial-controllers', first: [CONTROLLER, CONTROLLER, BOTH, BROKER, BROKER] },
]

export function planCluster(random: SeededRandom): ClusterPlan {
  const shape = random.pick(random.chance(0.5) ? STATIC_SHAPES : DYNAMIC_SHAPES)
  const nodes = nodesOf(shape)
  const quorum = planQuorum(shape.quorum, nodes, random.fork('quorum'))
  const isFlushed = random.chance(0.4)
  const settings = { ...commonSettings(nodes), ...quorumSettings(nodes, quorum), ...chosenSettings(random) }
  return { nodes, quorum, isFlushed, settings: { ...settings, ...(isFlushed ? { 'log.flush.interval.messages': '1' } : {}) } }
}

function nodesOf({ first, late = [] }: Shape): NodePlan[] {
  const all = [...first.map((roles) => ({ roles, isLate: false })), ...late.map((roles) => ({ roles, isLate: true }))]
  return all.map((node, index) => ({ ...node, id: index + 1, name: `node-${index + 1}` }))
}

function commonSettings(nodes: readonly NodePlan[]): Record<string, string> {
  const replicas = String(Math.min(REPLICAS, nodes.filter(isBroker).length))
  return {
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
