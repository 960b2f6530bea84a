import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ByteSource } from '../../../../protocol/compression/byte-source.ts'
import { DecodeError } from '../../../../protocol/errors.ts'
import { RECORDS_POSITION } from '../../../../protocol/records/batch.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { ByteStream } from '../../../../protocol/records/byte-stream.ts'
import { type RecordScan, scanRecords, scanStream, summarizeRecords } from '../../../../protocol/records/scan-records.ts'
import { VarintReader } from '../../../../protocol/wire/varint.ts'

const newRecord = fc.record({
  timestamp: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 62n }), fc.bigInt({ min: 1000n, max: 2000n })),
  key: fc.option(fc.uint8Array({ maxLength: 30 }), { nil: null }),
  value: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null }),
  headers: fc.array(fc.record({ key: fc.string({ maxLength: 5 }), value: fc.option(fc.uint8Array({ maxLength: 5 }), { nil: null }) }), { maxLength: 2 }),
})

/** The bytes in pieces of the given sizes, over and over, in one buffer that each piece overwrites. */
function inPieces(bytes: Buffer, sizes: readonly number[]): ByteSource {
  const scratch = Buffer.alloc(Math.max(...sizes))
  let at = 0
  let turn = 0
  return {
    next() {
      const count = Math.min(sizes[turn++ % sizes.length] as number, bytes.length - at)
      bytes.copy(scratch, 0, at, at + count)
      at += count
      return count === 0 ? null : scratch.subarray(0, count)
    },
    close() {},
  }
}

describe('records that come in pieces', () => {
  const records = fc.array(newRecord, { minLength: 1, maxLength: 20 })
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

  test('are scanned and summarized as if they were whole', () => {
    fc.assert(
      fc.property(records, sizes, (written, pieces) => {
        const bytes = buildBatch({}, written).subarray(RECORDS_POSITION)
        const scan: RecordScan = scanRecords(bytes, 0, bytes.length, written.length)
        expect(scanStream(new ByteStream(inPieces(bytes, pieces), bytes.length), written.length)).toEqual(scan)
        expect([...summarizeRecords(new ByteStream(inPieces(bytes, pieces), bytes.length), written.length)]).toEqual([
          ...summarizeRecords(new VarintReader(bytes), written.length),
        ])
        expect(scan.hasNullKey).toBe(written.some(({ key }) => key === null))
      }),
    )
  })

  test('are a DecodeError when they end early or go on', () => {
    fc.assert(
      fc.property(records, sizes, (written, pieces) => {
        const bytes = buildBatch({}, written).subarray(RECORDS_POSITION)
        expect(() => scanStream(new ByteStream(inPieces(bytes, pieces), bytes.length), written.length + 1)).toThrow(DecodeError)
        expect(() => scanStream(new ByteStream(inPieces(bytes.subarray(0, -1), pieces), bytes.length), written.length)).toThrow(DecodeError)
        expect(() => scanStream(new ByteStream(inPieces(Buffer.concat([bytes, bytes]), pieces), 2 * bytes.length), written.length)).toThrow(DecodeError)
      }),
    )
  })
})
