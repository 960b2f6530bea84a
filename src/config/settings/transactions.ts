import { boolean, int, type Settings, short } from '../setting.ts'
import { atLeast } from '../values/validators.ts'

/** The transaction coordinator. */
export const transactionsSettings = {
  'transaction.max.timeout.ms': int({
    default: 900_000,
    validator: atLeast(1),
    importance: 'high',
    does: 'The longest transaction that a producer may ask for, in milliseconds.',
  }),
  'transactional.id.expiration.ms': int({
    default: 604_800_000,
    validator: atLeast(1),
    importance: 'high',
    does: 'Milliseconds without use after which a transactional id is forgotten.',
  }),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': int({
    default: 10_000,
    validator: atLeast(1),
    importance: 'low',
    does: 'Milliseconds between looks for transactions that are overdue.',
  }),
  'transaction.remove.expired.transaction.cleanup.interval.ms': int({
    default: 3_600_000,
    validator: atLeast(1),
    importance: 'low',
    does: 'Milliseconds between looks for transactional ids to forget.',
  }),
  'transaction.partition.verification.enable': boolean({
    default: true,
    importance: 'low',
    update: 'cluster-wide',
    does: 'Whether a partition asks the coordinator if a transaction is under way before it takes its first record.',
  }),
  'transaction.two.phase.commit.enable': boolean({
    default: false,
    importance: 'low',
    does: 'Whether producers may take part in two-phase commits of others.',
  }),
  'transaction.state.log.num.partitions': int({
    default: 50,
    validator: atLeast(1),
    importance: 'high',
    does: 'Partitions of `__transaction_state`; must not change once it exists.',
  }),
  'transaction.state.log.replication.factor': short({ default: 3, validator: atLeast(1), importance: 'high', does: 'Replicas of `__transaction_state`.' }),
  'transaction.state.log.min.isr': int({ default: 2, validator: atLeast(1), importance: 'high', does: 'The `min.insync.replicas` of `__transaction_state`.' }),
  'transaction.state.log.segment.bytes': int({
    default: 104_857_600,
    validator: atLeast(1),
    importance: 'high',
    does: 'The size at which a new segment of `__transaction_state` is begun, in bytes.',
  }),
  'transaction.state.log.load.buffer.size': int({
    default: 5_242_880,
    validator: atLeast(1),
    importance: 'high',
    does: 'Bytes read at a time while transactions are loaded.',
  }),
  'add.partitions.to.txn.retry.backoff.ms': int({
    default: 20,
    validator: atLeast(1),
    importance: 'high',
    does: "Milliseconds between a broker's attempts to add a partition to a transaction for its producer.",
  }),
  'add.partitions.to.txn.retry.backoff.max.ms': int({ default: 100, validator: atLeast(0), importance: 'high', does: 'Milliseconds for which it tries.' }),
} satisfies Settings
