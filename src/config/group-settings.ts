import type { BrokerSettingName } from './broker-settings.ts'
import { boolean, int, type Settings, string } from './setting.ts'
import { atLeast, oneOf, shareOffsetReset } from './values/validators.ts'

/** Settings of one group, which stand over the values of the broker (KIP-848, KIP-932, KIP-1071). */
export const groupSettings = {
  'consumer.session.timeout.ms': int({ default: 45_000, validator: atLeast(1), does: 'Milliseconds without a heartbeat after which a member is removed.' }),
  'consumer.heartbeat.interval.ms': int({ default: 5000, validator: atLeast(1), does: 'Milliseconds between the heartbeats that members are told to send.' }),
  'consumer.assignment.interval.ms': int({ default: 1000, validator: atLeast(0), does: 'Milliseconds between two assignments of the group.' }),
  'share.session.timeout.ms': int({
    default: 45_000,
    validator: atLeast(1),
    does: 'Milliseconds without a heartbeat after which a member of a share group is removed.',
  }),
  'share.heartbeat.interval.ms': int({
    default: 5000,
    validator: atLeast(1),
    does: 'Milliseconds between the heartbeats that members of a share group are told to send.',
  }),
  'share.assignment.interval.ms': int({ default: 1000, validator: atLeast(0), does: 'Milliseconds between two assignments of a share group.' }),
  'share.auto.offset.reset': string({ default: 'latest', validator: shareOffsetReset, does: 'Where a share group begins in a partition that is new to it.' }),
  'share.isolation.level': string({
    default: 'read_uncommitted',
    validator: oneOf('read_committed', 'read_uncommitted'),
    does: 'Whether a share group sees records of transactions that are not committed.',
  }),
  'share.delivery.count.limit': int({ default: 5, validator: atLeast(2), does: 'Deliveries of a record before it is given up.' }),
  'share.partition.max.record.locks': int({ default: 2000, validator: atLeast(100), does: 'Records of one partition that may be out for delivery at a time.' }),
  'share.record.lock.duration.ms': int({
    default: 30_000,
    validator: atLeast(1000),
    does: 'Milliseconds that a consumer has for a record before another may get it.',
  }),
  'share.renew.acknowledge.enable': boolean({ default: true, does: 'Whether a consumer may ask for more time for a record.' }),
  'streams.session.timeout.ms': int({
    default: 45_000,
    validator: atLeast(1),
    does: 'Milliseconds without a heartbeat after which a member of a streams group is removed.',
  }),
  'streams.heartbeat.interval.ms': int({
    default: 5000,
    validator: atLeast(1),
    does: 'Milliseconds between the heartbeats that members of a streams group are told to send.',
  }),
  'streams.assignment.interval.ms': int({ default: 1000, validator: atLeast(0), does: 'Milliseconds between two assignments of a streams group.' }),
  'streams.initial.rebalance.delay.ms': int({
    default: 3000,
    validator: atLeast(0),
    does: 'Milliseconds that a new streams group waits for more members before its first assignment.',
  }),
  'streams.num.standby.replicas': int({ default: 0, validator: atLeast(0), does: "Standby copies of each task's state." }),
} satisfies Settings

export type GroupSettingName = keyof typeof groupSettings

/** The setting of the broker that stands for a group's where the group has none. */
export const groupSynonyms: Readonly<Partial<Record<GroupSettingName, BrokerSettingName>>> = {
  'consumer.session.timeout.ms': 'group.consumer.session.timeout.ms',
  'consumer.heartbeat.interval.ms': 'group.consumer.heartbeat.interval.ms',
  'consumer.assignment.interval.ms': 'group.consumer.assignment.interval.ms',
  'share.session.timeout.ms': 'group.share.session.timeout.ms',
  'share.heartbeat.interval.ms': 'group.share.heartbeat.interval.ms',
  'share.assignment.interval.ms': 'group.share.assignment.interval.ms',
  'share.delivery.count.limit': 'group.share.delivery.count.limit',
  'share.partition.max.record.locks': 'group.share.partition.max.record.locks',
  'share.record.lock.duration.ms': 'group.share.record.lock.duration.ms',
  'streams.session.timeout.ms': 'group.streams.session.timeout.ms',
  'streams.heartbeat.interval.ms': 'group.streams.heartbeat.interval.ms',
  'streams.assignment.interval.ms': 'group.streams.assignment.interval.ms',
  'streams.initial.rebalance.delay.ms': 'group.streams.initial.rebalance.delay.ms',
  'streams.num.standby.replicas': 'group.streams.num.standby.replicas',
}
