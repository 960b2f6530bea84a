import { boolean, double, int, long, type Settings } from '../setting.ts'
import { UNLIMITED } from '../values/setting-value.ts'
import { atLeast, between } from '../values/validators.ts'

/** Compaction of topics whose `cleanup.policy` holds `compact`. */
export const cleanerSettings = {
  'log.cleaner.enable': boolean({ default: true, does: 'Whether logs are compacted.' }),
  'log.cleaner.threads': int({
    default: 1,
    validator: atLeast(0),
    update: 'cluster-wide',
    instead: "Logs that are compacted at a time, in turns on the node's one event loop; 0 for none.",
  }),
  'log.cleaner.backoff.ms': long({ default: 15_000, validator: atLeast(0), update: 'cluster-wide', does: 'Milliseconds between looks for logs to compact.' }),
  'log.cleaner.dedupe.buffer.size': long({ default: 134_217_728, update: 'cluster-wide', does: 'Bytes of memory for the keys of logs being compacted.' }),
  'log.cleaner.io.buffer.size': int({
    default: 524_288,
    validator: atLeast(0),
    update: 'cluster-wide',
    does: 'Bytes read and written at a time by compaction.',
  }),
  'log.cleaner.io.buffer.load.factor': double({ default: 0.9, update: 'cluster-wide', does: 'How full the table of keys may become.' }),
  'log.cleaner.io.max.bytes.per.second': double({
    default: Number.MAX_VALUE,
    update: 'cluster-wide',
    does: 'Bytes a second that compaction may read and write.',
  }),
  'log.cleaner.min.cleanable.ratio': double({
    default: 0.5,
    validator: between(0, 1),
    update: 'cluster-wide',
    does: 'The part of a log that must be not yet compacted before it is.',
  }),
  'log.cleaner.min.compaction.lag.ms': long({
    default: 0,
    validator: atLeast(0),
    update: 'cluster-wide',
    does: 'Milliseconds that a record stays as it is before it may be compacted.',
  }),
  'log.cleaner.max.compaction.lag.ms': long({
    default: UNLIMITED,
    validator: atLeast(1),
    update: 'cluster-wide',
    does: 'Milliseconds after which a record is compacted, however little there is to do.',
  }),
  'log.cleaner.delete.retention.ms': long({
    default: 86_400_000,
    validator: atLeast(0),
    update: 'cluster-wide',
    does: 'Milliseconds that a deletion mark stays in a compacted log.',
  }),
} satisfies Settings
