import fc from 'fast-check'
import { compressSync } from 'snappy'
import { describe, expect, test } from 'vitest'
import { COMPRESSIONS, compress } from '../../../../protocol/compression/codecs.ts'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { AppendRules } from '../../../../protocol/records/append-rules.ts'
import { RECORDS_POSITION, RecordBatch, updateCrc } from '../../../../protocol/records/batch.ts'
import { buildBatch, type NewRecord } from '../../../../protocol/records/build-batch.ts'
import { records } from '../../../../protocol/records/record.ts'
import { MAX_RECORD_ERRORS } from '../../../../protocol/records/record-errors.ts'
import { validateBatch } from '../../../../protocol/records/validate-batch.ts'

const MIB = 1024 * 1024
const NOW = 1_700_000_000_000
const RULES: AppendRules = {
  origin: 'client',
  topicPartition: 'topic-0',
  nowMs: NOW,
  maxMessageBytes: 64 * MIB,
  compression: 'producer',
  timestampType: 'CreateTime',
  timestampBeforeMaxMs: Number.POSITIVE_INFINITY,
  timestampAfterMaxMs: 3_600_000,
  maxInflatedWholeBytes: 64 * MIB,
  isCompacted: false,
}

function some(count: number, record: Partial<NewRecord> = {}): NewRecord[] {
  return Array.from({ length: count }, (_, index) => ({ timestamp: NOW + index, key: Buffer.from(`${index}`), value: Buffer.from('value'), ...record }))
}

/** A batch with this payload, whatever it holds, and a good CRC. */
function batchAround(payload: Buffer, attributes: number, recordCount: number): Buffer {
  const bytes = Buffer.concat([buildBatch({}, some(1)).subarray(0, RECORDS_POSITION), payload])
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeInt16BE(attributes, 21)
  bytes.writeInt32BE(recordCount - 1, 23)
  bytes.writeInt32BE(recordCount, 57)
  updateCrc(new RecordBatch(bytes))
  return bytes
}

describe.each(COMPRESSIONS)('a batch of compression %s', (compression) => {
  test('is accepted as it is, in the buffer in which it came', () => {
    const bytes = buildBatch({ compression }, some(1000))
    const before = Buffer.from(bytes)
    const validation = validateBatch(bytes, RULES)
    expect(validation).toMatchObject({ ok: true, recordCount: 1000, maxTimestamp: BigInt(NOW + 999), isRebuilt: false })
    expect(validation.ok && validation.batch.buffer).toBe(bytes)
    expect(bytes.equals(before)).toBe(true)
  })

  test('may hold a record far larger than a chunk', () => {
    const value = Buffer.alloc(5 * MIB, 'not quite random ')
    const bytes = buildBatch({ compression }, [...some(3), { timestamp: NOW, value, headers: [{ key: 'h'.repeat(2 * MIB), value }] }, ...some(2)])
    expect(validateBatch(bytes, RULES)).toMatchObject({ ok: true, recordCount: 6 })
  })

  test('takes the time of the append where the topic says so', () => {
    const validation = validateBatch(buildBatch({ compression }, some(3)), { ...RULES, timestampType: 'LogAppendTime', nowMs: NOW + 77 })
    if (!validation.ok) throw new Error(validation.reason)
    expect(validation.maxTimestamp).toBe(BigInt(NOW + 77))
    expect([...records(validation.batch)].map(({ timestamp }) => timestamp)).toEqual(Array(3).fill(BigInt(NOW + 77)))
  })

  test.each(COMPRESSIONS)('keeps its records and its producer when the topic wants %s', (wanted) => {
    const producer = { producerId: 9, producerEpoch: 2, baseSequence: 40, isTransactional: true }
    const bytes = buildBatch({ compression, ...producer }, some(50))
    const sent = [...records(new RecordBatch(bytes))]
    const validation = validateBatch(bytes, { ...RULES, compression: wanted })
    if (!validation.ok) throw new Error(validation.reason)
    expect(validation.isRebuilt).toBe(wanted !== compression)
    expect(validation.batch).toMatchObject({ compression: wanted, ...producer })
    expect([...records(validation.batch)]).toEqual(sent)
  })

  test('is refused with each of its records that has no key, when the topic is compacted', () => {
    const bytes = buildBatch({ compression }, [...some(2), ...some(1, { key: null }), ...some(1), ...some(1, { key: null })])
    const validation = validateBatch(bytes, { ...RULES, isCompacted: true })
    expect(validation).toMatchObject({ ok: false, errorCode: ErrorCode.INVALID_RECORD, recordErrors: [{ batchIndex: 2 }, { batchIndex: 4 }] })
  })

  test('is refused for timestamps out of range, but not for the one that means "none"', () => {
    const old = { timestamp: NOW - 2000 }
    const ahead = { timestamp: NOW + 4_000_000 }
    const bytes = buildBatch({ compression }, [{ timestamp: NOW }, old, { timestamp: -1 }, ahead])
    const limited = { ...RULES, timestampBeforeMaxMs: 1000 }
    expect(validateBatch(bytes, limited)).toMatchObject({
      ok: false,
      errorCode: ErrorCode.INVALID_TIMESTAMP,
      errorMessage: 'One or more records have been rejected due to invalid timestamp',
      recordErrors: [{ batchIndex: 1 }, { batchIndex: 3 }],
    })
    expect(validateBatch(buildBatch({ compression }, [{ timestamp: NOW }, { timestamp: -1 }]), limited)).toMatchObject({ ok: true, maxTimestamp: BigInt(NOW) })
  })

  test('with a timestamp of 64 bits is reckoned with exactly', () => {
    const far = 2n ** 62n + 1n
    const bytes = buildBatch({ compression }, [{ timestamp: NOW }, { timestamp: far }])
    expect(validateBatch(Buffer.from(bytes), RULES)).toMatchObject({ ok: false, errorCode: ErrorCode.INVALID_TIMESTAMP, recordErrors: [{ batchIndex: 1 }] })
    expect(validateBatch(bytes, { ...RULES, timestampAfterMaxMs: Number.POSITIVE_INFINITY })).toMatchObject({ ok: true, maxTimestamp: far })
  })

  test('gets an answer, never an exception, whatever became of its bytes', () => {
    const sound = buildBatch({ compression, producerId: 1, producerEpoch: 0, baseSequence: 0 }, some(20, { headers: [{ key: 'k', value: null }] }))
    const mutation = fc.tuple(fc.nat(sound.length - 1), fc.nat(255))
    fc.assert(
      fc.property(
        fc.array(mutation, { maxLength: 4 }),
        fc.nat(sound.length),
        fc.boolean(),
        fc.constantFrom(...COMPRESSIONS),
        (mutations, end, isWhole, wanted) => {
          const bytes = Buffer.from(sound)
          for (const [at, byte] of mutations) bytes[at] = byte
          if (isWhole && bytes.readInt32BE(8) === sound.length - 12) updateCrc(new RecordBatch(bytes))
          const validation = validateBatch(isWhole ? bytes : bytes.subarray(0, end), { ...RULES, compression: wanted })
          expect(validation.ok || validation.reason.length > 0).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })
})

test('arbitrary bytes get an answer, never an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (array) => {
      expect(validateBatch(Buffer.from(array), RULES).ok).toBe(false)
    }),
  )
})

describe('bombs', () => {
  /** Frames of zeros, each as small as zstd makes them. */
  function zeros(mebibytes: number): Buffer {
    const frame = compress('zstd', Buffer.alloc(64 * MIB))
    return Buffer.concat(Array.from({ length: Math.ceil(mebibytes / 64) }, () => frame))
  }

  test('that are no records are refused at the first of them, however far they would inflate', () => {
    // A zero is a record of size 0 whose offset, key, value and headers are zeros too: 7 zeros each.
    const startedMs = performance.now()
    expect(validateBatch(batchAround(zeros(100_000), 4, 3), RULES)).toMatchObject({ ok: false, errorCode: ErrorCode.INVALID_RECORD })
    expect(performance.now() - startedMs).toBeLessThan(5000)
  })

  test('that are one record are refused at a gibibyte, with little memory', () => {
    const before = process.memoryUsage().rss
    // Size, attributes, timestamp, offset, null key, and a value of 2^31-1 bytes.
    const head = compress('zstd', Buffer.from('feffffff0f00000001feffffff0f', 'hex'))
    const validation = validateBatch(batchAround(Buffer.concat([head, zeros(2048)]), 4, 1), RULES)
    expect(validation).toMatchObject({ ok: false, errorCode: ErrorCode.MESSAGE_TOO_LARGE })
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * MIB)
  })

  test('of faulty records are answered with a bounded list', () => {
    const record = Buffer.from('0c000001010000', 'hex') // offset 0, null key, null value, no headers
    const payload = Buffer.concat(Array.from({ length: 50_000 }, () => record))
    const validation = validateBatch(batchAround(payload, 0, 50_000), { ...RULES, isCompacted: true })
    expect(!validation.ok && validation.recordErrors.length).toBe(MAX_RECORD_ERRORS)
  })
})

describe('the size of a batch', () => {
  test('may be as configured and no more', () => {
    const bytes = buildBatch({}, some(10))
    expect(validateBatch(bytes, { ...RULES, maxMessageBytes: bytes.length }).ok).toBe(true)
    expect(validateBatch(bytes, { ...RULES, maxMessageBytes: bytes.length - 1 })).toMatchObject({ ok: false, errorCode: ErrorCode.MESSAGE_TOO_LARGE })
  })

  test('is held against the configured once more when it was compressed anew', () => {
    const bytes = buildBatch({ compression: 'gzip' }, some(1, { value: Buffer.alloc(10_000) }))
    const rules = { ...RULES, maxMessageBytes: 5000 }
    expect(validateBatch(bytes, rules).ok).toBe(true)
    expect(validateBatch(bytes, { ...rules, compression: 'none' })).toMatchObject({ ok: false, errorCode: ErrorCode.MESSAGE_TOO_LARGE })
  })
})

test('a coordinator may write control batches, and they are not compressed', () => {
  const bytes = buildBatch({ isControl: true }, some(1))
  const validation = validateBatch(bytes, { ...RULES, origin: 'coordinator', compression: 'zstd' })
  expect(validation).toMatchObject({ ok: true, isRebuilt: false })
  expect(validateBatch(bytes, RULES)).toMatchObject({ ok: false, errorCode: ErrorCode.INVALID_RECORD })
})

describe('what inflates as a whole', () => {
  const SNAPPY = 2
  const payload = buildBatch({}, some(1000)).subarray(RECORDS_POSITION)

  test('may be a snappy block of the size allowed, and no byte more', () => {
    const bytes = batchAround(compressSync(payload), SNAPPY, 1000)
    expect(validateBatch(bytes, { ...RULES, maxInflatedWholeBytes: payload.length })).toMatchObject({ ok: true, recordCount: 1000 })
    expect(validateBatch(bytes, { ...RULES, maxInflatedWholeBytes: payload.length - 1 })).toMatchObject({
      ok: false,
      errorCode: ErrorCode.MESSAGE_TOO_LARGE,
    })
  })

  test('may be records that have to be compressed anew, up to the same size', () => {
    const rules: AppendRules = { ...RULES, compression: 'zstd' }
    const bytes = () => buildBatch({ compression: 'gzip' }, some(1000))
    expect(validateBatch(bytes(), { ...rules, maxInflatedWholeBytes: payload.length })).toMatchObject({ ok: true, isRebuilt: true })
    expect(validateBatch(bytes(), { ...rules, maxInflatedWholeBytes: payload.length - 1 })).toMatchObject({ ok: false, errorCode: ErrorCode.MESSAGE_TOO_LARGE })
  })
})
