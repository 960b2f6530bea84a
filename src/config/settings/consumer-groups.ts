import { int, list, type Settings, string } from '../setting.ts'
import { atLeast, listOf, oneOfIgnoringCase } from '../values/validators.ts'

/** Groups of the protocol of KIP-848. */
export const consumerGroupsSettings = {
  'group.consumer.session.timeout.ms': int({
    default: 45_000,
    validator: atLeast(1),
    does: 'Milliseconds without a heartbeat after which a member is removed.',
  }),
  'group.consumer.min.session.timeout.ms': int({ default: 45_000, validator: atLeast(1), does: 'The least that a group may set for it.' }),
  'group.consumer.max.session.timeout.ms': int({ default: 60_000, validator: atLeast(1), does: 'The most that a group may set for it.' }),
  'group.consumer.heartbeat.interval.ms': int({
    default: 5000,
    validator: atLeast(1),
    does: 'Milliseconds between the heartbeats that members are told to send.',
  }),
  'group.consumer.min.heartbeat.interval.ms': int({ default: 5000, validator: atLeast(1), does: 'The least that a group may set for it.' }),
  'group.consumer.max.heartbeat.interval.ms': int({ default: 15_000, validator: atLeast(1), does: 'The most that a group may set for it.' }),
  'group.consumer.max.size': int({ default: 2_147_483_647, validator: atLeast(1), does: 'Members of one group.' }),
  'group.consumer.assignors': list({
    default: ['uniform', 'range'],
    validator: listOf({ empty: false }),
    does: 'The assignors on offer, the first being the default: `uniform`, `range`.',
  }),
  'group.consumer.assignment.interval.ms': int({
    default: 1000,
    validator: atLeast(0),
    update: 'cluster-wide',
    does: 'Milliseconds between two assignments of one group.',
  }),
  'group.consumer.min.assignment.interval.ms': int({ default: 0, validator: atLeast(0), does: 'The least that a group may set for it.' }),
  'group.consumer.max.assignment.interval.ms': int({ default: 15_000, validator: atLeast(0), does: 'The most that a group may set for it.' }),
  'group.consumer.migration.policy': string({
    default: 'bidirectional',
    validator: oneOfIgnoringCase('DISABLED', 'DOWNGRADE', 'UPGRADE', 'BIDIRECTIONAL'),
    does: 'Which way a group may change between the classic and this protocol while it has members.',
  }),
  'group.consumer.regex.refresh.interval.ms': int({
    default: 600_000,
    validator: atLeast(10_000),
    internal: true,
    does: "Milliseconds between looks for new topics that match the groups' regular expressions.",
  }),
} satisfies Settings
