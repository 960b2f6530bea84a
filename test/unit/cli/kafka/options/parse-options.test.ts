import { describe, expect, test } from 'vitest'
import type { OptionTable } from '../../../../../src/cli/kafka/options/option-table.ts'
import { parseOptions } from '../../../../../src/cli/kafka/options/parse-options.ts'

const table: OptionTable = {
  list: { does: '' },
  topic: { value: 'NAME', does: '' },
  partitions: { value: 'COUNT', type: 'int', does: '' },
  offset: { value: 'OFFSET', type: 'long', default: '7', does: '' },
  codec: { value: 'CODEC', valueIsOptional: true, does: '' },
  keys: { value: 'K1,K2', separator: ',', does: '' },
  members: { availableIf: ['list'], does: '' },
}

describe('options in Kafka’s way', () => {
  test.each([
    [['--topic', 'a'], 'a'],
    [['--topic=a'], 'a'],
    [['-topic', 'a'], 'a'],
    [['--topic=a=b'], 'a=b'],
    [['--topic', '--list'], '--list'],
    [['--topic', '-5'], '-5'],
    [['word', '--topic', 'a', 'word'], 'a'],
    [['--', '--topic', 'a'], null],
    [[], null],
  ])('%j: the topic is %s', (args, topic) => {
    expect(parseOptions(table, args).value('topic')).toBe(topic)
  })

  test('a value that may be left out is not the next option', () => {
    expect(parseOptions(table, ['--codec', '--list']).value('codec')).toBeNull()
    expect(parseOptions(table, ['--codec', 'lz4']).value('codec')).toBe('lz4')
    expect(parseOptions(table, ['--codec']).has('codec')).toBe(true)
  })

  test('an option may come several times, and where one is asked for that is refused', () => {
    const options = parseOptions(table, ['--topic', 'a', '--topic', 'b'])
    expect(options.values('topic')).toEqual(['a', 'b'])
    expect(() => options.value('topic')).toThrow('Found multiple arguments for option topic, but you asked for only one')
  })

  test('defaults count where the option is not there', () => {
    expect(parseOptions(table, []).number('offset')).toBe(7)
    expect(parseOptions(table, ['--offset', '8']).number('offset')).toBe(8)
  })

  test('several values in one', () => {
    expect(parseOptions(table, ['--keys', 'a,b', '--keys', 'c']).values('keys')).toEqual(['a', 'b', 'c'])
  })

  test.each([
    [['--frobnicate'], 'frobnicate is not a recognized option'],
    [['-xyz'], 'x is not a recognized option'],
    [['--topic'], 'Option topic requires an argument'],
    [['--members'], 'Option(s) [members] are unavailable given other options on the command line'],
  ])('%j: %s', (args, message) => {
    expect(() => parseOptions(table, args)).toThrow(message)
  })

  test.each(['many', '1.5', '2147483648', ''])('partitions are no %s', (text) => {
    expect(() => parseOptions(table, [`--partitions`, text]).number('partitions')).toThrow(`Cannot parse argument '${text}' of option partitions`)
  })
})
