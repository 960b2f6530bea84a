import { boolean, int, list, long, type Settings, string } from '../setting.ts'
import { atLeast, bootstrapServers, listOf, quorumVoters } from '../values/validators.ts'

/** The metadata log, the controllers that agree on it, and the controller's own work. */
export const quorumSettings = {
  'controller.listener.names': list({
    validator: listOf({ empty: false }),
    importance: 'high',
    does: 'The names of the listeners that controllers use; brokers reach the controllers by the first.',
  }),
  'controller.quorum.voters': list({ default: [], validator: quorumVoters, importance: 'high', does: 'The controllers of a static quorum: `id@host:port,…`.' }),
  'controller.quorum.bootstrap.servers': list({
    default: [],
    validator: bootstrapServers,
    importance: 'high',
    does: 'Addresses at which a dynamic quorum is found: `host:port,…`.',
  }),
  'controller.quorum.auto.join.enable': boolean({ default: false, importance: 'low', does: 'Whether a controller asks to become a voter when it starts.' }),
  'controller.quorum.election.timeout.ms': int({
    default: 1000,
    validator: atLeast(0),
    importance: 'high',
    does: 'Milliseconds that a candidate waits for votes before it tries again.',
  }),
  'controller.quorum.election.backoff.max.ms': int({
    default: 1000,
    validator: atLeast(0),
    importance: 'high',
    does: 'The most milliseconds between two elections that failed.',
  }),
  'controller.quorum.fetch.timeout.ms': int({
    default: 2000,
    validator: atLeast(0),
    importance: 'high',
    does: "Milliseconds without a leader's answer after which a voter stands for election, and without followers after which a leader resigns.",
  }),
  'controller.quorum.request.timeout.ms': int({ default: 2000, validator: atLeast(0), does: "Milliseconds that the quorum's requests may take." }),
  'controller.quorum.retry.backoff.ms': int({
    default: 20,
    validator: atLeast(0),
    importance: 'low',
    does: "Milliseconds between attempts of a quorum's request.",
  }),
  'controller.quorum.append.linger.ms': int({
    default: 25,
    validator: atLeast(0),
    instead: 'Accepted and checked: a change of the metadata is written at once, and those that come while it is flushed share the next flush.',
  }),
  'controller.quorum.fetch.max.bytes': int({
    default: 1_048_576,
    validator: atLeast(1),
    importance: 'low',
    does: 'Bytes of metadata log asked for at a time.',
  }),
  'controller.quorum.fetch.snapshot.max.bytes': int({
    default: 1_048_576,
    validator: atLeast(1),
    importance: 'low',
    does: 'Bytes of a snapshot asked for at a time.',
  }),
  'controller.socket.timeout.ms': int({ default: 30_000, does: "Milliseconds that a broker waits for the controller's answer." }),
  'controller.performance.sample.period.ms': long({
    default: 60_000,
    validator: atLeast(100),
    internal: true,
  }),
  'controller.performance.always.log.threshold.ms': long({
    default: 2000,
    validator: atLeast(0),
    internal: true,
  }),
  'metadata.log.dir': string({ default: null, importance: 'high', does: 'The directory of the metadata log; the first of `log.dirs` where not set.' }),
  'metadata.log.segment.bytes': int({
    default: 1_073_741_824,
    validator: atLeast(8_388_608),
    importance: 'high',
    does: 'The size at which a new segment of the metadata log is begun, in bytes.',
  }),
  'metadata.log.segment.ms': long({ default: 604_800_000, importance: 'high', does: 'Milliseconds after which a new segment of the metadata log is begun.' }),
  'metadata.log.max.record.bytes.between.snapshots': long({
    default: 20_971_520,
    validator: atLeast(1),
    importance: 'high',
    does: 'Bytes of metadata records after which a snapshot is written.',
  }),
  'metadata.log.max.snapshot.interval.ms': long({
    default: 3_600_000,
    validator: atLeast(0),
    importance: 'high',
    does: 'Milliseconds after which a snapshot is written, if there is anything new; 0 for never.',
  }),
  'metadata.max.idle.interval.ms': int({
    default: 500,
    validator: atLeast(0),
    importance: 'low',
    does: 'Milliseconds between the records that keep an idle metadata log moving; 0 for none.',
  }),
  'metadata.max.retention.bytes': long({ default: 104_857_600, importance: 'high', does: 'Bytes of metadata log and snapshots that are kept.' }),
  'metadata.max.retention.ms': long({ default: 604_800_000, importance: 'high', does: 'Milliseconds that metadata log and snapshots are kept.' }),
  'internal.metadata.log.segment.bytes': int({
    default: null,
    importance: 'low',
    internal: true,
    does: 'The same as `metadata.log.segment.bytes` without its lower bound, for tests.',
  }),
  'internal.metadata.max.batch.size.in.bytes': int({
    default: 8_388_608,
    importance: 'low',
    internal: true,
  }),
  'internal.metadata.delete.delay.millis': long({
    default: 60_000,
    importance: 'low',
    internal: true,
    does: 'Milliseconds between taking a file of the metadata log out of use and deleting it.',
  }),
} satisfies Settings
