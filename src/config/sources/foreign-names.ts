/** Names that Kafka's files and variables carry for other readers or other times. They mean nothing here, and nobody needs to be told. */
const FOREIGN_NAMES: ReadonlySet<string> = new Set([
  // removed with ZooKeeper, or before
  'advertised.host.name',
  'advertised.port',
  'auto.include.jmx.reporter',
  'broker.id.generation.enable',
  'control.plane.listener.name',
  'controlled.shutdown.max.retries',
  'controlled.shutdown.retry.backoff.ms',
  'create.topics',
  'delegation.token.master.key',
  'eligible.leader.replicas.enable',
  'group.coordinator.new.enable',
  'host.name',
  'inter.broker.protocol.version',
  'log.message.downconversion.enable',
  'log.message.format.version',
  'log.message.timestamp.difference.max.ms',
  'metadata.log.dirs',
  'offsets.commit.required.acks',
  'port',
  'quota.consumer.default',
  'quota.producer.default',
  'replica.fetch.backoff.max.ms',
  'reserved.broker.max.id',
  'group.share.enable',
])

/** The beginnings of names that plug-ins, other distributions and config providers read. */
const FOREIGN_PREFIXES: readonly string[] = [
  'zookeeper.',
  'password.encoder.',
  'confluent.',
  'strimzi.',
  'config.providers.',
  'rlmm.config.',
  'rsm.config.',
  'remote.log.metadata.',
  'kafka.csv.metrics.',
  'cruise.control.',
]

export function isForeignName(name: string): boolean {
  return FOREIGN_NAMES.has(name) || FOREIGN_PREFIXES.some((prefix) => name.startsWith(prefix))
}
