import { describe, expect, test } from 'vitest'
import { offsetTimestamp, partitionFilter } from '../../../../../src/cli/kafka/offsets/offset-arguments.ts'
import { parseOptions } from '../../../../../src/cli/kafka/options/parse-options.ts'

const table = { topic: { value: 'T', does: '' }, partitions: { value: 'P', does: '' }, 'topic-partitions': { value: 'TP', does: '' } }
const chosen = (...args: readonly string[]) => {
  const filter = partitionFilter(parseOptions(table, args))
  const all = ['a', 'b', '__consumer_offsets']
    .filter((topic) => filter.topic(topic, true))
    .flatMap((topic) => [0, 1, 2, 3].map((partition) => ({ topic, partition })))
  return all.filter(filter.partition).map(({ topic, partition }) => `${topic}${partition}`)
}

describe('which partitions', () => {
  test.each([
    [
      ['--topic', 'a'],
      ['a0', 'a1', 'a2', 'a3'],
    ],
    [
      ['--partitions', '1,3'],
      ['a1', 'a3', 'b1', 'b3'],
    ],
    [
      ['--topic-partitions', 'a:1-3,b:2'],
      ['a1', 'a2', 'b2'],
    ],
    [
      ['--topic-partitions', 'a:2-'],
      ['a2', 'a3'],
    ],
    [
      ['--topic-partitions', ':-1'],
      ['a0', 'b0'],
    ],
    [
      ['--topic', 'a|b', '--partitions', '0'],
      ['a0', 'b0'],
    ],
  ])('%j', (args, partitions) => {
    expect(chosen(...args)).toEqual(partitions)
  })

  test.each([
    [['--topic-partitions', 'a:x'], 'Invalid rule specification: a:x'],
    [['--topic-partitions', 'a', '--topic', 'a'], '--topic-partitions cannot be used with --topic or --partitions'],
    [['--partitions', 'x'], '--partitions expects a comma separated list of numeric partition ids, but received: x'],
    [['--topic', '('], '( is an invalid regex.'],
  ])('%j is refused', (args, message) => {
    expect(() => chosen(...args)).toThrow(message)
  })
})

test.each([
  ['latest', -1n],
  ['-2', -2n],
  ['earliest-pending-upload', -6n],
  ['1700000000000', 1_700_000_000_000n],
])('the time %s', (text, timestamp) => {
  expect(offsetTimestamp(text)).toBe(timestamp)
})
