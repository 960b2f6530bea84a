import { int, list, long, type Settings, string } from '../setting.ts'
import { atLeast, listOf, oneOf } from '../values/validators.ts'

/** Listeners, connections, and what requests may cost. */
export const networkSettings = {
  listeners: list({
    default: ['PLAINTEXT://:9092'],
    validator: listOf({ empty: false }),
    importance: 'high',
    update: 'per-broker',
    does: 'The addresses to listen on, `NAME://host:port`; `localhost` takes both loopback addresses, an empty host takes all addresses.',
  }),
  'advertised.listeners': list({
    default: null,
    validator: listOf({ empty: false }),
    importance: 'high',
    does: 'The addresses told to clients and other nodes; those of `listeners` where not set.',
  }),
  'listener.security.protocol.map': string({
    default: 'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    importance: 'low',
    update: 'per-broker',
    does: 'The security protocol of each listener name.',
  }),
  'inter.broker.listener.name': string({ default: null, does: 'The listener through which brokers reach each other.' }),
  'security.inter.broker.protocol': string({
    default: 'PLAINTEXT',
    validator: oneOf('PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'),
    does: 'The security protocol among brokers, where `inter.broker.listener.name` is not set.',
  }),
  'early.start.listeners': list({
    default: null,
    validator: listOf({ empty: true }),
    importance: 'high',
    instead: 'Every listener opens when the node is ready to serve it.',
  }),
  'socket.listen.backlog.size': int({ default: 50, validator: atLeast(1), does: 'Connections that may wait to be accepted on a listener.' }),
  'socket.send.buffer.bytes': int({
    default: 102_400,
    importance: 'high',
    instead: 'Bytes of replies that a connection may buffer before the node stops reading from it; below 65536 it counts as 65536, and -1 leaves the default.',
  }),
  'socket.receive.buffer.bytes': int({
    default: 102_400,
    importance: 'high',
    instead: 'Bytes of requests that a connection may have read ahead before it waits; below 65536 it counts as 65536, and -1 leaves the default.',
  }),
  'socket.request.max.bytes': int({
    default: 104_857_600,
    validator: atLeast(1),
    importance: 'high',
    does: 'The largest request that is accepted, in bytes; a larger one closes its connection.',
  }),
  'max.connections': int({
    default: 2_147_483_647,
    validator: atLeast(0),
    update: 'cluster-wide',
    does: 'Connections to the node at a time, or with the prefix of a listener to that listener; more wait until others close.',
  }),
  'max.connections.per.ip': int({ default: 2_147_483_647, validator: atLeast(0), update: 'cluster-wide', does: 'Connections from one address at a time.' }),
  'max.connections.per.ip.overrides': string({
    default: '',
    update: 'cluster-wide',
    does: 'Limits of single addresses in place of `max.connections.per.ip`: `host:count,…`.',
  }),
  'max.connection.creation.rate': int({ default: 2_147_483_647, validator: atLeast(0), update: 'cluster-wide' }),
  'connections.max.idle.ms': long({ default: 600_000, does: 'Milliseconds without a request after which a connection is closed; -1 for never.' }),
  'connection.failed.authentication.delay.ms': int({
    default: 100,
    validator: atLeast(0),
    importance: 'low',
    does: 'Milliseconds between a failed authentication and the close of its connection.',
  }),
  'num.network.threads': int({
    default: 3,
    validator: atLeast(1),
    importance: 'high',
    update: 'cluster-wide',
    instead: 'One event loop serves all connections of a node; for more cores, start more nodes on the machine (`--nodes`).',
  }),
  'num.io.threads': int({
    default: 8,
    validator: atLeast(1),
    importance: 'high',
    update: 'cluster-wide',
    instead: 'File work that may block (flushes, recovery, reads far behind the end) runs on the threads of Node.js, as many as `UV_THREADPOOL_SIZE` says.',
  }),
  'queued.max.requests': int({
    default: 500,
    validator: atLeast(1),
    importance: 'high',
    instead: 'Requests that may wait for their turn on the whole node; beyond it, connections are not read.',
  }),
  'queued.max.request.bytes': long({
    default: -1,
    does: 'Bytes of requests in work on the whole node; beyond it, connections are not read; -1 for the built-in limit.',
  }),
  'request.timeout.ms': int({ default: 30_000, importance: 'high', does: 'Milliseconds that this node waits for the answer to a request of its own.' }),
  'socket.connection.setup.timeout.ms': long({
    default: 10_000,
    instead: 'A connection to another node must be there in the time of the request for which it is made.',
  }),
  'socket.connection.setup.timeout.max.ms': long({ default: 30_000, instead: 'As the setting before.' }),
  'fetch.max.bytes': int({
    default: 57_671_680,
    validator: atLeast(1024),
    does: 'The most bytes that one fetch is answered with, whatever the consumer asks for.',
  }),
  'max.incremental.fetch.session.cache.slots': int({ default: 1000, validator: atLeast(0), does: 'Fetch sessions that are kept at a time.' }),
  'fetch.purgatory.purge.interval.requests': int({ default: 1000, instead: 'Finished waits are forgotten at once.' }),
  'producer.purgatory.purge.interval.requests': int({ default: 1000, instead: 'Finished waits are forgotten at once.' }),
  'delete.records.purgatory.purge.interval.requests': int({ default: 1, instead: 'Finished waits are forgotten at once.' }),
  'max.request.partition.size.limit': int({
    default: 2000,
    validator: atLeast(1),
    does: 'Partitions that one DescribeTopicPartitions request is answered with.',
  }),
} satisfies Settings
