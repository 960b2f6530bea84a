import type { ResourceKind } from '../../operations/configs.ts'

/** What `--entity-type` names. */
export interface EntityKind {
  readonly kind: ResourceKind
  /** Where a value comes from that was changed for this entity alone; null for all that there are. */
  readonly source: string | null
}

export const ENTITY_KINDS: Readonly<Record<string, EntityKind>> = {
  topics: { kind: 'topic', source: 'DYNAMIC_TOPIC_CONFIG' },
  brokers: { kind: 'broker', source: 'DYNAMIC_BROKER_CONFIG' },
  'broker-loggers': { kind: 'broker-logger', source: null },
  'client-metrics': { kind: 'client-metrics', source: 'DYNAMIC_CLIENT_METRICS_CONFIG' },
  groups: { kind: 'group', source: 'DYNAMIC_GROUP_CONFIG' },
}

/** As `EntityKind.source`, of one of that kind; the default of all brokers has another. */
export function ownSource({ kind, source }: EntityKind, name: string): string | null {
  return kind === 'broker' && name === '' ? 'DYNAMIC_DEFAULT_BROKER_CONFIG' : source
}

/** `topic` for `topics`, as Kafka's tool makes it: `client-metric` for `client-metrics`. */
export function singular(type: string): string {
  return type.slice(0, -1)
}
