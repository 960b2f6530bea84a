import { describe, expect, it } from 'vitest'
import { dynamicUpdateRefusal } from '../../../../src/config/changes/dynamic-update.ts'
import { loadConfig } from '../../../../src/config/load-config.ts'
import type { DynamicLayer, NodeConfig } from '../../../../src/config/node-config.ts'

function node(settings: Readonly<Record<string, string>> = {}): NodeConfig {
  return loadConfig({ profile: 'dev', assignments: Object.entries(settings).map(([name, text]) => `${name}=${text}`) }).config
}

function refusal(config: NodeConfig, values: Readonly<Record<string, string>>, layer: DynamicLayer = 'broker'): string | null {
  return dynamicUpdateRefusal(config, layer, new Map(Object.entries(values)))
}

const inKafkasWords = (text: string) => `Invalid value org.apache.kafka.common.config.ConfigException: ${text} for configuration Invalid dynamic configuration`

describe('a change of settings while the node runs', () => {
  it('at most doubles or halves a pool of threads, as it is now', () => {
    const config = node({ 'num.io.threads': '8' })
    const tooMany = inKafkasWords(
      'Dynamic thread count update validation failed for num.io.threads=17, value should not be greater than double the current value 8',
    )
    expect(refusal(config, { 'num.io.threads': '17' })).toBe(tooMany)
    config.setDynamic('broker', new Map([['num.io.threads', '16']]))
    expect(refusal(config, { 'num.io.threads': '17' })).toBeNull()
    expect(refusal(config, { 'num.io.threads': '7' })).toContain('value should be at least half the current value 16')
  })

  it('is judged with what else is in force', () => {
    const name = 'group.consumer.assignment.interval.ms'
    expect(refusal(node(), { [name]: '16000' })).toBe(`${name} must be less than or equal to group.consumer.max.assignment.interval.ms`)
    expect(refusal(node({ 'group.consumer.max.assignment.interval.ms': '20000' }), { [name]: '16000' })).toBeNull()
  })

  it('cannot turn off the cleaner', () => {
    expect(refusal(node(), { 'log.cleaner.threads': '0' })).toBe(inKafkasWords('Log cleaner threads should be at least 1'))
  })

  it('names a malformed limit of connections by its address', () => {
    expect(refusal(node(), { 'max.connections.per.ip.overrides': '127.0.0.1' })).toBe(
      "Error parsing configuration property 'max.connections.per.ip.overrides': 127.0.0.1",
    )
  })

  it('neither adds nor removes listeners, nor gives one another protocol', () => {
    const config = node({
      listeners: 'PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:19092',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,OTHER:PLAINTEXT',
    })
    const listeners = 'PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:19092,OTHER://127.0.0.1:9095'
    expect(refusal(config, { listeners })).toContain('Listeners cannot be added or removed while the node runs')
    const map = 'PLAINTEXT:SSL,CONTROLLER:PLAINTEXT,OTHER:PLAINTEXT'
    expect(refusal(config, { 'listener.security.protocol.map': map, 'my.own': 'x' })).not.toBeNull()
  })

  it('names what it refuses in the order of the alphabet', () => {
    const values = { 'node.id': '1', 'log.dirs': 'x', 'broker.rack': 'r' }
    expect(refusal(node(), values)).toBe('Cannot update these configs dynamically: [broker.rack, log.dirs, node.id]')
  })

  it('takes names that nobody knows, and leaves what is in force alone', () => {
    const config = node()
    expect(refusal(config, { 'my.own': 'x', 'message.max.bytes': '7' }, 'default-broker')).toBeNull()
    expect(config.get('message.max.bytes')).not.toBe(7)
  })
})
