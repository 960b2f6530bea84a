import { boolean, int, long, type Settings, string } from '../setting.ts'
import { atLeast } from '../values/validators.ts'

/** Copies of partitions: followers, the in-sync set, elections. */
export const replicationSettings = {
  'min.insync.replicas': int({
    default: 1,
    validator: atLeast(1),
    importance: 'high',
    update: 'cluster-wide',
    does: 'In-sync replicas without which a write with acks=all is refused.',
  }),
  'unclean.leader.election.enable': boolean({
    default: false,
    importance: 'high',
    update: 'cluster-wide',
    does: 'Whether a replica that is not in sync may become leader when no other is left, losing records.',
  }),
  'unclean.leader.election.interval.ms': long({
    default: 300_000,
    validator: atLeast(1),
    internal: true,
    does: "Milliseconds between the controller's looks for partitions that an unclean election would help.",
  }),
  'auto.leader.rebalance.enable': boolean({ default: true, importance: 'high', does: 'Whether leadership goes back to the preferred replicas by itself.' }),
  'leader.imbalance.check.interval.seconds': long({
    default: 300,
    validator: atLeast(1),
    importance: 'high',
    does: 'Seconds between looks for leadership that should go back.',
  }),
  'num.replica.fetchers': int({
    default: 1,
    validator: atLeast(1),
    importance: 'high',
    update: 'cluster-wide',
    does: 'Connections to each other broker over which this one copies partitions.',
  }),
  'num.replica.alter.log.dirs.threads': int({ default: null, importance: 'high', instead: "Moves between directories run on the node's one event loop." }),
  'replica.lag.time.max.ms': long({
    default: 30_000,
    importance: 'high',
    does: 'Milliseconds without having caught up after which a follower leaves the in-sync set.',
  }),
  'replica.fetch.max.bytes': int({ default: 1_048_576, validator: atLeast(0), does: 'Bytes of one partition that a follower asks for at a time.' }),
  'replica.fetch.min.bytes': int({ default: 1, importance: 'high', does: 'Bytes for which a leader waits before it answers a follower.' }),
  'replica.fetch.wait.max.ms': int({ default: 500, importance: 'high', does: 'Milliseconds that a leader may wait before it answers a follower.' }),
  'replica.fetch.response.max.bytes': int({
    default: 10_485_760,
    validator: atLeast(0),
    does: 'Bytes that a follower asks for at a time, all partitions together.',
  }),
  'replica.fetch.backoff.ms': int({ default: 1000, validator: atLeast(0), does: 'Milliseconds that a follower waits after a failed fetch of a partition.' }),
  'replica.socket.timeout.ms': int({ default: 30_000, importance: 'high', does: 'Milliseconds that a follower waits for an answer.' }),
  'replica.socket.receive.buffer.bytes': int({ default: 65_536, importance: 'high', instead: 'The operating system sizes the buffers of these connections.' }),
  'replica.high.watermark.checkpoint.interval.ms': long({ default: 5000, importance: 'high', does: 'Milliseconds between writes of the high watermarks.' }),
  'replica.selector.class': string({
    default: null,
    does: "Kafka's `RackAwareReplicaSelector` sends consumers to a replica in their own rack; without it they read from the leader.",
  }),
} satisfies Settings
