import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecodeError } from '../../../protocol/errors.ts'
import { type ControlRecord, decodeControlRecord, encodeControlRecord } from '../../../src/raft/control-records.ts'

const records: Exclude<ControlRecord, { type: 'other' }>[] = [
  { type: 'leader-change', leaderId: 1, voterIds: [1, 2, 3], grantingVoterIds: [1, 3] },
  { type: 'snapshot-header', lastContainedLogTimestampMs: 1795368877825 },
  { type: 'snapshot-footer' },
  { type: 'kraft-version', kraftVersion: 1 },
  { type: 'voters', voters: [] },
]

describe('control records', () => {
  it.each(records)('of type $type are the same after they were written', (record) => {
    const { key, value } = encodeControlRecord(record)
    expect(decodeControlRecord(key, value)).toEqual(record)
  })

  it('of other types are named by their code', () => {
    expect(decodeControlRecord(Buffer.from([0, 0, 0, 1]), Buffer.alloc(0))).toEqual({ type: 'other', code: 1 })
  })

  it('without key or value are refused', () => {
    expect(() => decodeControlRecord(null, Buffer.alloc(0))).toThrow(DecodeError)
    expect(() => decodeControlRecord(Buffer.from([0, 0, 0, 2]), null)).toThrow(DecodeError)
    expect(() => decodeControlRecord(Buffer.from([0]), Buffer.alloc(0))).toThrow(DecodeError)
  })

  it('of arbitrary bytes give a record or a DecodeError', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.uint8Array({ maxLength: 60 }), (code, value) => {
        try {
          expect(decodeControlRecord(Buffer.from([0, 0, 0, code]), Buffer.from(value)).type).not.toBe('other')
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
    )
  })
})
