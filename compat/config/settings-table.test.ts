import { beforeAll, describe, expect, test } from 'vitest'
import { brokerSettings, isDynamicOnly } from '../../src/config/broker-settings.ts'
import { groupSettings, groupSynonyms } from '../../src/config/group-settings.ts'
import type { Setting, Settings } from '../../src/config/setting.ts'
import { odradekSettings } from '../../src/config/settings/odradek.ts'
import { topicSettings, topicSynonyms } from '../../src/config/topic-settings.ts'
import { formatValue } from '../../src/config/values/format-value.ts'
import type { SettingValue } from '../../src/config/values/setting-value.ts'
import { type KafkaDefinitions, type KafkaKey, kafkaDefinitions } from './kafka-checks.ts'

let kafka: KafkaDefinitions
beforeAll(async () => {
  kafka = await kafkaDefinitions()
})

function ourKey(name: string, setting: Setting<SettingValue>): KafkaKey {
  return {
    name,
    type: setting.type.toUpperCase(),
    importance: setting.importance.toUpperCase(),
    internal: setting.internal,
    required: setting.default === undefined,
    default: setting.default === undefined ? null : formatValue(setting.type, setting.default),
    validator: setting.validator?.text ?? null,
  }
}

function ourKeys(settings: Settings): KafkaKey[] {
  return Object.entries(settings).map(([name, setting]) => ourKey(name, setting))
}

/** Sorted by name, with the fields compared and no others. */
function comparable(keys: readonly KafkaKey[]): KafkaKey[] {
  const fields = keys.map(({ name, type, importance, internal, required, default: value, validator }) => {
    return { name, type, importance, internal, required, default: value, validator }
  })
  return fields.sort((left, right) => (left.name < right.name ? -1 : 1))
}

describe('the table of settings', () => {
  test('has every setting of a broker that Apache Kafka has, with its type, default, bounds and importance', () => {
    const ours = Object.entries(brokerSettings).filter(([name]) => !Object.hasOwn(odradekSettings, name) && !isDynamicOnly(name))
    expect(kafka.broker.length).toBe(360)
    expect(comparable(ours.map(([name, setting]) => ourKey(name, setting)))).toEqual(comparable(kafka.broker))
  })

  test('says of every setting how it may change while a broker runs', () => {
    const ours = Object.entries(brokerSettings).filter(([, setting]) => setting.update !== 'read-only')
    expect(Object.fromEntries(ours.map(([name, setting]) => [name, setting.update]))).toEqual(kafka.updateModes)
  })

  test('has every setting of a topic', () => {
    expect(kafka.topic.length).toBe(34)
    expect(comparable(ourKeys(topicSettings))).toEqual(comparable(kafka.topic))
  })

  test('knows which settings of the broker stand for one of a topic, and in which unit', () => {
    const ours = Object.entries(topicSynonyms).map(([name, synonyms]) => {
      return [name, synonyms.map((synonym) => ({ name: synonym.name, seven: String(7 * (synonym.unitMs ?? 1)) }))]
    })
    expect(Object.fromEntries(ours)).toEqual(kafka.topicSynonyms)
  })

  test('has every setting of a group, and the settings of the broker that stand for them', () => {
    expect(comparable(ourKeys(groupSettings))).toEqual(comparable(kafka.group))
    const withSynonym = Object.entries(kafka.groupSynonyms).filter(([, broker]) => broker !== null)
    expect(groupSynonyms).toEqual(Object.fromEntries(withSynonym))
  })
})
