import { boolean, double, int, long, type Settings, string } from '../setting.ts'
import { UNLIMITED } from '../values/setting-value.ts'
import { atLeast, between, nonEmptyString } from '../values/validators.ts'

/** Tiered storage (KIP-405) is a plug-in of Java classes. */
export const remoteStorageSettings = {
  'follower.fetch.last.tiered.offset.enable': boolean({ default: false, update: 'cluster-wide' }),
  'log.local.retention.bytes': long({ default: -2, validator: atLeast(-2), update: 'cluster-wide' }),
  'log.local.retention.ms': long({ default: -2, validator: atLeast(-2), update: 'cluster-wide' }),
  'remote.fetch.max.wait.ms': int({ default: 500, validator: atLeast(1), update: 'cluster-wide' }),
  'remote.list.offsets.request.timeout.ms': long({ default: 30_000, validator: atLeast(1), update: 'cluster-wide' }),
  'remote.log.index.file.cache.total.size.bytes': long({ default: 1_073_741_824, validator: atLeast(1), importance: 'low', update: 'cluster-wide' }),
  'remote.log.index.file.cache.ttl.ms': long({ default: 900_000, validator: atLeast(-1), importance: 'low', internal: true }),
  'remote.log.manager.copier.thread.pool.size': int({ default: 10, validator: atLeast(1), update: 'cluster-wide' }),
  'remote.log.manager.copy.max.bytes.per.second': long({ default: UNLIMITED, validator: atLeast(1), update: 'cluster-wide' }),
  'remote.log.manager.copy.quota.window.num': int({ default: 11, validator: atLeast(1) }),
  'remote.log.manager.copy.quota.window.size.seconds': int({ default: 1, validator: atLeast(1) }),
  'remote.log.manager.expiration.thread.pool.size': int({ default: 10, validator: atLeast(1), update: 'cluster-wide' }),
  'remote.log.manager.fetch.max.bytes.per.second': long({ default: UNLIMITED, validator: atLeast(1), update: 'cluster-wide' }),
  'remote.log.manager.fetch.quota.window.num': int({ default: 11, validator: atLeast(1) }),
  'remote.log.manager.fetch.quota.window.size.seconds': int({ default: 1, validator: atLeast(1) }),
  'remote.log.manager.follower.thread.pool.size': int({ default: 2, validator: atLeast(1), update: 'cluster-wide' }),
  'remote.log.manager.task.interval.ms': long({ default: 30_000, validator: atLeast(1), importance: 'low' }),
  'remote.log.manager.task.retry.backoff.max.ms': long({ default: 30_000, validator: atLeast(1), importance: 'low', internal: true }),
  'remote.log.manager.task.retry.backoff.ms': long({ default: 500, validator: atLeast(1), importance: 'low', internal: true }),
  'remote.log.manager.task.retry.jitter': double({ default: 0.2, validator: between(0, 0.5), importance: 'low', internal: true }),
  'remote.log.manager.thread.pool.size': int({ default: 2, validator: atLeast(1) }),
  'remote.log.metadata.custom.metadata.max.bytes': int({ default: 128, validator: atLeast(0), importance: 'low' }),
  'remote.log.metadata.manager.class.name': string({
    default: 'org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager',
    validator: nonEmptyString,
  }),
  'remote.log.metadata.manager.class.path': string({ default: null }),
  'remote.log.metadata.manager.impl.prefix': string({ default: 'rlmm.config.', validator: nonEmptyString }),
  'remote.log.metadata.manager.listener.name': string({ default: null, validator: nonEmptyString }),
  'remote.log.reader.max.pending.tasks': int({ default: 100, validator: atLeast(1) }),
  'remote.log.reader.threads': int({ default: 10, validator: atLeast(1), update: 'cluster-wide' }),
  'remote.log.storage.manager.class.name': string({ default: null, validator: nonEmptyString }),
  'remote.log.storage.manager.class.path': string({ default: null }),
  'remote.log.storage.manager.impl.prefix': string({ default: 'rsm.config.', validator: nonEmptyString }),
  'remote.log.storage.system.enable': boolean({ default: false, instead: 'Refused when true: tiered storage is a plug-in in Java.' }),
} satisfies Settings
