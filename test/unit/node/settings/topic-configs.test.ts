import { expect, test } from 'vitest'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { TopicConfigs } from '../../../../src/node/settings/topic-configs.ts'
import type { LogConfig } from '../../../../src/storage/log/log-config.ts'
import { config as configRecord, replay } from '../../metadata/records.ts'

const TOPIC = 2

function following(...assignments: readonly string[]) {
  const { config } = loadConfig({ profile: 'dev', assignments })
  const told: [string, LogConfig][] = []
  const configs = new TopicConfigs(config)
  configs.onLogConfigChange((changed) => void told.push(...changed))
  return { config, configs, told }
}

test('a change of a topic reaches its logs, and taking it back too', () => {
  const { configs, told } = following()
  const first = replay([configRecord(TOPIC, 'events', 'retention.ms', '1000')])
  configs.onUpdate(first.delta, first.image)
  const second = replay([configRecord(TOPIC, 'events', 'retention.ms', null)], first.image)
  configs.onUpdate(second.delta, second.image)
  expect(told.map(([topic, { retentionMs }]) => [topic, retentionMs])).toEqual([
    ['events', 1000],
    ['events', 604_800_000],
  ])
})

test('a change of the node reaches the logs of all topics, under what is their own', () => {
  const { config, configs, told } = following()
  const own = replay([configRecord(TOPIC, 'own', 'segment.bytes', '4194304')])
  configs.onUpdate(own.delta, own.image)
  told.length = 0
  config.setDynamic('default-broker', new Map([['log.segment.bytes', '2097152']]))
  configs.nodeConfigChanged(new Set(['log.segment.bytes']), ['own', 'common'])
  expect(told.map(([topic, { segmentBytes }]) => [topic, segmentBytes])).toEqual([
    ['own', 4_194_304],
    ['common', 2_097_152],
  ])
})

test('a change of the node that no topic follows reaches no logs', () => {
  const { config, configs, told } = following()
  config.onChange((names) => configs.nodeConfigChanged(names, ['events']))
  config.setDynamic('default-broker', new Map([['max.connections', '100']]))
  expect(told).toEqual([])
  config.setDynamic('default-broker', new Map([['log.retention.ms', '1000']]))
  expect(told.map(([topic, { retentionMs }]) => [topic, retentionMs])).toEqual([['events', 1000]])
})

test("the node's limit on what inflates as a whole holds for every topic", () => {
  expect(following('odradek.decompression.max.bytes=2097152').configs.logConfig('any').maxInflatedWholeBytes).toBe(2_097_152)
})
