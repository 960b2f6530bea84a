/**
 * Which settings of groups fit together on a node. Source: org.apache.kafka.coordinator.group.GroupCoordinatorConfig, ShareGroupConfig.
 */
import type { BrokerSettingName } from '../broker-settings.ts'
import type { NodeConfig } from '../node-config.ts'
import { refuse } from './refuse.ts'

type Order = readonly [left: BrokerSettingName, relation: keyof typeof HOLDS, right: BrokerSettingName]

/** By Kafka's words. */
const HOLDS = {
  'greater than or equal to': (left: number, right: number) => left >= right,
  'less than or equal to': (left: number, right: number) => left <= right,
  'less than': (left: number, right: number) => left < right,
} as const

const SHARE_ORDER: readonly Order[] = [
  ['group.share.max.delivery.count.limit', 'greater than or equal to', 'group.share.delivery.count.limit'],
  ['group.share.delivery.count.limit', 'greater than or equal to', 'group.share.min.delivery.count.limit'],
  ['group.share.max.partition.max.record.locks', 'greater than or equal to', 'group.share.partition.max.record.locks'],
  ['group.share.partition.max.record.locks', 'greater than or equal to', 'group.share.min.partition.max.record.locks'],
  ['group.share.record.lock.duration.ms', 'greater than or equal to', 'group.share.min.record.lock.duration.ms'],
  ['group.share.max.record.lock.duration.ms', 'greater than or equal to', 'group.share.record.lock.duration.ms'],
  ['group.share.max.share.sessions', 'greater than or equal to', 'group.share.max.size'],
]

const ASSIGNORS = 'org.apache.kafka.coordinator.group.assignor'

/** In the order in which Kafka asks. Throws CONFIG_INVALID with its message at the first that does not fit. */
export function checkGroupRules(config: NodeConfig): void {
  checkAssignors(config.get('group.consumer.assignors'), ['uniform', 'range', `${ASSIGNORS}.UniformAssignor`, `${ASSIGNORS}.RangeAssignor`])
  checkAssignors(config.get('group.share.assignors'), ['simple', `${ASSIGNORS}.SimpleAssignor`])
  checkOrder(config, boundsOf('consumer'))
  checkOrder(config, boundsOf('share').slice(0, -3))
  const assignors = config.get('group.share.assignors').length
  if (assignors !== 1) refuse(`group.share.assignors must contain exactly one assignor, but found ${assignors}`)
  checkOrder(config, boundsOf('share').slice(-3))
  checkOrder(config, [...boundsOf('streams'), ['group.streams.num.standby.replicas', 'less than or equal to', 'group.streams.max.standby.replicas']])
  checkOrder(config, SHARE_ORDER)
}

/** Others are classes of Java, which cannot be loaded here. */
function checkAssignors(names: readonly string[], known: readonly string[]): void {
  const other = names.find((name) => !known.includes(name))
  if (other !== undefined) refuse(`Class ${other} cannot be found`)
}

function boundsOf(kind: 'consumer' | 'share' | 'streams'): readonly Order[] {
  const heartbeat = `group.${kind}.heartbeat.interval.ms` as const
  const session = `group.${kind}.session.timeout.ms` as const
  return [
    ...between(heartbeat, `group.${kind}.min.heartbeat.interval.ms`, `group.${kind}.max.heartbeat.interval.ms`),
    ...between(session, `group.${kind}.min.session.timeout.ms`, `group.${kind}.max.session.timeout.ms`),
    [heartbeat, 'less than', session],
    ...between(`group.${kind}.assignment.interval.ms`, `group.${kind}.min.assignment.interval.ms`, `group.${kind}.max.assignment.interval.ms`),
  ]
}

function between(name: BrokerSettingName, least: BrokerSettingName, most: BrokerSettingName): readonly Order[] {
  return [
    [most, 'greater than or equal to', least],
    [name, 'greater than or equal to', least],
    [name, 'less than or equal to', most],
  ]
}

function checkOrder(config: NodeConfig, orders: readonly Order[]): void {
  for (const [left, relation, right] of orders) {
    if (!HOLDS[relation](Number(config.get(left)), Number(config.get(right)))) refuse(`${left} must be ${relation} ${right}`)
  }
}
