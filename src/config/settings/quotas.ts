import { int, javaClass, long, type Settings } from '../setting.ts'
import { UNLIMITED } from '../values/setting-value.ts'
import { atLeast } from '../values/validators.ts'

/** Windows over which rates are measured. The limits themselves are set by clients' tools, not here. */
export const quotasSettings = {
  'quota.window.num': int({ default: 11, validator: atLeast(1), importance: 'low', does: "Windows over which clients' rates are measured." }),
  'quota.window.size.seconds': int({ default: 1, validator: atLeast(1), importance: 'low', does: 'Seconds of each of these windows.' }),
  'replication.quota.window.num': int({ default: 11, validator: atLeast(1), importance: 'low', does: 'Windows over which throttled replication is measured.' }),
  'replication.quota.window.size.seconds': int({ default: 1, validator: atLeast(1), importance: 'low', does: 'Seconds of each of these windows.' }),
  'alter.log.dirs.replication.quota.window.num': int({
    default: 11,
    validator: atLeast(1),
    importance: 'low',
    instead: 'Moves between directories are measured over the windows of `replication.quota.window.num`.',
  }),
  'alter.log.dirs.replication.quota.window.size.seconds': int({
    default: 1,
    validator: atLeast(1),
    importance: 'low',
    instead: 'Seconds of these windows are those of `replication.quota.window.size.seconds`.',
  }),
  'controller.quota.window.num': int({
    default: 11,
    validator: atLeast(1),
    importance: 'low',
    does: 'Windows over which creations and deletions of topics and partitions are measured.',
  }),
  'controller.quota.window.size.seconds': int({ default: 1, validator: atLeast(1), importance: 'low', does: 'Seconds of each of these windows.' }),
  'client.quota.callback.class': javaClass({ default: null, importance: 'low' }),
} satisfies Settings

/** Limits that tools set on brokers and no file may hold (KIP-73). */
export const throttleSettings = {
  'leader.replication.throttled.rate': long({
    default: UNLIMITED,
    validator: atLeast(0),
    update: 'cluster-wide',
    does: 'Bytes a second that leaders of throttled replicas send to followers.',
  }),
  'follower.replication.throttled.rate': long({
    default: UNLIMITED,
    validator: atLeast(0),
    update: 'cluster-wide',
    does: 'Bytes a second that throttled replicas fetch from leaders.',
  }),
  'replica.alter.log.dirs.io.max.bytes.per.second': long({
    default: UNLIMITED,
    validator: atLeast(0),
    update: 'cluster-wide',
    does: 'Bytes a second that replicas may be moved with between directories.',
  }),
} satisfies Settings
