import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../../../protocol/errors.ts'
import {
  batchAt,
  batches,
  decrementSequence,
  incrementSequence,
  isCrcValid,
  LENGTH_POSITION,
  MAGIC_POSITION,
  RecordBatch,
  setBaseOffset,
  setLeaderEpoch,
  setMaxTimestamp,
  wholeBatches,
} from '../../../../protocol/records/batch.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'

const NOW = 1_700_000_000_000

function batchOf(count: number, baseOffset = 0): Buffer {
  return buildBatch(
    { baseOffset },
    Array.from({ length: count }, (_, index) => ({ timestamp: NOW + index, value: Buffer.from(`value ${index}`) })),
  )
}

describe('batches of a buffer', () => {
  const three = Buffer.concat([batchOf(1, 10), batchOf(2, 11), batchOf(3, 13)])

  test('come in order, each with its place', () => {
    const seen = [...batches(three)].map((batch) => [batch.baseOffset, batch.lastOffset, batch.nextOffset, batch.recordCount])
    expect(seen).toEqual([
      [10, 10, 11, 1],
      [11, 12, 13, 2],
      [13, 15, 16, 3],
    ])
    expect([...batches(three)].at(-1)?.end).toBe(three.length)
  })

  test('stop before one that is cut off, wherever it is cut', () => {
    const lastSize = batchOf(3).length
    for (let cut = 1; cut <= lastSize; cut++) expect([...batches(three.subarray(0, three.length - cut))]).toHaveLength(2)
  })

  test('must be whole where that is asked', () => {
    expect([...wholeBatches(three)]).toHaveLength(3)
    expect(() => [...wholeBatches(three.subarray(0, -1))]).toThrow(DecodeError)
    expect([...wholeBatches(Buffer.alloc(0))]).toEqual([])
  })

  test('are read between two positions', () => {
    const second = [...batches(three)][1] as RecordBatch
    expect([...batches(three, second.position, second.end)].map(({ baseOffset }) => baseOffset)).toEqual([11])
  })

  test.each([
    ['a length that no batch has', LENGTH_POSITION, [0, 0, 0, 13]],
    ['a negative length', LENGTH_POSITION, [0xff, 0xff, 0xff, 0xff]],
    ['an unknown magic', MAGIC_POSITION, [3]],
    ['a negative magic', MAGIC_POSITION, [0xff]],
  ])('are a DecodeError at %s', (_what, position, bytes) => {
    const bad = batchOf(2)
    bad.set(bytes, position)
    expect(() => batchAt(bad, 0)).toThrow(DecodeError)
  })

  test('with magic 0 and 1 are yielded, to be refused by name', () => {
    const old = batchOf(1)
    old[MAGIC_POSITION] = 1
    expect([...batches(old)].map(({ magic }) => magic)).toEqual([1])
  })
})

describe('changes in place', () => {
  test('of base offset and leader epoch leave the CRC as it is', () => {
    const batch = new RecordBatch(batchOf(3))
    const { crc } = batch
    setBaseOffset(batch, 2 ** 40 + 5)
    setLeaderEpoch(batch, 77)
    expect([batch.baseOffset, batch.lastOffset, batch.leaderEpoch, batch.crc]).toEqual([2 ** 40 + 5, 2 ** 40 + 7, 77, crc])
    expect(isCrcValid(batch)).toBe(true)
  })

  test('of the maximum timestamp and its type come with a new CRC', () => {
    const batch = new RecordBatch(batchOf(3))
    const { crc } = batch
    setMaxTimestamp(batch, 'LogAppendTime', 123n)
    expect([batch.timestampType, batch.maxTimestamp]).toEqual(['LogAppendTime', 123n])
    expect(batch.crc).not.toBe(crc)
    expect(isCrcValid(batch)).toBe(true)
  })

  test('that change nothing leave even unknown attribute bits alone; others clear them', () => {
    const bytes = batchOf(1)
    bytes[21] = 0x7f
    const batch = new RecordBatch(bytes)
    setMaxTimestamp(batch, 'CreateTime', BigInt(NOW))
    expect(batch.attributes).toBe(0x7f00)
    setMaxTimestamp(batch, 'CreateTime', BigInt(NOW) + 1n)
    expect(batch.attributes).toBe(0)
  })
})

test('a flipped bit anywhere behind the CRC makes it invalid', () => {
  const sound = batchOf(1)
  for (let position = 17; position < sound.length; position++) {
    const bytes = Buffer.from(sound)
    bytes[position] = (bytes[position] as number) ^ 0x10
    expect(isCrcValid(new RecordBatch(bytes))).toBe(false)
  }
})

test('an offset outside ±2^53 is a DecodeError when it is read', () => {
  const bytes = batchOf(1)
  bytes.writeBigInt64BE(2n ** 60n)
  expect(() => new RecordBatch(bytes).baseOffset).toThrow(DecodeError)
})

test('sequences go from 2^31-1 to 0 and back', () => {
  expect(incrementSequence(5, 3)).toBe(8)
  expect(incrementSequence(2 ** 31 - 1, 1)).toBe(0)
  expect(incrementSequence(2 ** 31 - 2, 4)).toBe(2)
  expect(decrementSequence(2, 4)).toBe(2 ** 31 - 2)
})

test('the delete horizon is in place of the base timestamp where its flag is set', () => {
  const bytes = batchOf(1)
  expect(new RecordBatch(bytes).deleteHorizonMs).toBeNull()
  bytes[22] = 0x40
  expect(new RecordBatch(bytes).deleteHorizonMs).toBe(BigInt(NOW))
})
