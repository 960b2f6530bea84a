import { clientMetricsSettings } from '../client-metrics-settings.ts'
import type { Setting } from '../setting.ts'
import { isJavaPattern } from '../values/java-pattern.ts'
import { splitAsJava } from '../values/java-split.ts'
import { parseSetting } from '../values/parse-value.ts'
import type { SettingValue } from '../values/setting-value.ts'
import { type ConfigRefusal, refusedConfig, refusedRequest } from './config-refusal.ts'

const MIN_INTERVAL_MS = 100
const MAX_INTERVAL_MS = 3_600_000

/** What of a client a subscription may look at. */
const MATCHABLE: ReadonlySet<string> = new Set([
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
])

/**
 * Why Kafka would refuse these as the settings of a subscription to clients' metrics; null when it takes them.
 *
 * @param overrides all settings that the subscription would have
 * Source: KIP-714; org.apache.kafka.server.metrics.ClientMetricsConfigs.
 */
export function clientMetricsRefusal(name: string, overrides: ReadonlyMap<string, string>): ConfigRefusal | null {
  if (name === '') return refusedRequest("Subscription name can't be empty")
  for (const key of overrides.keys()) {
    if (!Object.hasOwn(clientMetricsSettings, key)) return refusedRequest(`Unknown client metrics configuration: ${key}`)
  }
  const values = new Map<string, SettingValue>()
  for (const [key, setting] of Object.entries<Setting<SettingValue>>(clientMetricsSettings)) {
    const text = overrides.get(key)
    if (text === undefined) continue
    const parsed = parseSetting(key, setting, text)
    if (parsed.refusal !== undefined) return refusedConfig(parsed.refusal)
    values.set(key, parsed.value)
  }
  return intervalRefusal(values.get('interval.ms')) ?? matchRefusal(values.get('match'))
}

function intervalRefusal(value: SettingValue | undefined): ConfigRefusal | null {
  if (typeof value !== 'number' || (value >= MIN_INTERVAL_MS && value <= MAX_INTERVAL_MS)) return null
  return refusedRequest(`Invalid value ${value} for interval.ms, interval must be between ${MIN_INTERVAL_MS} and ${MAX_INTERVAL_MS} (1 hour)`)
}

function matchRefusal(value: SettingValue | undefined): ConfigRefusal | null {
  if (!Array.isArray(value)) return null
  const bad = (value as readonly string[]).find((pattern) => !isMatch(pattern))
  return bad === undefined ? null : refusedConfig(`Illegal client matching pattern: ${bad}`)
}

/** `what=regular expression`, in Java's syntax. */
function isMatch(pattern: string): boolean {
  const [what = '', expression = '', ...more] = splitAsJava(pattern, '=').map((part) => part.trim())
  return more.length === 0 && splitAsJava(pattern, '=').length === 2 && MATCHABLE.has(what) && isJavaPattern(expression)
}
