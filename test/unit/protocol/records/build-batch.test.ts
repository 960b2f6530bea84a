import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COMPRESSIONS } from '../../../../protocol/compression/codecs.ts'
import { DecodeError, EncodeError } from '../../../../protocol/errors.ts'
import { isCrcValid, RecordBatch, updateCrc } from '../../../../protocol/records/batch.ts'
import { type BatchOptions, buildBatch, type NewRecord } from '../../../../protocol/records/build-batch.ts'
import { records } from '../../../../protocol/records/record.ts'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
const nullableBytes = fc.option(bytes(300), { nil: null })
const newRecord: fc.Arbitrary<Required<NewRecord>> = fc.record({
  timestamp: fc.bigInt({ min: -1n, max: 2n ** 62n }),
  key: nullableBytes,
  value: nullableBytes,
  headers: fc.array(fc.record({ key: fc.string({ unit: 'grapheme', maxLength: 10 }), value: nullableBytes }), { maxLength: 3 }),
})
const options: fc.Arbitrary<BatchOptions> = fc.record(
  {
    baseOffset: fc.maxSafeNat(),
    leaderEpoch: fc.nat(),
    producerId: fc.maxSafeNat(),
    producerEpoch: fc.nat(0x7fff),
    baseSequence: fc.nat(),
    compression: fc.constantFrom(...COMPRESSIONS),
    isTransactional: fc.boolean(),
    isControl: fc.boolean(),
    logAppendTimeMs: fc.maxSafeNat(),
  },
  { requiredKeys: [] },
)

describe('a batch', () => {
  test('is read as it was built, with every codec and attribute', () => {
    fc.assert(
      fc.property(options, fc.array(newRecord, { minLength: 1, maxLength: 20 }), (given, written) => {
        const batch = new RecordBatch(buildBatch(given, written))
        expect(isCrcValid(batch)).toBe(true)
        const { baseOffset = 0, leaderEpoch = -1, producerId = -1, producerEpoch = -1, baseSequence = -1, compression = 'none' } = given
        expect(batch).toMatchObject({ baseOffset, leaderEpoch, producerId, producerEpoch, baseSequence, compression, recordCount: written.length })
        expect(batch).toMatchObject({ isTransactional: given.isTransactional ?? false, isControl: given.isControl ?? false, hasDeleteHorizon: false })
        const { logAppendTimeMs } = given
        const expected = written.map((record, index) => ({
          ...record,
          offset: baseOffset + index,
          timestamp: logAppendTimeMs === undefined ? record.timestamp : BigInt(logAppendTimeMs),
        }))
        expect([...records(batch)]).toEqual(expected)
      }),
    )
  })

  test('has the greatest timestamp of its records, or the time of the append', () => {
    const written = [{ timestamp: 5 }, { timestamp: 9 }, { timestamp: 7n }]
    expect(new RecordBatch(buildBatch({}, written)).maxTimestamp).toBe(9n)
    expect(new RecordBatch(buildBatch({ logAppendTimeMs: 4 }, written)).maxTimestamp).toBe(4n)
    expect(new RecordBatch(buildBatch({}, [{ timestamp: -1 }])).maxTimestamp).toBe(-1n)
  })

  test('of no records is refused', () => {
    expect(() => buildBatch({}, [])).toThrow(EncodeError)
  })
})

describe('the records of a batch', () => {
  test('are values or a DecodeError, whatever became of the bytes', () => {
    const built = fc.tuple(options, fc.array(newRecord, { minLength: 1, maxLength: 5 })).map(([given, written]) => buildBatch(given, written))
    const mutation = fc.tuple(fc.nat(), fc.nat(255))
    fc.assert(
      fc.property(built, fc.array(mutation, { maxLength: 4 }), fc.boolean(), (sound, mutations, isCrcFixed) => {
        const damaged = Buffer.from(sound)
        for (const [at, byte] of mutations) damaged[12 + (at % (damaged.length - 12))] = byte
        const batch = new RecordBatch(damaged)
        if (isCrcFixed) updateCrc(batch)
        try {
          for (const record of records(batch)) expect(record.offset).toBeTypeOf('number')
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('must be as many as the header says', () => {
    for (const compression of COMPRESSIONS) {
      const three = buildBatch({ compression }, [{ timestamp: 1 }, { timestamp: 2 }, { timestamp: 3 }])
      for (const count of [-1, 1, 2, 4, 1_000_000_000]) {
        three.writeInt32BE(count, 57)
        expect(() => [...records(new RecordBatch(three))]).toThrow(DecodeError)
      }
      three.writeInt32BE(0, 57)
      expect([...records(new RecordBatch(three))]).toEqual([])
    }
  })

  test('of another magic are refused', () => {
    const batch = buildBatch({}, [{ timestamp: 1 }])
    batch[16] = 1
    expect(() => [...records(new RecordBatch(batch))]).toThrow(DecodeError)
  })

  test('may not inflate beyond the limit that the reader sets', () => {
    const batch = new RecordBatch(buildBatch({ compression: 'zstd' }, [{ timestamp: 1, value: Buffer.alloc(100_000) }]))
    expect(() => [...records(batch, { maxDecompressedBytes: 100_000 })]).toThrow('limit of 100000 bytes')
    expect([...records(batch, { maxDecompressedBytes: 100_100 })]).toHaveLength(1)
  })
})
