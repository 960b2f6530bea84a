import { expect, test } from 'vitest'
import { uuidFromBytes } from '../../../../protocol/uuid.ts'
import { subscriptionIdOf } from '../../../../src/observing/pushed/subscription-id.ts'

const ID = uuidFromBytes(Buffer.from('00112233445566778899aabbccddee00', 'hex'))

test('the id of a subscription changes with metrics, interval and client', () => {
  const id = subscriptionIdOf(['a', 'b'], 1000, ID)
  expect(subscriptionIdOf(['a', 'b'], 1000, ID)).toBe(id)
  for (const other of [
    subscriptionIdOf(['a'], 1000, ID),
    subscriptionIdOf(['a', 'b'], 1001, ID),
    subscriptionIdOf(['a', 'b'], 1000, uuidFromBytes(Buffer.alloc(16, 1))),
  ]) {
    expect(other).not.toBe(id)
  }
})
