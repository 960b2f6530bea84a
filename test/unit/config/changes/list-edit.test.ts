import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutItems } from '../../../../src/config/changes/list-edit.ts'
import { splitAsJava } from '../../../../src/config/values/java-split.ts'

test('each item taken away takes the first of its kind', () => {
  expect(withoutItems(['a', 'b', 'a', 'c', 'a'], ['a', 'x', 'a'])).toEqual(['b', 'c', 'a'])
})

test('what is left and what went are what was there', () => {
  const items = fc.array(fc.constantFrom('a', 'b', 'c', ''))
  fc.assert(
    fc.property(items, items, (all, less) => {
      const left = withoutItems(all, less)
      const count = (list: readonly string[], item: string) => list.filter((other) => other === item).length
      for (const item of ['a', 'b', 'c', '']) expect(count(left, item)).toBe(Math.max(0, count(all, item) - count(less, item)))
    }),
  )
})

test.each([
  ['', ['']],
  [',', []],
  ['a', ['a']],
  ['a,,b,,', ['a', '', 'b']],
  [',a', ['', 'a']],
])('Java splits %j into %j', (text, parts) => {
  expect(splitAsJava(text, ',')).toEqual(parts)
})
