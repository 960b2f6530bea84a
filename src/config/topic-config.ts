/**
 * The settings in force for one topic: its own, then those of the broker that stand for them, then defaults.
 * It reads through the node's configuration, so that a change there takes effect without anyone telling the topic.
 */

import type { ConfigSource, NodeConfig } from './node-config.ts'
import { type TopicSettingName, type TopicValue, topicSettings, topicSynonyms } from './topic-settings.ts'
import { formatValue } from './values/format-value.ts'
import { parseSetting } from './values/parse-value.ts'
import type { SettingType, SettingValue } from './values/setting-value.ts'

/** One line of what CreateTopics and DescribeConfigs tell about a topic. */
export interface TopicConfigEntry {
  readonly name: TopicSettingName
  readonly type: SettingType
  /** As Kafka prints it; null where there is no value. */
  readonly text: string | null
  readonly source: ConfigSource
}

interface Resolved {
  readonly value: SettingValue
  readonly source: ConfigSource
}

const TOPIC_SETTING_NAMES = Object.keys(topicSettings) as TopicSettingName[]

/** Where a broker's value may come from, nearest first. */
const BROKER_SOURCES: readonly ConfigSource[] = ['dynamic-broker', 'dynamic-default-broker', 'static-broker']

/** The settings of one topic that are in force: its overrides, else the node's synonyms, else the defaults; parsed once per change. */
export class TopicConfig {
  readonly #node: NodeConfig
  readonly #overrides: ReadonlyMap<string, string>
  readonly #common: TopicConfig | null
  readonly #values = new Map<TopicSettingName, SettingValue>()
  #version: number

  /**
   * @param overrides the topic's own settings as the metadata log has them; what is unknown or cannot be read there is passed over
   * @param common    that of a topic without settings on the same node: asked for the rest, so that many topics find it out once
   */
  constructor(node: NodeConfig, overrides: ReadonlyMap<string, string>, common: TopicConfig | null = null) {
    this.#node = node
    this.#overrides = overrides
    this.#common = common
    this.#version = node.version
  }

  get overrides(): ReadonlyMap<string, string> {
    return this.#overrides
  }

  /** The value in force, now. */
  get<Name extends TopicSettingName>(name: Name): TopicValue<Name> {
    if (this.#common !== null && !this.#overrides.has(name)) return this.#common.get(name)
    if (this.#version !== this.#node.version) {
      this.#values.clear()
      this.#version = this.#node.version
    }
    let value = this.#values.get(name)
    if (value === undefined) {
      value = this.#resolve(name).value
      this.#values.set(name, value)
    }
    return value as TopicValue<Name>
  }

  /** Every setting of a topic, the internal ones only where the topic sets them, sorted by name: what CreateTopics answers with. */
  entries(): TopicConfigEntry[] {
    const names = TOPIC_SETTING_NAMES.filter((name) => !topicSettings[name].internal || this.#overrides.has(name)).sort()
    return names.map((name) => {
      const { value, source } = this.#resolve(name)
      const { type } = topicSettings[name]
      return { name, type, text: formatValue(type, value), source }
    })
  }

  #resolve(name: TopicSettingName): Resolved {
    const setting = topicSettings[name]
    const override = this.#overrides.get(name)
    if (override !== undefined) {
      const parsed = parseSetting<SettingValue>(name, setting, override)
      if (parsed.refusal === undefined) return { value: parsed.value, source: 'dynamic-topic' }
    }
    return resolveFromBroker(this.#node, name) ?? { value: setting.default ?? null, source: 'default' }
  }
}

/** Layer by layer, and in each the broker's settings in their order: milliseconds before minutes before hours. */
function resolveFromBroker(node: NodeConfig, name: TopicSettingName): Resolved | null {
  const synonyms = topicSynonyms[name] ?? []
  for (const source of BROKER_SOURCES) {
    for (const synonym of synonyms) {
      if (node.sourceOf(synonym.name) !== source) continue
      return { value: inMilliseconds(node.get(synonym.name), synonym.unitMs), source }
    }
  }
  return null
}

/** A negative time is none: -1 whatever its unit. */
function inMilliseconds(value: SettingValue, unitMs: number | undefined): SettingValue {
  if (unitMs === undefined || typeof value !== 'number') return value
  return value < 0 ? -1 : value * unitMs
}
