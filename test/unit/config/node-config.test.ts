import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'
import type { NodeConfig } from '../../../src/config/node-config.ts'
import { HIDDEN } from '../../../src/config/values/secret.ts'
import { UNLIMITED } from '../../../src/config/values/setting-value.ts'

function nodeConfig(...assignments: string[]): NodeConfig {
  return loadConfig({ profile: 'dev', assignments }).config
}

describe('the configuration of a node', () => {
  test('gives values of their types', () => {
    const config = nodeConfig('log.dirs=/a,/b', 'log.cleaner.min.cleanable.ratio=0.25', 'auto.create.topics.enable=false')
    expect([config.get('log.dirs'), config.get('log.cleaner.min.cleanable.ratio'), config.get('auto.create.topics.enable')]).toEqual([
      ['/a', '/b'],
      0.25,
      false,
    ])
    expect([config.get('broker.rack'), config.get('log.flush.interval.messages')]).toEqual([null, UNLIMITED])
  })

  test('prints an unlimited value as Kafka does', () => {
    expect(nodeConfig().inForce('log.flush.interval.messages').text).toBe('9223372036854775807')
  })

  test('gives a listener its own value, and else that of all', () => {
    const config = nodeConfig('max.connections=10', 'listener.name.outside.max.connections=3')
    expect([config.getForListener('OUTSIDE', 'max.connections'), config.getForListener('INSIDE', 'max.connections')]).toEqual([3, 10])
  })

  test('knows the settings of one mechanism of a listener', () => {
    const config = nodeConfig('listener.name.outside.plain.sasl.jaas.config=x required;')
    expect(config.isGiven('listener.name.outside.plain.sasl.jaas.config')).toBe(true)
  })

  test('hides secrets wherever they are printed', () => {
    const config = nodeConfig('ssl.key.password=hunter2')
    const value = config.get('ssl.key.password')
    expect([String(value), JSON.stringify({ value }), config.inForce('ssl.key.password').text]).toEqual([HIDDEN, `{"value":"${HIDDEN}"}`, HIDDEN])
    expect(value?.reveal()).toBe('hunter2')
  })
})

describe('a change while the node runs', () => {
  test('stands over what was given at start, for this broker before all brokers', () => {
    const config = nodeConfig('message.max.bytes=1')
    const seen = () => [config.get('message.max.bytes'), config.inForce('message.max.bytes').source]
    expect(seen()).toEqual([1, 'static-broker'])
    config.setDynamic('default-broker', new Map([['message.max.bytes', '2']]))
    expect(seen()).toEqual([2, 'dynamic-default-broker'])
    config.setDynamic('broker', new Map([['message.max.bytes', '3']]))
    expect(seen()).toEqual([3, 'dynamic-broker'])
    config.setDynamic('broker', new Map())
    config.setDynamic('default-broker', new Map())
    expect(seen()).toEqual([1, 'static-broker'])
  })

  test('is told once to each listener, with the names whose value is another now', () => {
    const config = nodeConfig()
    const heard: string[][] = []
    const stop = config.onChange((changed) => heard.push([...changed]))
    config.setDynamic(
      'default-broker',
      new Map([
        ['num.io.threads', '9'],
        ['message.max.bytes', '1048588'],
      ]),
    )
    config.setDynamic('default-broker', new Map([['num.io.threads', '9']]))
    stop()
    config.setDynamic('default-broker', new Map())
    expect(heard).toEqual([['num.io.threads']])
  })

  test('for one listener is told by the name of the setting', () => {
    const config = nodeConfig()
    const heard: string[][] = []
    config.onChange((changed) => heard.push([...changed]))
    config.setDynamic('broker', new Map([['listener.name.plaintext.max.connections', '5']]))
    expect(heard).toEqual([['max.connections']])
    expect(config.getForListener('PLAINTEXT', 'max.connections')).toBe(5)
  })

  test('of a secret is told like any other, though secrets are printed alike', () => {
    const config = nodeConfig()
    const heard: string[][] = []
    config.onChange((changed) => heard.push([...changed]))
    const name = 'listener.name.plaintext.ssl.keystore.password'
    for (const password of ['one', 'other', 'other']) config.setDynamic('broker', new Map([[name, password]]))
    expect(heard).toEqual([['ssl.keystore.password'], ['ssl.keystore.password']])
    expect([config.version, config.inForce(name).text]).toEqual([2, '[hidden]'])
  })

  test('that cannot be made is left out and named, and the others are made', () => {
    const config = nodeConfig()
    const ignored = config.setDynamic(
      'default-broker',
      new Map([
        ['node.id', '9'],
        ['num.io.threads', 'many'],
        ['message.max.bytes', '7'],
      ]),
    )
    expect(ignored).toEqual(['node.id', 'num.io.threads'])
    expect([config.get('node.id'), config.get('num.io.threads'), config.get('message.max.bytes')]).toEqual([1, 8, 7])
  })

  test('keeps names that nobody knows', () => {
    const config = nodeConfig()
    expect(config.setDynamic('broker', new Map([['my.own', 'x']]))).toEqual([])
    expect(config.layersOf('my.own')).toEqual([{ text: 'x', source: 'dynamic-broker' }])
    expect(config.names()).toContain('my.own')
  })

  test('reaches a throttle that no file may hold', () => {
    const config = nodeConfig()
    expect(config.get('leader.replication.throttled.rate')).toBe(UNLIMITED)
    config.setDynamic('broker', new Map([['leader.replication.throttled.rate', '1000']]))
    expect(config.get('leader.replication.throttled.rate')).toBe(1_000)
  })
})
