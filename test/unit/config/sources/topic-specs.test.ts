import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OdradekError } from '../../../../src/base/errors.ts'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { parseTopicSpec } from '../../../../src/config/sources/topic-specs.ts'

function topicsOf(inputs: Parameters<typeof loadConfig>[0]) {
  return loadConfig(inputs).topics.map(({ name, partitionCount, replicationFactor, configs }) => [name, partitionCount, replicationFactor, configs])
}

const yaml = (...lines: readonly string[]) => ({ files: [{ path: 'broker.yaml', text: lines.join('\n') }] })

describe('topics at start', () => {
  test.each([
    ['orders', ['orders', -1, -1, {}]],
    ['orders:3', ['orders', 3, -1, {}]],
    ['orders:-1:-1', ['orders', -1, -1, {}]],
    ['orders:3:2', ['orders', 3, 2, {}]],
    ['orders:1:1:compact', ['orders', 1, 1, { 'cleanup.policy': 'compact' }]],
  ])('are written as %s', (text, expected) => {
    expect(topicsOf({ topics: [text] })).toEqual([expected])
  })

  test.each(['', ':3', 'orders:', 'orders:x', 'orders:0', 'orders:1.5', 'orders:3:', 'orders:3:0', 'orders:3:1:', 'orders:3:1:compact:x', 'orders:1000001'])(
    'are not written as "%s"',
    (text) => {
      expect(() => loadConfig({ topics: [text] })).toThrow(/^--topic: .*(is expected|must be a number)/)
    },
  )

  test('come from KAFKA_CREATE_TOPICS as several images have it', () => {
    expect(topicsOf({ environment: { KAFKA_CREATE_TOPICS: ' a:1:1 ,b:3:1:compact,\nc ' } })).toEqual([
      ['a', 1, 1, {}],
      ['b', 3, 1, { 'cleanup.policy': 'compact' }],
      ['c', -1, -1, {}],
    ])
  })

  test('come from YAML, in short or with settings', () => {
    const topics = topicsOf(
      yaml(
        'topics:',
        '  - orders:3',
        '  - name: payments',
        '    partitions: 6',
        '    replication_factor: 1',
        '    configs:',
        '      cleanup_policy: [compact, delete]',
        '      retention.ms: 1000',
      ),
    )
    expect(topics).toEqual([
      ['orders', 3, -1, {}],
      ['payments', 6, 1, { 'cleanup.policy': 'compact,delete', 'retention.ms': '1000' }],
    ])
  })

  test.each([
    ['topics: orders', 'broker.yaml:1: topics must be a list'],
    ['topics:\n  - orders: 3', 'broker.yaml:1: a topic has no orders, only name, partitions, replication_factor, configs'],
    ['topics:\n  - name: a\n    replication: 1', 'broker.yaml:1: a topic has no replication, only name, partitions, replication_factor, configs'],
    ['topics:\n  - partitions: 3', 'broker.yaml:1: a topic needs a name'],
    ['topics:\n  - name: a\n    configs: x', 'broker.yaml:1: configs of topic a must be a mapping'],
    ['topics:\n  - name: a\n    configs:\n      x: {y: 1}', 'broker.yaml:1: x of topic a must be one value or a list of values'],
    ['topics:\n  - name: a\n    partitions: many', 'broker.yaml:1: the partitions of topic a must be a number from 1 to 1000000'],
    ['topics:\n  - [a]', 'broker.yaml:1: a topic must be written as orders:3'],
    ['topics:\n  - a\n  - a:2', 'broker.yaml:1: topic a is given twice'],
  ])('are refused in YAML as %j', (text, why) => {
    expect(() => loadConfig(yaml(text))).toThrow(why)
  })

  test('of a later source stand over those of an earlier one', () => {
    expect(topicsOf({ ...yaml('topics: [a:1, b:1]'), environment: { KAFKA_CREATE_TOPICS: 'a:2' }, topics: ['b:3', 'c'] })).toEqual([
      ['a', 2, -1, {}],
      ['b', 3, -1, {}],
      ['c', -1, -1, {}],
    ])
  })

  test('come from a program with settings', () => {
    expect(topicsOf({ topics: [{ name: 'a', partitions: 2, configs: { 'retention.ms': 1000 } }] })).toEqual([['a', 2, -1, { 'retention.ms': '1000' }]])
    expect(() => loadConfig({ topics: [{ name: 'a', partitions: 0 }] })).toThrow('topics: the partitions of topic a must be a number from 1 to 1000000')
    const misspelt = { name: 'a', partition: 3 }
    expect(() => loadConfig({ topics: [misspelt] })).toThrow('topics: a topic has no partition, only name, partitions, replicationFactor, configs')
  })

  test('are understood or refused, whatever is written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const { name, partitionCount } = parseTopicSpec(text, 'here')
          expect([text.includes(name), partitionCount !== 0]).toEqual([true, true])
        } catch (error) {
          expect(error).toBeInstanceOf(OdradekError)
        }
      }),
    )
  })
})
