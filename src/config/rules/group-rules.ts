import type { BrokerSettingName } from '../broker-settings.ts'
import { type GroupSettingName, groupSettings, groupSynonyms } from '../group-settings.ts'
import type { NodeConfig } from '../node-config.ts'
import type { Setting } from '../setting.ts'
import { parseSetting } from '../values/parse-value.ts'
import type { SettingValue } from '../values/setting-value.ts'

type Bound = readonly [name: GroupSettingName, least: BrokerSettingName | null, most: BrokerSettingName]

/** The settings of the broker within which a group's must stay, in the order in which Kafka looks at them. */
const BOUNDS: readonly Bound[] = [
  ['consumer.heartbeat.interval.ms', 'group.consumer.min.heartbeat.interval.ms', 'group.consumer.max.heartbeat.interval.ms'],
  ['consumer.session.timeout.ms', 'group.consumer.min.session.timeout.ms', 'group.consumer.max.session.timeout.ms'],
  ['consumer.assignment.interval.ms', 'group.consumer.min.assignment.interval.ms', 'group.consumer.max.assignment.interval.ms'],
  ['share.heartbeat.interval.ms', 'group.share.min.heartbeat.interval.ms', 'group.share.max.heartbeat.interval.ms'],
  ['share.session.timeout.ms', 'group.share.min.session.timeout.ms', 'group.share.max.session.timeout.ms'],
  ['share.record.lock.duration.ms', 'group.share.min.record.lock.duration.ms', 'group.share.max.record.lock.duration.ms'],
  ['share.delivery.count.limit', 'group.share.min.delivery.count.limit', 'group.share.max.delivery.count.limit'],
  ['share.partition.max.record.locks', 'group.share.min.partition.max.record.locks', 'group.share.max.partition.max.record.locks'],
  ['share.assignment.interval.ms', 'group.share.min.assignment.interval.ms', 'group.share.max.assignment.interval.ms'],
  ['streams.heartbeat.interval.ms', 'group.streams.min.heartbeat.interval.ms', 'group.streams.max.heartbeat.interval.ms'],
  ['streams.session.timeout.ms', 'group.streams.min.session.timeout.ms', 'group.streams.max.session.timeout.ms'],
  ['streams.num.standby.replicas', null, 'group.streams.max.standby.replicas'],
  ['streams.assignment.interval.ms', 'group.streams.min.assignment.interval.ms', 'group.streams.max.assignment.interval.ms'],
]

/** Bounded only where the group itself sets them. */
const BOUNDED_WHEN_SET: ReadonlySet<GroupSettingName> = new Set([
  'consumer.assignment.interval.ms',
  'share.assignment.interval.ms',
  'streams.assignment.interval.ms',
])

/** A session must outlast a heartbeat. */
const SESSIONS: readonly (readonly [session: GroupSettingName, heartbeat: GroupSettingName])[] = [
  ['consumer.session.timeout.ms', 'consumer.heartbeat.interval.ms'],
  ['share.session.timeout.ms', 'share.heartbeat.interval.ms'],
  ['streams.session.timeout.ms', 'streams.heartbeat.interval.ms'],
]

/**
 * Why Kafka would refuse these as the settings of a group: the message that goes with INVALID_CONFIG; null when it takes them.
 *
 * @param overrides all settings that the group would have
 * Source: org.apache.kafka.coordinator.group.GroupConfig.
 */
export function groupConfigRefusal(node: NodeConfig, overrides: ReadonlyMap<string, string>): string | null {
  for (const name of overrides.keys()) if (!Object.hasOwn(groupSettings, name)) return `Unknown group config name: ${name}`
  const values = new Map<string, SettingValue>()
  for (const [name, text] of overrides) {
    const parsed = parseSetting<SettingValue>(name, groupSettings[name as GroupSettingName] as Setting<SettingValue>, text)
    if (parsed.refusal !== undefined) return parsed.refusal
    values.set(name, parsed.value)
  }
  return boundsRefusal(node, values) ?? sessionRefusal(node, values)
}

function boundsRefusal(node: NodeConfig, values: ReadonlyMap<string, SettingValue>): string | null {
  for (const [name, least, most] of BOUNDS) {
    if (BOUNDED_WHEN_SET.has(name) && !values.has(name)) continue
    const value = inForce(node, name, values)
    if (least !== null && value < numberOf(node.get(least))) return `${name} must be greater than or equal to ${least}`
    if (value > numberOf(node.get(most))) return `${name} must be less than or equal to ${most}`
  }
  return null
}

function sessionRefusal(node: NodeConfig, values: ReadonlyMap<string, SettingValue>): string | null {
  const short = SESSIONS.find(([session, heartbeat]) => inForce(node, session, values) <= inForce(node, heartbeat, values))
  return short === undefined ? null : `${short[0]} must be greater than ${short[1]}`
}

function inForce(node: NodeConfig, name: GroupSettingName, values: ReadonlyMap<string, SettingValue>): number {
  const synonym = groupSynonyms[name]
  return numberOf(values.get(name) ?? (synonym === undefined ? groupSettings[name].default : node.get(synonym)))
}

/** The bounded settings are all numbers. */
function numberOf(value: SettingValue | undefined): number {
  return typeof value === 'number' ? value : Number.NaN
}
