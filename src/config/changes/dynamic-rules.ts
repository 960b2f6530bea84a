import { findSetting } from '../setting-names.ts'
import { parseSetting } from '../values/parse-value.ts'

/** Settings of TLS that change while the node runs only for one listener, by its prefix. */
const LISTENER_ONLY: ReadonlySet<string> = new Set([
  'ssl.keystore.type',
  'ssl.keystore.location',
  'ssl.keystore.password',
  'ssl.keystore.key',
  'ssl.keystore.certificate.chain',
  'ssl.key.password',
  'ssl.truststore.type',
  'ssl.truststore.location',
  'ssl.truststore.password',
  'ssl.truststore.certificates',
])

/** What may be set for one listener on all brokers at once. */
const LISTENER_CLUSTER_WIDE: ReadonlySet<string> = new Set(['max.connections', 'max.connection.creation.rate', 'num.network.threads'])

const LISTENER_NAME = /^listener\.name\.[^.]*\.(.*)$/s

/**
 * Why Kafka would refuse to set these while a broker runs, in its words; null when it would take them (KIP-226).
 * Names that it does not know it takes: a plug-in may read them.
 */
export function dynamicRefusal(perBroker: boolean, values: ReadonlyMap<string, string>): string | null {
  const names = [...values.keys()].sort()
  return (
    refuse(
      'Cannot update these configs dynamically',
      names.filter((name) => isReadOnly(name)),
    ) ??
    refuse(
      'These security configs can be dynamically updated only per-listener using the listener prefix',
      names.filter((name) => LISTENER_ONLY.has(name)),
    ) ??
    badValue(values) ??
    refuse('Cannot update these configs at default cluster level, broker id must be specified', perBroker ? [] : names.filter((name) => isPerBroker(name)))
  )
}

function refuse(why: string, names: readonly string[]): string | null {
  return names.length === 0 ? null : `${why}: [${names.join(', ')}]`
}

function isReadOnly(name: string): boolean {
  return !LISTENER_NAME.test(name) && findSetting(name)?.setting.update === 'read-only'
}

function isPerBroker(name: string): boolean {
  const base = LISTENER_NAME.exec(name)?.[1]
  return base === undefined ? findSetting(name)?.setting.update === 'per-broker' : !LISTENER_CLUSTER_WIDE.has(base)
}

/** Kafka checks a listener's value under the name without its prefix, and only where that may change while running. */
function badValue(values: ReadonlyMap<string, string>): string | null {
  for (const [name, text] of values) {
    const base = LISTENER_NAME.exec(name)?.[1] ?? name
    const setting = findSetting(base)?.setting
    if (setting === undefined || setting.update === 'read-only') continue
    const parsed = parseSetting(base, setting, text)
    if (parsed.refusal !== undefined) return parsed.refusal
  }
  return null
}
