import { describe, expect, test } from 'vitest'
import { buildBatch } from '../../../../../protocol/records/build-batch.ts'
import { endTransactionRecord } from '../../../../../protocol/records/control-record.ts'
import { decodeRecords } from '../../../../../src/cli/operations/consume/decode-records.ts'

const text = (...values: readonly string[]) => values.map((value) => ({ timestamp: 1, value: Buffer.from(value) }))
const transactional = { producerId: 5, producerEpoch: 0, isTransactional: true }
const decoded = (bytes: Buffer, startOffset = 0, aborted: readonly { producerId: number; firstOffset: number }[] | null = null) => {
  const { records, nextOffset } = decodeRecords({ topic: 't', partition: 0, bytes, startOffset, aborted, checksCrcs: true })
  return { values: records.map(({ value }) => value?.toString()), nextOffset }
}

describe('what a consumer sees of fetched bytes', () => {
  test('records from the offset on that was asked for, though the batch begins before', () => {
    expect(decoded(buildBatch({ baseOffset: 10 }, text('a', 'b', 'c')), 11)).toEqual({ values: ['b', 'c'], nextOffset: 13 })
  })

  test('as many as one answer may hold', () => {
    const count = 200_000
    const { values, nextOffset } = decoded(
      buildBatch(
        { baseOffset: 0 },
        Array.from({ length: count }, () => ({ timestamp: 1, value: Buffer.alloc(0) })),
      ),
    )
    expect([values.length, nextOffset]).toEqual([count, count])
  })

  test('a batch that is cut off is left for the next fetch', () => {
    const whole = buildBatch({ baseOffset: 0 }, text('a'))
    const cut = buildBatch({ baseOffset: 1 }, text('b')).subarray(0, 65)
    expect(decoded(Buffer.concat([whole, cut]))).toEqual({ values: ['a'], nextOffset: 1 })
  })

  test('records of aborted transactions are passed over until their marker, and no others', () => {
    const bytes = Buffer.concat([
      buildBatch({ baseOffset: 0, ...transactional }, text('aborted')),
      buildBatch({ baseOffset: 1 }, text('plain')),
      buildBatch({ baseOffset: 2, ...transactional, isControl: true }, [endTransactionRecord({ type: 'abort', coordinatorEpoch: 0 }, 1)]),
      buildBatch({ baseOffset: 3, ...transactional }, text('committed')),
      buildBatch({ baseOffset: 4, ...transactional, isControl: true }, [endTransactionRecord({ type: 'commit', coordinatorEpoch: 0 }, 1)]),
    ])
    expect(decoded(bytes, 0, [{ producerId: 5, firstOffset: 0 }])).toEqual({ values: ['plain', 'committed'], nextOffset: 5 })
    expect(decoded(bytes)).toEqual({ values: ['aborted', 'plain', 'committed'], nextOffset: 5 })
  })

  test('bytes that changed on the way are told', () => {
    const bytes = buildBatch({ baseOffset: 0 }, text('abc'))
    bytes.writeUInt8(0x7a, bytes.length - 2)
    expect(() => decoded(bytes)).toThrow('Record batch for partition t-0 at offset 0 is invalid')
  })
})
