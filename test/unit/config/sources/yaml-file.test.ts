import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OdradekError } from '../../../../src/base/errors.ts'
import { parseYaml } from '../../../../src/config/sources/yaml-file.ts'

function read(text: string): Record<string, string> {
  return Object.fromEntries(parseYaml(text, 'f').entries.map(({ name, text: value }) => [name, value]))
}

/** Any UTF-16 unit, so also halves of pairs. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))

describe('a YAML file', () => {
  test('takes an underscore for a dot where that makes a setting', () => {
    expect(read('num_partitions: 3\nnum.io.threads: 4\nno_such: 5')).toEqual({ 'num.partitions': '3', 'num.io.threads': '4', no_such: '5' })
  })

  test('keeps values as they are written', () => {
    const text = 'log_flush_interval_messages: 9223372036854775807\nauto_create_topics_enable: true\nbroker_rack: "r 1"\nlog_cleaner_min_cleanable_ratio: 0.50'
    expect(Object.values(read(text))).toEqual(['9223372036854775807', 'true', 'r 1', '0.50'])
  })

  test('joins a list with commas and takes nothing for an empty text', () => {
    expect(read('listeners:\n  - A://:1\n  - B://:2\nlog_dirs: [/a, /b]\nbroker_rack:\n')).toEqual({
      listeners: 'A://:1,B://:2',
      'log.dirs': '/a,/b',
      'broker.rack': '',
    })
  })

  test('follows an alias', () => {
    expect(read('log_dir: &d /a\nmetadata_log_dir: *d')).toEqual({ 'log.dir': '/a', 'metadata.log.dir': '/a' })
  })

  test('is nothing when it holds comments only', () => {
    expect(parseYaml('# a\n\n', 'f')).toEqual({ entries: [], warnings: [], topics: [] })
  })

  test('takes 2147483648 for a 32-bit number as the largest there is, and says so', () => {
    const result = parseYaml('\nlog_segment_bytes: 2147483648', 'broker.yaml')
    expect(result.entries).toEqual([{ name: 'log.segment.bytes', text: '2147483647', origin: 'broker.yaml:2' }])
    expect(result.warnings).toEqual(['broker.yaml:2: log.segment.bytes: 2147483648 is one more than the largest value, and is taken as 2147483647'])
  })

  test('leaves 2147483648 alone where it fits, and larger numbers for the check to refuse', () => {
    expect(read('log_retention_bytes: 2147483648\nlog_segment_bytes: 2147483649')).toEqual({
      'log.retention.bytes': '2147483648',
      'log.segment.bytes': '2147483649',
    })
  })

  test('passes over the sections of other files that a guide shows in the same block', () => {
    const result = parseYaml('services:\n  broker-1:\n    mem_limit: 2g\n', 'f')
    expect(result).toEqual({ entries: [], warnings: ['f:1: services belongs in docker-compose.yml and is passed over'], topics: [] })
  })

  test.each([
    ['- a\n- b', 'f:1: a mapping of setting names to values is expected'],
    ['a: 1\nlog_dirs:\n  x: 1', 'f:2: log_dirs must be one value or a list of values'],
    ['a: 1\na: 2', 'f:2: Map keys must be unique'],
    ['a: "x', 'f:1: '],
    ['a: 1\n---\na: 2', 'f:2: a second document begins, and one is expected'],
    ['? [a]\n: 1', 'f:1: the name of a setting must be plain text'],
  ])('refuses %j with its line', (text, message) => {
    expect(() => parseYaml(text, 'f')).toThrow(message)
  })

  test('gives entries or one kind of error for any text', () => {
    const unit = fc.constantFrom('a', '_', ':', ' ', '\n', '-', '[', ']', '{', '}', '"', "'", '&', '*', '#', '?', '|', '>', '!', '%', '1', ',', '\t', '~')
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: anyUnit }), fc.string({ unit })), (text) => {
        try {
          for (const entry of parseYaml(text, 'f').entries) expect(typeof entry.text).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(OdradekError)
          expect(error).toMatchObject({ code: 'CONFIG_SYNTAX' })
        }
      }),
      { numRuns: 500 },
    )
  })
})
