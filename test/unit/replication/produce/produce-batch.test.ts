import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { LENGTH_POSITION, MAGIC_POSITION } from '../../../../protocol/records/batch.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { corruptionOf, isTransactional, produceBatch, transactionalProducerOf } from '../../../../src/replication/produce/produce-batch.ts'

const RECORDS = [{ timestamp: 1n, key: null, value: Buffer.from('v') }]
const batch = () => buildBatch({}, RECORDS)

describe('the batch of a produce request', () => {
  it('is taken as it is', () => {
    const records = batch()
    expect(produceBatch(records, 9)).toEqual({ errorCode: ErrorCode.NONE, batch: records })
  })

  it('is taken without the piece of a batch behind it', () => {
    const records = batch()
    expect(produceBatch(Buffer.concat([records, records.subarray(0, 11)]), 9).batch).toEqual(records)
    expect(produceBatch(Buffer.concat([records, records.subarray(0, 30)]), 9).batch).toEqual(records)
  })

  it('must be there', () => {
    expect(produceBatch(Buffer.alloc(0), 9).errorCode).toBe(ErrorCode.INVALID_RECORD)
    expect(produceBatch(batch().subarray(0, 40), 9).errorCode).toBe(ErrorCode.INVALID_RECORD)
  })

  it('must be the only one', () => {
    expect(produceBatch(Buffer.concat([batch(), batch()]), 9).errorCode).toBe(ErrorCode.INVALID_RECORD)
  })

  it('must be of magic 2', () => {
    const records = batch()
    records[MAGIC_POSITION] = 1
    expect(produceBatch(records, 9).errorCode).toBe(ErrorCode.INVALID_RECORD)
    expect(corruptionOf(records)).toBeNull()
    records[MAGIC_POSITION] = 3
    expect(produceBatch(records, 9).errorCode).toBe(ErrorCode.CORRUPT_MESSAGE)
    expect(corruptionOf(records)).toBe('Invalid magic found in record: 3')
  })

  it('must have a possible length', () => {
    const records = batch()
    records.writeInt32BE(13, LENGTH_POSITION)
    expect(produceBatch(records, 9).errorCode).toBe(ErrorCode.CORRUPT_MESSAGE)
    expect(corruptionOf(records)).toBe('Record size 13 is less than the minimum record overhead (14)')
  })

  it('may be zstd from version 7 on', () => {
    const records = buildBatch({ compression: 'zstd' }, RECORDS)
    expect(produceBatch(records, 6).errorCode).toBe(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE)
    expect(produceBatch(records, 7).errorCode).toBe(ErrorCode.NONE)
  })

  it('tells its producer where it is transactional', () => {
    const transactional = buildBatch({ producerId: 7, producerEpoch: 2, baseSequence: 0, isTransactional: true }, RECORDS)
    expect(isTransactional(transactional)).toBe(true)
    expect(transactionalProducerOf(transactional)).toEqual({ producerId: 7n, producerEpoch: 2 })
    const idempotent = buildBatch({ producerId: 7, producerEpoch: 2, baseSequence: 0 }, RECORDS)
    expect(isTransactional(idempotent)).toBe(false)
    expect(transactionalProducerOf(idempotent)).toBeNull()
  })

  it('is a value or an error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 3, max: 13 }), (bytes, version) => {
        const records = Buffer.from(bytes)
        const { errorCode, batch: taken } = produceBatch(records, version)
        expect(taken.length).toBe(errorCode === ErrorCode.NONE ? records.readInt32BE(LENGTH_POSITION) + 12 : 0)
        corruptionOf(records)
        isTransactional(records)
        transactionalProducerOf(records)
      }),
    )
  })
})
