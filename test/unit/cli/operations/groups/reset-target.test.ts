import { expect, test } from 'vitest'
import { resetTarget } from '../../../../../src/cli/operations/groups/reset-target.ts'

test.each([
  ['earliest', { kind: 'earliest' }],
  ['42', { kind: 'offset', offset: 42 }],
  ['+3', { kind: 'shift', by: 3 }],
  ['-3', { kind: 'shift', by: -3 }],
  ['PT1H', { kind: 'time', timestampMs: 10_000_000 - 3_600_000 }],
  ['1970-01-01T00:00:01.000', { kind: 'time', timestampMs: 1_000 }],
  ['soon', null],
  ['', null],
])('%s', (text, target) => {
  expect(resetTarget(text, 10_000_000)).toEqual(target)
})
