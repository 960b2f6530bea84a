import { expect, test } from 'vitest'
import { parseExposition } from '../../support/parse-exposition.ts'

const HEAD = '# HELP a What.\n# TYPE a gauge\n'
const HISTOGRAM = '# HELP h What.\n# TYPE h histogram\n'

test('families are read with their samples', () => {
  const families = parseExposition(`${HEAD}a{b="c"} 1\na 2e3\n\n# HELP d_total More.\n# TYPE d_total counter\nd_total 5\n`)
  expect([...families.keys()]).toEqual(['a', 'd_total'])
  expect(families.get('a')?.samples).toEqual([
    { name: 'a', labels: { b: 'c' }, value: 1 },
    { name: 'a', labels: {}, value: 2000 },
  ])
})

test.each([
  ['a family twice', `${HEAD}a 1\n${HEAD}a 2\n`],
  ['TYPE without its HELP', '# TYPE a gauge\na 1\n'],
  ['a series outside of its family', `${HEAD}b 1\n`],
  ['a series twice', `${HEAD}a{b="c",d="e"} 1\na{d="e",b="c"} 1\n`],
  ['not a sample', `${HEAD}a{b="c} 1\n`],
  ['not a sample', `${HEAD}a{b="c",b="d"} 1\n`],
  ['not a sample', `${HEAD}a one\n`],
  ['does not end in a line feed', `${HEAD}a 1`],
  ['smaller than the one before', `${HISTOGRAM}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`],
  ['its count is', `${HISTOGRAM}h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n`],
])('refused: %s', (why, text) => {
  expect(() => parseExposition(text)).toThrow(why)
})
