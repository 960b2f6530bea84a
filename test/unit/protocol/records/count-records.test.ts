import fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { countRecords } from '../../../../protocol/records/count-records.ts'

const batchOf = (count: number, options: Parameters<typeof buildBatch>[0] = {}) =>
  buildBatch(
    options,
    Array.from({ length: count }, () => ({ timestamp: 1, key: null, value: Buffer.from('v') })),
  )

test('records of all batches are counted, compressed ones too', () => {
  expect(countRecords(Buffer.concat([batchOf(3), batchOf(5, { compression: 'gzip' }), batchOf(1)]))).toBe(9)
})

test('no bytes hold no records', () => {
  expect(countRecords(Buffer.alloc(0))).toBe(0)
})

test('markers of transactions are no records', () => {
  const marker = batchOf(1, { isControl: true, isTransactional: true, producerId: 7, producerEpoch: 0 })
  expect(countRecords(Buffer.concat([batchOf(2), marker]))).toBe(2)
})

test('a batch that is cut off is not counted', () => {
  const bytes = Buffer.concat([batchOf(2), batchOf(4)])
  expect(countRecords(bytes.subarray(0, bytes.length - 1))).toBe(2)
})

test('any bytes come to an end', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => Number.isSafeInteger(countRecords(Buffer.from(bytes)))))
})
