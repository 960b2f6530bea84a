import { describe, expect, test } from 'vitest'
import { murmur2, Partitioner } from '../../../../../src/cli/operations/produce/partitioner.ts'

const random = { below: () => 1, fraction: () => 0, bytes: (count: number) => Buffer.alloc(count) }

describe('partitions of records', () => {
  // Values of org.apache.kafka.common.utils.Utils.murmur2.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ])('%s hashes as in Kafka', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash)
  })

  test('equal keys go to one partition', () => {
    const partitioner = new Partitioner(random, 100)
    const places = ['21', '21', '21'].map((key) => partitioner.partitionOf(Buffer.from(key), 10, 7))
    expect(new Set(places)).toEqual(new Set([(-973932308 & 0x7fff_ffff) % 7]))
  })

  test('records without a key fill a batch of one partition before they go to another', () => {
    let next = 0
    const partitioner = new Partitioner({ ...random, below: (bound) => next++ % bound }, 100)
    expect([60, 60, 60, 60].map((bytes) => partitioner.partitionOf(null, bytes, 3))).toEqual([0, 0, 1, 1])
  })
})
