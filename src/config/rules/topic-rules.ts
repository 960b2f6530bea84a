import type { NodeConfig } from '../node-config.ts'
import { TopicConfig } from '../topic-config.ts'
import { type TopicSettingName, topicSettings } from '../topic-settings.ts'
import { formatValue } from '../values/format-value.ts'
import { parseSetting } from '../values/parse-value.ts'
import type { SettingValue } from '../values/setting-value.ts'

/**
 * Why Kafka would refuse these as the settings of a topic: the message that goes with INVALID_CONFIG; null when it takes them.
 *
 * @param overrides all settings that the topic would have; null where a client sent no value
 */
export function topicConfigRefusal(node: NodeConfig, overrides: ReadonlyMap<string, string | null>): string | null {
  const values = new Map<string, string>()
  for (const [name, text] of overrides) if (text !== null) values.set(name, text)
  if (values.size === overrides.size) return valueRefusal(node, values)
  const nulls = [...overrides.keys()].filter((name) => !values.has(name))
  return `Null value not supported for topic configs: ${nulls.join(',')}`
}

function valueRefusal(node: NodeConfig, overrides: ReadonlyMap<string, string>): string | null {
  for (const name of overrides.keys()) if (!isTopicSetting(name)) return `Unknown topic config name: ${name}`
  for (const [name, text] of overrides) {
    const parsed = parseSetting<SettingValue>(name, topicSettings[name as TopicSettingName], text)
    if (parsed.refusal !== undefined) return parsed.refusal
  }
  return conflict(new TopicConfig(node, overrides))
}

export function isTopicSetting(name: string): name is TopicSettingName {
  return Object.hasOwn(topicSettings, name)
}

function conflict(config: TopicConfig): string | null {
  const least = config.get('min.compaction.lag.ms')
  const most = config.get('max.compaction.lag.ms')
  if (least > most)
    return `conflict topic config setting min.compaction.lag.ms (${formatValue('long', least)}) > max.compaction.lag.ms (${formatValue('long', most)})`
  return remoteStorageRefusal(config)
}

/** There is no remote storage here, as in a Kafka without its plug-in: nothing may ask for it. */
function remoteStorageRefusal(config: TopicConfig): string | null {
  if (!config.get('remote.storage.enable')) return null
  return 'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.'
}
