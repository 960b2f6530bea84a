import { describe, expect, test } from 'vitest'
import { topicFilter } from '../../../../../src/cli/operations/topics/topic-names.ts'

describe('a filter of topics', () => {
  test.each([
    ['orders', 'orders', true],
    ['orders', 'orders2', false],
    ['ord.*', 'orders', true],
    ['a,b', 'b', true],
    [' "a" ', 'a', true],
    ['(?i)ORDERS', 'orders', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['\\Qa.b\\E', 'axb', false],
    ['\\Aorders\\z', 'orders', true],
  ])('%s for %s', (pattern, name, matches) => {
    expect(topicFilter(pattern)(name)).toBe(matches)
  })

  test('leaves internal topics out where that is wanted', () => {
    const matches = topicFilter('.*')
    expect([matches('__consumer_offsets'), matches('__consumer_offsets', true), matches('orders', true)]).toEqual([true, false, true])
  })

  test('refuses what is no pattern, and what only Java understands', () => {
    expect(() => topicFilter('[')).toThrow('[ is an invalid regex.')
    expect(() => topicFilter('\\p{L}+')).toThrow('\\p{L}+ is not understood here: ')
  })
})
