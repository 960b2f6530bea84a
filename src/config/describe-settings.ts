/**
 * What DescribeConfigs tells of each kind of resource, but for its encoding. Kafka finds a value and its source by two ways:
 * the value is what is in force, the source is that of the first synonym, and synonyms before the setting's own name
 * do not count. So `retention.ms` of a topic follows `log.retention.hours` of the broker and is still called a default.
 * Source: KIP-226, KIP-569.
 */
import { isBrokerSetting, isDynamicOnly } from './broker-settings.ts'
import { clientMetricsSettings } from './client-metrics-settings.ts'
import { type GroupSettingName, groupSettings, groupSynonyms } from './group-settings.ts'
import type { ConfigSource, NodeConfig } from './node-config.ts'
import { documentationOf, type Setting, type Settings } from './setting.ts'
import { findSetting, isSecretName } from './setting-names.ts'
import { TopicConfig } from './topic-config.ts'
import { type TopicSettingName, topicSettings, topicSynonyms } from './topic-settings.ts'
import { formatDefault, formatValue } from './values/format-value.ts'
import { parseSetting } from './values/parse-value.ts'
import type { SettingType, SettingValue } from './values/setting-value.ts'

export type DescribedSource = ConfigSource | 'group' | 'client-metrics'

/** One value that stood for a setting. */
export interface DescribedSynonym {
  readonly name: string
  /** null for secrets. */
  readonly text: string | null
  readonly source: DescribedSource
}

/** One setting of a resource. */
export interface DescribedSetting {
  readonly name: string
  /** As Kafka prints it; null for secrets and where there is no value. */
  readonly text: string | null
  readonly source: DescribedSource
  readonly isReadOnly: boolean
  readonly isSecret: boolean
  /** Nearest first. */
  readonly synonyms: readonly DescribedSynonym[]
  /** null for a name that nobody knows. */
  readonly type: SettingType | null
  /** null for what is a setting only by its prefix, and for a name that nobody knows. */
  readonly documentation: string | null
}

/** Settings of the broker of which the first that is set counts. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
]
const FLUSH_INTERVAL = ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms']

/** @param overrides the settings written for the topic */
export function describeTopic(node: NodeConfig, overrides: ReadonlyMap<string, string>): DescribedSetting[] {
  return new TopicConfig(node, overrides).entries().map(({ name, text }) => {
    const synonym = topicSynonyms[name as TopicSettingName]?.[0]?.name
    const synonyms = synonym === undefined ? [] : synonymsOf(node, synonym)
    return described(name, topicSettings[name], text, [...written(name, overrides, text, 'dynamic-topic'), ...synonyms])
  })
}

/** Everything that one broker has a value for; what only tools set, where they did. */
export function describeBroker(node: NodeConfig): DescribedSetting[] {
  const names = node.names().filter((name) => !isDynamicOnly(name) || node.layersOf(name).length > 0)
  return names.map((name) => brokerSetting(node, name, synonymsOf(node, name)))
}

/** What is set for all brokers while they run. */
export function describeBrokerDefaults(node: NodeConfig): DescribedSetting[] {
  return node.dynamicNames('default-broker').map((name) => {
    const synonyms = synonymsOf(node, name).filter(({ source }) => source === 'dynamic-default-broker')
    const text = node.layersOf(name).find(({ source }) => source === 'dynamic-default-broker')?.text ?? null
    return brokerSetting(node, name, synonyms, text)
  })
}

/** @param overrides the settings written for the group, which need not exist */
export function describeGroup(node: NodeConfig, overrides: ReadonlyMap<string, string>): DescribedSetting[] {
  return Object.entries<Setting<SettingValue>>(groupSettings).map(([name, setting]) => {
    const synonym = groupSynonyms[name as GroupSettingName]
    const standard = synonym === undefined ? formatDefault(setting) : node.inForce(synonym).text
    const synonyms: readonly DescribedSynonym[] = synonym === undefined ? [{ name, text: standard, source: 'default' }] : synonymsOf(node, synonym)
    const text = inForce(name, setting, overrides, standard)
    return described(name, setting, text, [...written(name, overrides, text, 'group'), ...synonyms])
  })
}

/** @param overrides the settings written for the subscription, which need not exist */
export function describeClientMetrics(overrides: ReadonlyMap<string, string>): DescribedSetting[] {
  return Object.entries<Setting<SettingValue>>(clientMetricsSettings satisfies Settings).map(([name, setting]) => {
    const standard = formatDefault(setting)
    const text = inForce(name, setting, overrides, standard)
    return described(name, setting, text, written(name, overrides, text, 'client-metrics'))
  })
}

/**
 * One setting of a broker.
 *
 * @param raw the text to show in place of the value in force
 */
function brokerSetting(node: NodeConfig, name: string, synonyms: readonly DescribedSynonym[], raw: string | null = null): DescribedSetting {
  const setting = findSetting(name)?.setting
  if (setting === undefined) return unknownSetting(name, synonyms)
  const isDocumented = isBrokerSetting(name) && !isDynamicOnly(name)
  // Kafka has read only what it documents: the rest it shows as it was written.
  const isRead = isDocumented && !setting.internal
  const text = raw ?? (isRead ? node.inForce(name).text : (node.layersOf(name)[0]?.text ?? null))
  const entry = described(name, setting, text, synonyms)
  const isReadOnly = !isBrokerSetting(name) || setting.update === 'read-only'
  return { ...entry, isReadOnly, documentation: isDocumented ? entry.documentation : null }
}

/** A name that nobody knows may hold anything: its value is never shown. */
function unknownSetting(name: string, synonyms: readonly DescribedSynonym[]): DescribedSetting {
  return { name, text: null, source: synonyms[0]?.source ?? 'default', isReadOnly: true, isSecret: true, synonyms, type: null, documentation: null }
}

function described(name: string, setting: Setting<SettingValue>, text: string | null, synonyms: readonly DescribedSynonym[]): DescribedSetting {
  const isSecret = setting.type === 'password'
  return {
    name,
    text: isSecret ? null : text,
    source: synonyms[0]?.source ?? 'default',
    isReadOnly: false,
    isSecret,
    synonyms,
    type: setting.type,
    documentation: documentationOf(name, setting),
  }
}

function inForce(name: string, setting: Setting<SettingValue>, overrides: ReadonlyMap<string, string>, standard: string | null): string | null {
  const text = overrides.get(name)
  if (text === undefined) return standard
  const parsed = parseSetting(name, setting, text)
  return parsed.refusal === undefined ? formatValue(setting.type, parsed.value) : standard
}

/** What the resource itself sets, told as the value that was made of it. */
function written(name: string, overrides: ReadonlyMap<string, string>, text: string | null, source: DescribedSource): readonly DescribedSynonym[] {
  return overrides.has(name) ? [{ name, text, source }] : []
}

/** Layer by layer what was written for the broker's setting or what stands for it, from the setting's own name on. */
function synonymsOf(node: NodeConfig, name: string): readonly DescribedSynonym[] {
  const found = namesFor(name).map((synonym) => ({ synonym, layers: node.layersOf(synonym) }))
  const sources: readonly ConfigSource[] = ['dynamic-broker', 'dynamic-default-broker', 'static-broker', 'default']
  const synonyms = sources.flatMap((source) =>
    found.flatMap(({ synonym, layers }) =>
      layers.filter((layer) => layer.source === source).map(({ text }) => ({ name: synonym, text: isSecretName(name) ? null : text, source })),
    ),
  )
  const own = synonyms.findIndex((synonym) => synonym.name === name)
  return own === -1 ? [] : synonyms.slice(own)
}

function namesFor(name: string): readonly string[] {
  if (name === FLUSH_INTERVAL[0]) return FLUSH_INTERVAL
  const base = findSetting(name)?.base ?? name
  return SYNONYMS.find((names) => names.includes(name)) ?? (base === name ? [name] : [name, base])
}
