import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'
import type { NodeConfig } from '../../../src/config/node-config.ts'
import { topicConfigRefusal } from '../../../src/config/rules/topic-rules.ts'
import { TopicConfig } from '../../../src/config/topic-config.ts'
import { type TopicSettingName, topicSettings } from '../../../src/config/topic-settings.ts'
import { UNLIMITED } from '../../../src/config/values/setting-value.ts'

function node(...assignments: string[]): NodeConfig {
  return loadConfig({ profile: 'dev', assignments }).config
}

function topic(config: NodeConfig, overrides: Record<string, string> = {}): TopicConfig {
  return new TopicConfig(config, new Map(Object.entries(overrides)))
}

describe('the settings of a topic', () => {
  test('are its own before those of the broker', () => {
    const config = node('log.retention.hours=2', 'message.max.bytes=5')
    const own = topic(config, { 'retention.ms': '-1' })
    expect([own.get('retention.ms'), own.get('max.message.bytes'), own.get('flush.messages')]).toEqual([-1, 5, UNLIMITED])
  })

  test('are the same when the rest is asked of the topics in common, also after a change of the broker', () => {
    const config = node('log.retention.hours=2')
    const overrides = new Map(Object.entries({ 'segment.bytes': '2097152', 'retention.bytes': 'unreadable', 'flush.ms': '7' }))
    const [alone, sharing] = [new TopicConfig(config, overrides), new TopicConfig(config, overrides, topic(config))]
    const values = (of: TopicConfig) => Object.keys(topicSettings).map((name) => [name, of.get(name as TopicSettingName)])
    expect(values(sharing)).toEqual(values(alone))
    config.setDynamic('default-broker', new Map(Object.entries({ 'log.retention.ms': '9', 'log.retention.bytes': '8', 'log.segment.bytes': '3145728' })))
    expect(values(sharing)).toEqual(values(alone))
    expect([sharing.get('retention.ms'), sharing.get('retention.bytes'), sharing.get('segment.bytes')]).toEqual([9, 8, 2_097_152])
  })

  test('follow a change of the broker', () => {
    const config = node()
    const words = topic(config)
    expect(words.get('max.message.bytes')).toBe(1_048_588)
    config.setDynamic('default-broker', new Map([['message.max.bytes', '9']]))
    expect(words.get('max.message.bytes')).toBe(9)
  })

  test('pass over values that this version cannot read', () => {
    expect(topic(node(), { 'retention.ms': 'soon', 'of.another.version': '1' }).get('retention.ms')).toBe(604_800_000)
  })

  test('are listed with where they come from, the internal ones only when set', () => {
    const config = node('log.roll.hours=1')
    config.setDynamic('broker', new Map([['compression.type', 'zstd']]))
    config.setDynamic('default-broker', new Map([['log.retention.ms', '5']]))
    const entries = topic(config, { 'cleanup.policy': 'compact,delete' }).entries()
    expect(entries).toHaveLength(33)
    expect(topic(config, { 'internal.segment.bytes': '9' }).entries()).toHaveLength(34)
    const picked = entries.filter(({ name }) => ['cleanup.policy', 'compression.type', 'retention.ms', 'segment.ms', 'flush.messages'].includes(name))
    expect(picked.map(({ name, text, source }) => `${name}=${text} ${source}`)).toEqual([
      'cleanup.policy=compact,delete dynamic-topic',
      'compression.type=zstd dynamic-broker',
      'flush.messages=9223372036854775807 default',
      'retention.ms=5 dynamic-default-broker',
      'segment.ms=3600000 static-broker',
    ])
  })
})

describe('settings of a topic without a value', () => {
  test('are refused, with their names', () => {
    const overrides = new Map([
      ['retention.ms', null],
      ['no.such', 'x'],
      ['segment.ms', null],
    ])
    expect(topicConfigRefusal(node(), overrides)).toBe('Null value not supported for topic configs: retention.ms,segment.ms')
  })
})
