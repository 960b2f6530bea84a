import { inHashMapOrder } from '../../base/java-hash-code.ts'
import { clientMetricsSettings } from '../../config/client-metrics-settings.ts'
import type { Setting } from '../../config/setting.ts'
import { javaRegExp } from '../../config/values/java-regexp.ts'
import { splitAsJava } from '../../config/values/java-split.ts'
import { linearRegExp, type TextMatcher } from '../../config/values/linear-regexp.ts'
import { parseSetting } from '../../config/values/parse-value.ts'
import type { SettingValue } from '../../config/values/setting-value.ts'
import type { MetadataDelta, MetadataPublisher } from '../../metadata/delta.ts'
import { type ConfigImage, ConfigResourceType, type MetadataImage } from '../../metadata/image.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { type ClientAttribute, type ClientAttributes, MAX_MATCHED_LENGTH } from './client-facts.ts'

/** Of a text for a pattern that looks ahead or behind, or repeats what a group matched. */
const MAX_BACKTRACKED_LENGTH = 128

/** What some clients are asked for: one `client-metrics` resource. */
export interface Subscription {
  readonly name: string
  /** Beginnings of the names of metrics; `*` is all. */
  readonly metrics: readonly string[]
  readonly intervalMs: number
  /** All must match; none: every client. null: an expression cannot be said here, and nobody matches. */
  readonly match: ReadonlyMap<ClientAttribute, TextMatcher> | null
}

/**
 * Which metrics clients are asked for, as the metadata log has it. `version` grows with each change.
 * Source: KIP-714; org.apache.kafka.server.ClientMetricsManager.updateSubscription.
 */
export class Subscriptions implements MetadataPublisher {
  readonly name = 'client-metrics'
  readonly #logger: Logger
  readonly #subscriptions = new Map<string, Subscription>()
  #version = 0

  constructor(logger: Logger) {
    this.#logger = logger
  }

  get version(): number {
    return this.#version
  }

  /** In Kafka's order, from which that of the metrics follows. */
  all(): readonly Subscription[] {
    return inHashMapOrder([...this.#subscriptions.keys()]).map((name) => this.#subscriptions.get(name) as Subscription)
  }

  onUpdate(delta: MetadataDelta, image: MetadataImage): void {
    for (const [key, { type, name }] of delta.configs) if (type === ConfigResourceType.CLIENT_METRICS) this.#update(name, image.configs.get(key))
  }

  #update(name: string, config: ConfigImage | undefined): void {
    this.#version += 1
    if (config === undefined || config.values.size === 0) {
      this.#subscriptions.delete(name)
      return
    }
    const subscription = subscriptionOf(name, config.values)
    this.#subscriptions.set(name, subscription)
    if (subscription.match === null)
      this.#logger.warn('a subscription to metrics of clients has a pattern that cannot be used here: nobody matches it', { subscription: name })
  }
}

/** @param values the settings of the resource; what is missing, or cannot be read, has its default */
function subscriptionOf(name: string, values: ReadonlyMap<string, string>): Subscription {
  const { metrics, match } = clientMetricsSettings
  return {
    name,
    metrics: settingIn('metrics', metrics, values),
    intervalMs: settingIn('interval.ms', clientMetricsSettings['interval.ms'], values),
    match: patternsOf(settingIn('match', match, values)),
  }
}

function settingIn<Value extends SettingValue>(name: string, setting: Setting<Value>, values: ReadonlyMap<string, string>): Value {
  const text = values.get(name)
  const parsed = text === undefined ? null : parseSetting(name, setting, text)
  return parsed === null || parsed.refusal !== undefined ? (setting.default as Value) : parsed.value
}

/** `what=expression` each; of two for the same, the last counts, as in Kafka. */
function patternsOf(texts: readonly string[]): ReadonlyMap<ClientAttribute, TextMatcher> | null {
  const patterns = new Map<ClientAttribute, TextMatcher>()
  for (const text of texts) {
    const [what = '', expression = ''] = splitAsJava(text, '=').map((part) => part.trim())
    const pattern = matcherOf(expression)
    if (pattern === null) return null
    patterns.set(what as ClientAttribute, pattern)
  }
  return patterns
}

/** Clients choose the texts: only what takes going back is matched by JavaScript's own means, which may take very long over a long one. */
function matcherOf(expression: string): TextMatcher | null {
  const linear = linearRegExp(expression)
  if (linear !== null) return linear
  const backtracking = javaRegExp(expression)
  return backtracking === null ? null : { test: (text) => text.length <= MAX_BACKTRACKED_LENGTH && backtracking.test(text) }
}

export function isMatch({ match }: Subscription, client: ClientAttributes): boolean {
  if (match === null) return false
  for (const [what, pattern] of match) {
    const text = client[what]
    if (text === undefined || text.length > MAX_MATCHED_LENGTH || !pattern.test(text)) return false
  }
  return true
}
