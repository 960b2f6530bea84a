/**
 * Whether a broker can take new settings while it runs: what its parts say when all that is in force is looked at together.
 * Kafka asks each reconfigurable part (kafka.server.DynamicBrokerConfig); the rules of those that refuse stand here.
 * What a name or a value by itself may be is the matter of `dynamic-rules.ts`.
 */
import { OdradekError } from '../../base/errors.ts'
import type { BrokerSettingName } from '../broker-settings.ts'
import type { DynamicLayer, NodeConfig } from '../node-config.ts'
import { nodeIdentity } from '../node-identity.ts'
import { checkNodeRules, retentionMs } from '../rules/node-rules.ts'
import { formatValue } from '../values/format-value.ts'
import { invalidValue } from '../values/validators.ts'
import { dynamicRefusal } from './dynamic-rules.ts'

/** Why the broker would refuse `values` as the whole of a layer; null when it takes them. */
export function dynamicUpdateRefusal(config: NodeConfig, layer: DynamicLayer, values: ReadonlyMap<string, string>): string | null {
  const refusal = dynamicRefusal(layer === 'broker', values)
  if (refusal !== null) return refusal
  const next = config.withDynamic(layer, values)
  return nodeRefusal(next) ?? reconfigurationRefusal(config, next)
}

/** What would also refuse a start with these values, though each by itself may stand; null when nothing does. */
export function nodeRefusal(next: NodeConfig): string | null {
  try {
    checkNodeRules(next)
    return null
  } catch (error) {
    if (error instanceof OdradekError && error.code === 'CONFIG_INVALID') return error.message
    throw error
  }
}

/** Kafka wraps what a part says, and prints the class of its exception with it. */
function reconfigurationRefusal(current: NodeConfig, next: NodeConfig): string | null {
  for (const rule of RULES) {
    const refusal = rule(current, next)
    if (refusal !== null) return `Invalid value org.apache.kafka.common.config.ConfigException: ${refusal} for configuration Invalid dynamic configuration`
  }
  return null
}

type Rule = (current: NodeConfig, next: NodeConfig) => string | null

const RULES: readonly Rule[] = [
  reporterRefusal,
  listenerQuotaRefusal,
  networkThreadsRefusal,
  threadsRefusal,
  localRetentionRefusal,
  listenersRefusal,
  cleanerThreadsRefusal,
  remoteRatesRefusal,
]

const THREAD_COUNTS = [
  'num.io.threads',
  'num.replica.fetchers',
  'num.recovery.threads.per.data.dir',
  'background.threads',
  'remote.log.reader.threads',
  'remote.log.manager.copier.thread.pool.size',
  'remote.log.manager.expiration.thread.pool.size',
  'remote.log.manager.follower.thread.pool.size',
] as const satisfies readonly BrokerSettingName[]

function threadsRefusal(current: NodeConfig, next: NodeConfig): string | null {
  return firstRefusal(THREAD_COUNTS, (name) => threadCountRefusal(name, current.get(name), next.get(name)))
}

function networkThreadsRefusal(current: NodeConfig, next: NodeConfig): string | null {
  const name = 'num.network.threads'
  return firstRefusal(listenerNames(current), (listener) =>
    threadCountRefusal(name, current.getForListener(listener, name), next.getForListener(listener, name)),
  )
}

/** A pool of threads is at most halved or doubled by one change. */
function threadCountRefusal(name: string, before: number, after: number): string | null {
  const failed = `Dynamic thread count update validation failed for ${name}=${after}, value should`
  if (after === before) return null
  if (after <= 0) return `${failed} be at least 1`
  if (after < Math.trunc(before / 2)) return `${failed} be at least half the current value ${before}`
  return after > before * 2 ? `${failed} not be greater than double the current value ${before}` : null
}

function cleanerThreadsRefusal(current: NodeConfig, next: NodeConfig): string | null {
  const before = current.get('log.cleaner.threads')
  const after = next.get('log.cleaner.threads')
  if (after === before) return null
  if (after < 1) return 'Log cleaner threads should be at least 1'
  if (after < Math.trunc(before / 2)) return `Log cleaner threads cannot be reduced to less than half the current value ${before}`
  return after > before * 2 ? `Log cleaner threads cannot be increased to more than double the current value ${before}` : null
}

function listenerQuotaRefusal(current: NodeConfig, next: NodeConfig): string | null {
  const names = ['max.connections', 'max.connection.creation.rate'] as const
  return firstRefusal(listenerNames(current), (listener) =>
    firstRefusal(names, (name) => {
      const after = next.getForListener(listener, name)
      return after === current.getForListener(listener, name) || after > 0 ? null : `Invalid ${name} ${after}`
    }),
  )
}

const REMOTE_RATES = [
  'remote.log.index.file.cache.total.size.bytes',
  'remote.log.manager.copy.max.bytes.per.second',
  'remote.log.manager.fetch.max.bytes.per.second',
] as const satisfies readonly BrokerSettingName[]

function remoteRatesRefusal(current: NodeConfig, next: NodeConfig): string | null {
  return firstRefusal(REMOTE_RATES, (name) => {
    const after = next.get(name)
    if (after === current.get(name) || after > 0) return null
    return `Dynamic remote log manager config update validation failed for ${name}=${after}, value should be at least 1`
  })
}

/** What a broker keeps of a topic with remote storage cannot outlast what the topic keeps. */
function localRetentionRefusal(_current: NodeConfig, next: NodeConfig): string | null {
  return (
    localRefusal(next, 'log.local.retention.ms', 'log.retention.ms', Math.max(retentionMs(next), UNBOUNDED)) ??
    localRefusal(next, 'log.local.retention.bytes', 'log.retention.bytes', next.get('log.retention.bytes'))
  )
}

const SAME_AS_TOPIC = -2
const UNBOUNDED = -1

function localRefusal(next: NodeConfig, name: 'log.local.retention.ms' | 'log.local.retention.bytes', whole: string, kept: number): string | null {
  const local = next.get(name)
  if (kept <= UNBOUNDED || local === SAME_AS_TOPIC) return null
  if (local === UNBOUNDED) return invalidValue(name, local, `Value must not be -1 as ${whole} value is set as ${formatValue('long', kept)}.`)
  return local > kept
    ? invalidValue(name, formatValue('long', local), `Value must not be more than ${whole} property value: ${formatValue('long', kept)}`)
    : null
}

const JMX_REPORTER = 'org.apache.kafka.common.metrics.JmxReporter'

/** No class can be loaded here; Kafka's own reporter is named by default. */
function reporterRefusal(current: NodeConfig, next: NodeConfig): string | null {
  const reporters = next.get('metric.reporters')
  if (reporters.join() === current.get('metric.reporters').join() || reporters.every((name) => name === JMX_REPORTER)) return null
  return 'Validation of dynamic config update of Set(metric.reporters) failed with class class kafka.server.DynamicMetricsReporters'
}

/** Kafka opens and closes listeners; here their number is that of the start. */
function listenersRefusal(current: NodeConfig, next: NodeConfig): string | null {
  const before = nodeIdentity(current)
  const after = nodeIdentity(next)
  const names = new Set(after.listeners.map(({ name }) => name))
  const isSame = before.listeners.length === names.size && before.listeners.every(({ name }) => names.has(name))
  if (!isSame) return 'Listeners cannot be added or removed while the node runs; change them in its configuration and restart it'
  const other = before.listeners.find(({ name }) => before.protocols.get(name) !== after.protocols.get(name))
  return other === undefined ? null : `Security protocol cannot be updated for existing listener ListenerName(${other.name})`
}

function listenerNames(config: NodeConfig): readonly string[] {
  return nodeIdentity(config).brokerListeners.map(({ name }) => name)
}

function firstRefusal<Item>(items: readonly Item[], check: (item: Item) => string | null): string | null {
  for (const item of items) {
    const refusal = check(item)
    if (refusal !== null) return refusal
  }
  return null
}
