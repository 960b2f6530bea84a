import type { BrokerSettingName } from './broker-settings.ts'
import { boolean, double, int, list, long, type Settings, string, type ValueOf } from './setting.ts'
import { UNLIMITED } from './values/setting-value.ts'
import { atLeast, between, gzipLevel, listOf, oneOf, throttledReplicas } from './values/validators.ts'

/** Settings of one topic, which stand over the values of the broker. */
export const topicSettings = {
  'cleanup.policy': list({
    default: ['delete'],
    validator: listOf({ empty: true, items: ['compact', 'delete'] }),
    does: 'What becomes of old records: `delete`, `compact` (the last of each key stays; nothing is compacted yet), both or, empty, nothing.',
  }),
  'compression.type': string({
    default: 'producer',
    validator: oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
    does: 'How batches are stored: as the producer compressed them (`producer`), or with this codec.',
  }),
  'compression.gzip.level': int({ default: -1, validator: gzipLevel, does: 'The level where the broker itself compresses with gzip.' }),
  'compression.lz4.level': int({ default: 9, validator: between(1, 17), does: 'The level where the broker itself compresses with lz4.' }),
  'compression.zstd.level': int({ default: 3, validator: between(-131_072, 22), does: 'The level where the broker itself compresses with zstd.' }),
  'delete.retention.ms': long({ default: 86_400_000, validator: atLeast(0), does: 'Milliseconds that a deletion mark stays in a compacted log.' }),
  'file.delete.delay.ms': long({ default: 60_000, validator: atLeast(0), does: 'Milliseconds between taking a file out of use and deleting it.' }),
  'flush.messages': long({
    default: UNLIMITED,
    validator: atLeast(1),
    does: 'Records after which a partition is flushed to the device; 1 flushes each write before it is acknowledged.',
  }),
  'flush.ms': long({ default: UNLIMITED, validator: atLeast(0), does: 'Milliseconds that records may wait to be flushed.' }),
  'follower.replication.throttled.replicas': list({
    default: [],
    validator: throttledReplicas,
    does: "Replicas whose copying is throttled on the follower's side: `partition:broker,…`, or `*`.",
  }),
  'leader.replication.throttled.replicas': list({
    default: [],
    validator: throttledReplicas,
    does: "Replicas whose copying is throttled on the leader's side: `partition:broker,…`, or `*`.",
  }),
  'index.interval.bytes': int({ default: 4096, validator: atLeast(0), does: 'Bytes of records between two entries of the offset index.' }),
  'max.compaction.lag.ms': long({
    default: UNLIMITED,
    validator: atLeast(1),
    does: 'Milliseconds after which a record is compacted, however little there is to do.',
  }),
  'min.compaction.lag.ms': long({ default: 0, validator: atLeast(0), does: 'Milliseconds that a record stays as it is before it may be compacted.' }),
  'min.cleanable.dirty.ratio': double({ default: 0.5, validator: between(0, 1), does: 'The part of the log that must be not yet compacted before it is.' }),
  'max.message.bytes': int({
    default: 1_048_588,
    validator: atLeast(0),
    does: 'The largest batch of records that a partition takes, in bytes, as compressed.',
  }),
  'message.timestamp.type': string({
    default: 'CreateTime',
    validator: oneOf('CreateTime', 'LogAppendTime'),
    does: "Whose time stands in a record: the producer's (`CreateTime`) or the broker's (`LogAppendTime`).",
  }),
  'message.timestamp.before.max.ms': long({
    default: UNLIMITED,
    validator: atLeast(0),
    does: "Milliseconds that a producer's timestamp may lie behind the broker's clock.",
  }),
  'message.timestamp.after.max.ms': long({
    default: 3_600_000,
    validator: atLeast(0),
    does: "Milliseconds that a producer's timestamp may lie ahead of the broker's clock.",
  }),
  'min.insync.replicas': int({ default: 1, validator: atLeast(1), does: 'In-sync replicas without which a write with acks=all is refused.' }),
  preallocate: boolean({ default: false, instead: 'Files grow as they are written.' }),
  'retention.bytes': long({ default: -1, does: 'Bytes that a partition keeps before its oldest segments go; -1 for no limit.' }),
  'retention.ms': long({ default: 604_800_000, validator: atLeast(-1), does: 'Milliseconds that records are kept; -1 for ever.' }),
  'segment.bytes': int({ default: 1_073_741_824, validator: atLeast(1_048_576), does: 'The size at which a new segment file is begun, in bytes.' }),
  'segment.ms': long({
    default: 604_800_000,
    validator: atLeast(1),
    does: 'Milliseconds after which a new segment file is begun, though the old one is not full.',
  }),
  'segment.jitter.ms': long({
    default: 0,
    validator: atLeast(0),
    does: 'The most milliseconds taken off `segment.ms` at random, so that partitions do not roll together.',
  }),
  'segment.index.bytes': int({ default: 10_485_760, validator: atLeast(4), does: 'The size at which a full index begins a new segment, in bytes.' }),
  'unclean.leader.election.enable': boolean({
    default: false,
    does: 'Whether a replica that is not in sync may become leader when no other is left, losing records.',
  }),
  'internal.segment.bytes': int({ default: null, internal: true, instead: '`segment.bytes` counts.' }),
  'local.retention.bytes': long({ default: -2, validator: atLeast(-2) }),
  'local.retention.ms': long({ default: -2, validator: atLeast(-2) }),
  'remote.storage.enable': boolean({ default: false }),
  'remote.log.copy.disable': boolean({ default: false }),
  'remote.log.delete.on.disable': boolean({ default: false }),
} satisfies Settings

export type TopicSettingName = keyof typeof topicSettings

export type TopicValue<Name extends TopicSettingName> = ValueOf<(typeof topicSettings)[Name]>

/** A setting of the broker that a topic falls back to. Its value times `unitMs`, where given, is the topic's. */
export interface TopicSynonym {
  readonly name: BrokerSettingName
  readonly unitMs?: number
}

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** What stands for a topic's setting where the topic has none: the first of these that is set. */
export const topicSynonyms: Readonly<Partial<Record<TopicSettingName, readonly TopicSynonym[]>>> = {
  'cleanup.policy': [{ name: 'log.cleanup.policy' }],
  'compression.type': [{ name: 'compression.type' }],
  'compression.gzip.level': [{ name: 'compression.gzip.level' }],
  'compression.lz4.level': [{ name: 'compression.lz4.level' }],
  'compression.zstd.level': [{ name: 'compression.zstd.level' }],
  'delete.retention.ms': [{ name: 'log.cleaner.delete.retention.ms' }],
  'file.delete.delay.ms': [{ name: 'log.segment.delete.delay.ms' }],
  'flush.messages': [{ name: 'log.flush.interval.messages' }],
  'flush.ms': [{ name: 'log.flush.interval.ms' }, { name: 'log.flush.scheduler.interval.ms' }],
  'index.interval.bytes': [{ name: 'log.index.interval.bytes' }],
  'max.compaction.lag.ms': [{ name: 'log.cleaner.max.compaction.lag.ms' }],
  'min.compaction.lag.ms': [{ name: 'log.cleaner.min.compaction.lag.ms' }],
  'min.cleanable.dirty.ratio': [{ name: 'log.cleaner.min.cleanable.ratio' }],
  'max.message.bytes': [{ name: 'message.max.bytes' }],
  'message.timestamp.type': [{ name: 'log.message.timestamp.type' }],
  'message.timestamp.before.max.ms': [{ name: 'log.message.timestamp.before.max.ms' }],
  'message.timestamp.after.max.ms': [{ name: 'log.message.timestamp.after.max.ms' }],
  'min.insync.replicas': [{ name: 'min.insync.replicas' }],
  preallocate: [{ name: 'log.preallocate' }],
  'retention.bytes': [{ name: 'log.retention.bytes' }],
  'retention.ms': [{ name: 'log.retention.ms' }, { name: 'log.retention.minutes', unitMs: MINUTE_MS }, { name: 'log.retention.hours', unitMs: HOUR_MS }],
  'segment.bytes': [{ name: 'log.segment.bytes' }],
  'segment.ms': [{ name: 'log.roll.ms' }, { name: 'log.roll.hours', unitMs: HOUR_MS }],
  'segment.jitter.ms': [{ name: 'log.roll.jitter.ms' }, { name: 'log.roll.jitter.hours', unitMs: HOUR_MS }],
  'segment.index.bytes': [{ name: 'log.index.size.max.bytes' }],
  'unclean.leader.election.enable': [{ name: 'unclean.leader.election.enable' }],
  'local.retention.bytes': [{ name: 'log.local.retention.bytes' }],
  'local.retention.ms': [{ name: 'log.local.retention.ms' }],
}
