/**
 * Settings that are accepted and checked and whose work is not done yet, by what is missing. A test finds those that should stand here
 * or should not any more. A family is all settings that begin so.
 */
const PLANNED: readonly { readonly missing: string; readonly families?: readonly string[]; readonly names?: readonly string[] }[] = [
  {
    missing: 'topics are not compacted',
    families: ['log.cleaner.'],
    names: ['delete.retention.ms', 'max.compaction.lag.ms', 'min.cleanable.dirty.ratio', 'min.compaction.lag.ms'],
  },
  {
    missing: 'groups are classic ones',
    families: ['group.consumer.', 'group.streams.', 'consumer.', 'streams.'],
    names: ['group.coordinator.rebalance.protocols'],
  },
  {
    missing: 'there are no share groups',
    families: [
      'group.share.',
      ...['assignment', 'auto', 'delivery', 'heartbeat', 'isolation', 'partition', 'record', 'renew', 'session'].map((part) => `share.${part}.`),
    ],
    names: [
      'share.coordinator.append.linger.ms',
      'share.coordinator.cached.buffer.max.bytes',
      'share.coordinator.cold.partition.snapshot.interval.ms',
      'share.coordinator.load.buffer.size',
      'share.coordinator.snapshot.update.records.per.snapshot',
      'share.coordinator.state.topic.compression.codec',
      'share.coordinator.state.topic.prune.interval.ms',
      'share.coordinator.write.timeout.ms',
    ],
  },
  {
    missing: 'there are no transactions',
    families: ['add.partitions.to.txn.'],
    names: [
      'transaction.abort.timed.out.transaction.cleanup.interval.ms',
      'transaction.max.timeout.ms',
      'transaction.partition.verification.enable',
      'transaction.remove.expired.transaction.cleanup.interval.ms',
      'transaction.state.log.load.buffer.size',
      'transaction.two.phase.commit.enable',
      'transactional.id.expiration.ms',
    ],
  },
  { missing: 'there are no client quotas', families: ['quota.window.', 'controller.quota.window.'] },
  { missing: 'a listener with TLS is refused', families: ['ssl.'] },
  { missing: 'a listener with SASL is refused', families: ['sasl.'], names: ['connection.failed.authentication.delay.ms', 'connections.max.reauth.ms'] },
  { missing: 'there are no delegation tokens', families: ['delegation.token.'] },
]

/** What is missing before the setting does its work; null where it does. */
export function missingFor(name: string): string | null {
  const found = PLANNED.find(({ families = [], names = [] }) => names.includes(name) || families.some((family) => name.startsWith(family)))
  return found?.missing ?? null
}
