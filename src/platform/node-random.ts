import { assert } from '../base/assert.ts'
import type { Random } from '../base/ports.ts'
import { nodeCrypto } from './node-crypto.ts'

const MAX_BOUND = 2 ** 48

export const nodeRandom: Random = {
  below(bound) {
    assert(Number.isInteger(bound) && bound >= 1 && bound <= MAX_BOUND, 'a random bound is a whole number from 1 to 2^48')
    // randomInt stops one short of the full range.
    const { randomBytes, randomInt } = nodeCrypto()
    return bound === MAX_BOUND ? randomBytes(6).readUIntBE(0, 6) : randomInt(bound)
  },
  fraction: () => Math.random(),
  bytes: (count) => nodeCrypto().randomBytes(count),
}
