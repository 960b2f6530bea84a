import { boolean, int, long, type Settings, string } from '../setting.ts'
import { atLeast, between, oneOf } from '../values/validators.ts'

/** Odradek's own settings, which Apache Kafka does not know. They are kept few: what Kafka has a name for goes by that name. */
export const odradekSettings = {
  'odradek.open.files.max': int({
    default: 1000,
    validator: atLeast(16),
    does: 'Files of partitions that are open at a time, and no more than half of what the process may have; further ones are closed and opened again when needed.',
  }),
  'odradek.decompression.max.bytes': int({
    default: 67_108_864,
    validator: atLeast(1_048_576),
    does: 'The size up to which a snappy block, and records that have to be compressed anew, may inflate, since they do as a whole; a larger batch is refused.',
  }),
  'metrics.port': int({
    default: 9404,
    validator: between(0, 65_535),
    does: 'Where `/metrics`, `/healthz` and `/readyz` are served over HTTP; 0 serves them nowhere. If the default port is taken, a warning says so and the node goes without; a port that was set must be free.',
  }),
  'metrics.host': string({
    default: null,
    does: 'The address on which `metrics.port` is opened; where not given, that of the first listener.',
  }),
  'metrics.capacity.bytes.in': long({
    default: 0,
    validator: atLeast(0),
    does: 'Bytes per second that producers may write to this node before it is full, as you have measured it: told as `bytes_in_capacity`, for an alert on what is near to it. 0: not known, and not told.',
  }),
  'metrics.clients.max': int({
    default: 1000,
    validator: atLeast(1),
    does: 'Client ids of which `/metrics` tells what they produce and consume, and clients whose own metrics it shows, at most. Further ids are told together as `other`; of clients that push metrics one whose connection is closed or that is late makes room.',
  }),
  'metrics.group.partitions.max': int({
    default: 50_000,
    validator: atLeast(1),
    does: 'Partitions of groups of which `/metrics` of their coordinator tells the lag, and groups of which it tells members and rebalances, at most; those of groups with members first. What is left out is told as `consumer_lag_left_out` and `groups_left_out`.',
  }),
  'odradek.member.connection.grace.ms': int({
    default: -1,
    validator: atLeast(-1),
    does: 'Milliseconds after which a dynamic member of a group is removed when its connections are closed and it does not come back; -1 lets it stay until its session ends, as in Kafka.',
  }),
  'odradek.broker.connection.grace.ms': int({
    default: -1,
    validator: atLeast(-1),
    does: 'Milliseconds after which the active controller fences a broker whose connection to it closed and that does not come back, and a controller that lost its connection to the active one stands for election; -1 waits for `broker.session.timeout.ms` and `controller.quorum.fetch.timeout.ms`, as Kafka does.',
  }),
  'odradek.replication.factor.capped': boolean({
    default: false,
    does: 'Whether a replication factor that stands in a setting is lowered to the number of brokers that the cluster has, so that a cluster may begin with one node. One that a request names is taken as it is.',
  }),
  'odradek.control.port': int({
    default: -1,
    validator: between(-1, 65_535),
    does: 'For tests: where faults, resets and waits are asked for over HTTP, on 127.0.0.1 alone; 0 takes a free port, -1 opens none.',
  }),
  'odradek.control.clock': string({
    default: 'real',
    validator: oneOf('real', 'manual'),
    does: "For tests: `manual` lets the node's time stand still until the control port is told to let it pass.",
  }),
} satisfies Settings
