import { expect, test } from 'vitest'
import { inJavaHashOrder } from '../../../../src/cli/kafka/java-hash-order.ts'

// As a java.util.HashMap gives its keys that these were put into, in this order. The last two have the same hash code.
test.each([
  [
    ['b', 'a', 'c'],
    ['a', 'b', 'c'],
  ],
  [
    ['Aa', 'BB'],
    ['Aa', 'BB'],
  ],
  [
    ['BB', 'Aa'],
    ['BB', 'Aa'],
  ],
])('%j', (names, ordered) => {
  expect(inJavaHashOrder(names, (name) => name)).toEqual(ordered)
})
