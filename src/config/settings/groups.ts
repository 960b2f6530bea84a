import { int, list, long, type Settings, short } from '../setting.ts'
import { atLeast, listOf } from '../values/validators.ts'

/** Group membership by the classic protocol, and committed offsets. */
export const groupsSettings = {
  'group.coordinator.rebalance.protocols': list({
    default: ['classic', 'consumer', 'streams'],
    validator: listOf({ empty: false, items: ['consumer', 'classic', 'share', 'streams'] }),
    does: 'The kinds of groups that may form.',
  }),
  'group.min.session.timeout.ms': int({ default: 6000, does: 'The shortest session that a member of a classic group may ask for, in milliseconds.' }),
  'group.max.session.timeout.ms': int({ default: 1_800_000, does: 'The longest session that a member of a classic group may ask for, in milliseconds.' }),
  'group.initial.rebalance.delay.ms': int({
    default: 3000,
    does: 'Milliseconds that an empty classic group waits for more members before its first assignment.',
  }),
  'group.max.size': int({ default: 2_147_483_647, validator: atLeast(1), does: 'Members of one classic group.' }),
  'group.coordinator.threads': int({ default: 4, validator: atLeast(1), importance: 'high', instead: "Groups are served by the node's one event loop." }),
  'group.coordinator.background.threads': int({
    default: 2,
    validator: atLeast(1),
    importance: 'high',
    instead: "Assignments are computed in slices on the node's one event loop.",
  }),
  'group.coordinator.append.linger.ms': int({
    default: -1,
    validator: atLeast(-1),
    does: 'Milliseconds that records of groups are gathered before they are written; -1 adapts to the load.',
  }),
  'group.coordinator.cached.buffer.max.bytes': int({
    default: 1_048_588,
    validator: atLeast(524_288),
    update: 'cluster-wide',
    instead: 'No buffer is kept between writes.',
  }),
  'offsets.topic.num.partitions': int({
    default: 50,
    validator: atLeast(1),
    importance: 'high',
    does: 'Partitions of `__consumer_offsets`; must not change once it exists.',
  }),
  'offsets.topic.replication.factor': short({ default: 3, validator: atLeast(1), importance: 'high', does: 'Replicas of `__consumer_offsets`.' }),
  'offsets.topic.segment.bytes': int({
    default: 104_857_600,
    validator: atLeast(1),
    importance: 'high',
    does: 'The size at which a new segment of `__consumer_offsets` is begun, in bytes.',
  }),
  'offsets.topic.compression.codec': int({
    default: 0,
    importance: 'high',
    does: 'The codec of `__consumer_offsets`, by its number (0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd).',
  }),
  'offsets.load.buffer.size': int({
    default: 5_242_880,
    validator: atLeast(1),
    importance: 'high',
    does: 'Bytes read at a time while offsets and groups are loaded.',
  }),
  'offsets.retention.minutes': int({
    default: 10_080,
    validator: atLeast(1),
    importance: 'high',
    does: 'Minutes that the offsets of an empty group are kept.',
  }),
  'offsets.retention.check.interval.ms': long({
    default: 600_000,
    validator: atLeast(1),
    importance: 'high',
    does: 'Milliseconds between looks for offsets to forget.',
  }),
  'offsets.commit.timeout.ms': int({
    default: 5000,
    validator: atLeast(1),
    importance: 'high',
    does: 'Milliseconds within which a commit must be on all in-sync replicas, else it fails.',
  }),
  'offset.metadata.max.bytes': int({ default: 4096, importance: 'high', does: 'Bytes of metadata that may go with a committed offset.' }),
} satisfies Settings
