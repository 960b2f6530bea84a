import { int, type Settings } from '../setting.ts'
import { atLeast } from '../values/validators.ts'

/** Groups of Kafka Streams applications (KIP-1071). */
export const streamsGroupsSettings = {
  'group.streams.session.timeout.ms': int({
    default: 45_000,
    validator: atLeast(1),
    does: 'Milliseconds without a heartbeat after which a member is removed.',
  }),
  'group.streams.min.session.timeout.ms': int({ default: 45_000, validator: atLeast(1), does: 'The least that a group may set for it.' }),
  'group.streams.max.session.timeout.ms': int({ default: 60_000, validator: atLeast(1), does: 'The most that a group may set for it.' }),
  'group.streams.heartbeat.interval.ms': int({
    default: 5000,
    validator: atLeast(1),
    does: 'Milliseconds between the heartbeats that members are told to send.',
  }),
  'group.streams.min.heartbeat.interval.ms': int({ default: 5000, validator: atLeast(1), does: 'The least that a group may set for it.' }),
  'group.streams.max.heartbeat.interval.ms': int({ default: 15_000, validator: atLeast(1), does: 'The most that a group may set for it.' }),
  'group.streams.max.size': int({ default: 2_147_483_647, validator: atLeast(1), does: 'Members of one group.' }),
  'group.streams.assignment.interval.ms': int({
    default: 1000,
    validator: atLeast(0),
    update: 'cluster-wide',
    does: 'Milliseconds between two assignments of one group.',
  }),
  'group.streams.min.assignment.interval.ms': int({ default: 0, validator: atLeast(0), does: 'The least that a group may set for it.' }),
  'group.streams.max.assignment.interval.ms': int({ default: 15_000, validator: atLeast(0), does: 'The most that a group may set for it.' }),
  'group.streams.initial.rebalance.delay.ms': int({
    default: 3000,
    validator: atLeast(0),
    does: 'Milliseconds that a new group waits for more members before its first assignment.',
  }),
  'group.streams.num.standby.replicas': int({ default: 0, validator: atLeast(0), does: "Standby copies of each task's state." }),
  'group.streams.max.standby.replicas': int({ default: 2, validator: atLeast(0), does: 'The most that a group may set for it.' }),
} satisfies Settings
