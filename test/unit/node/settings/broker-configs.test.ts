import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { BrokerConfigs } from '../../../../src/node/settings/broker-configs.ts'
import type { LogFields, Logger } from '../../../../src/telemetry/logger.ts'
import { config as configRecord, replay } from '../../metadata/records.ts'

const BROKER = 4
const TOPIC = 2

function following(nodeId: number) {
  const { config } = loadConfig({ profile: 'dev' })
  const warned: LogFields[] = []
  const failed: LogFields[] = []
  const logger: Logger = {
    error: (_message, fields = {}) => void failed.push(fields),
    warn: (_message, fields = {}) => void warned.push(fields),
    info() {},
    debug() {},
    child: () => logger,
  }
  return { config, warned, failed, publisher: new BrokerConfigs(nodeId, config, logger) }
}

describe('broker settings in the metadata log', () => {
  test('come into force: those for all brokers under those for this one, and never those for another', () => {
    const { config, publisher } = following(1)
    const first = replay([
      configRecord(BROKER, '', 'log.retention.ms', '1000'),
      configRecord(BROKER, '', 'log.segment.bytes', '2097152'),
      configRecord(BROKER, '1', 'log.retention.ms', '2000'),
      configRecord(BROKER, '2', 'log.retention.ms', '3000'),
    ])
    publisher.onUpdate(first.delta, first.image)
    expect(config.get('log.retention.ms')).toBe(2000)
    expect(config.get('log.segment.bytes')).toBe(2_097_152)
  })

  test('that were taken back make way for what stood before', () => {
    const { config, publisher } = following(1)
    const first = replay([configRecord(BROKER, '', 'log.segment.bytes', '2097152')])
    publisher.onUpdate(first.delta, first.image)
    const second = replay([configRecord(BROKER, '', 'log.segment.bytes', null)], first.image)
    publisher.onUpdate(second.delta, second.image)
    expect(config.get('log.segment.bytes')).toBe(1_073_741_824)
  })

  test('that this node does not take are named in a warning', () => {
    const { warned, publisher } = following(1)
    const { delta, image } = replay([configRecord(BROKER, '1', 'log.segment.bytes', 'many')])
    publisher.onUpdate(delta, image)
    expect(warned).toEqual([{ names: ['log.segment.bytes'] }])
  })

  test('that do not fit what the node was started with are not applied, and it is said why', () => {
    const { config, failed, publisher } = following(1)
    const { delta, image } = replay([configRecord(BROKER, '1', 'max.connections.per.ip', '0'), configRecord(BROKER, '1', 'message.max.bytes', '7')])
    publisher.onUpdate(delta, image)
    expect([config.get('max.connections.per.ip'), config.get('message.max.bytes')]).toEqual([2_147_483_647, 1_048_588])
    const reason = 'requirement failed: max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.'
    expect(failed).toEqual([{ names: ['max.connections.per.ip', 'message.max.bytes'], reason }])
  })

  test.each([
    ['all brokers', 'this one', ['', '1']],
    ['this one', 'all brokers', ['1', '']],
  ] as const)('for %s that fit only with those for %s are applied with them, as a start reads both at once', (_first, _second, [first, second]) => {
    const { config, failed, publisher } = following(1)
    const { delta, image } = replay([
      configRecord(BROKER, first, 'max.connections.per.ip', '0'),
      configRecord(BROKER, second, 'max.connections.per.ip.overrides', '127.0.0.1:9'),
    ])
    publisher.onUpdate(delta, image)
    expect([config.get('max.connections.per.ip'), config.get('max.connections.per.ip.overrides')]).toEqual([0, '127.0.0.1:9'])
    expect(failed).toEqual([])
  })

  test('that fit are applied though those of the other level do not', () => {
    const { config, failed, publisher } = following(1)
    const { delta, image } = replay([configRecord(BROKER, '', 'max.connections.per.ip', '0'), configRecord(BROKER, '1', 'message.max.bytes', '7')])
    publisher.onUpdate(delta, image)
    expect([config.get('max.connections.per.ip'), config.get('message.max.bytes')]).toEqual([2_147_483_647, 7])
    expect(failed).toMatchObject([{ names: ['max.connections.per.ip'] }])
  })

  test('that did not fit are applied when a change of the other level makes them fit', () => {
    const { config, failed, publisher } = following(1)
    const first = replay([configRecord(BROKER, '1', 'max.connections.per.ip', '0')])
    publisher.onUpdate(first.delta, first.image)
    const second = replay([configRecord(BROKER, '', 'max.connections.per.ip.overrides', '127.0.0.1:9')], first.image)
    publisher.onUpdate(second.delta, second.image)
    expect(config.get('max.connections.per.ip')).toBe(0)
    expect(failed).toHaveLength(1)
  })

  test('that came together are heard of together: nobody sees those for all brokers without those for this one', () => {
    const { config, publisher } = following(1)
    const heard: number[] = []
    config.onChange(() => void heard.push(config.get('max.connections')))
    const { delta, image } = replay([configRecord(BROKER, '', 'max.connections', '1'), configRecord(BROKER, '1', 'max.connections', '1000')])
    publisher.onUpdate(delta, image)
    expect(heard).toEqual([1000])
  })

  test('are left alone when a topic changes', () => {
    const { config, publisher } = following(1)
    const before = config.version
    const { delta, image } = replay([configRecord(TOPIC, 'topic', 'retention.ms', '1')])
    publisher.onUpdate(delta, image)
    expect(config.version).toBe(before)
  })
})
