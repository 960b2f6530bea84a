import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../../../protocol/errors.ts'
import { RecordBatch } from '../../../../protocol/records/batch.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import {
  CONTROL_RECORD_TYPES,
  controlRecordKey,
  controlRecordType,
  endTransactionMarker,
  endTransactionRecord,
} from '../../../../protocol/records/control-record.ts'
import { type Record, records } from '../../../../protocol/records/record.ts'

const KAFKA_BATCHES: readonly { readonly name: string; readonly base64: string }[] = JSON.parse(
  readFileSync(new URL('../../../fixtures/records/kafka-4.3.1-batches.json', import.meta.url), 'utf8'),
)

function controlRecord(key: Buffer | null, value: Buffer | null = null): Record {
  return { offset: 0, timestamp: 0n, key, value, headers: [] }
}

describe('control records', () => {
  test('keep their type in the key', () => {
    for (const type of CONTROL_RECORD_TYPES) expect(controlRecordType(controlRecord(controlRecordKey(type)))).toBe(type)
    expect(controlRecordKey('kraft-voters').toString('hex')).toBe('00000006')
  })

  test('of types to come are unknown', () => {
    expect(controlRecordType(controlRecord(Buffer.from('00000063', 'hex')))).toBe('unknown')
    expect(controlRecordType(controlRecord(Buffer.from('0000ffff', 'hex')))).toBe('unknown')
  })

  test('without a sound key are a DecodeError', () => {
    for (const key of [null, Buffer.alloc(0), Buffer.alloc(3), Buffer.from('ffff0000', 'hex')])
      expect(() => controlRecordType(controlRecord(key))).toThrow(DecodeError)
  })
})

describe('markers of transactions', () => {
  test('are written byte for byte as Kafka writes them', () => {
    const ours = buildBatch({ baseOffset: 99, leaderEpoch: 5, producerId: 4000, producerEpoch: 3, isTransactional: true, isControl: true }, [
      endTransactionRecord({ type: 'commit', coordinatorEpoch: 17 }, 1_700_000_000_000),
    ])
    expect(ours.toString('base64')).toBe(KAFKA_BATCHES.find(({ name }) => name === 'commit-marker')?.base64)
  })

  test('come back with the epoch of their coordinator', () => {
    const batch = buildBatch({ isControl: true }, [endTransactionRecord({ type: 'abort', coordinatorEpoch: 4 }, 1)])
    expect([...records(new RecordBatch(batch))].map(endTransactionMarker)).toEqual([{ type: 'abort', coordinatorEpoch: 4 }])
  })

  test('of a later version are read as far as they are known', () => {
    const later = controlRecord(controlRecordKey('commit'), Buffer.from('00090000000700112233', 'hex'))
    expect(endTransactionMarker(later)).toEqual({ type: 'commit', coordinatorEpoch: 7 })
  })

  test('are none in records of other types, and a DecodeError without a value', () => {
    expect(endTransactionMarker(controlRecord(controlRecordKey('leader-change')))).toBeNull()
    for (const value of [null, Buffer.alloc(1), Buffer.alloc(5)])
      expect(() => endTransactionMarker(controlRecord(controlRecordKey('commit'), value))).toThrow(DecodeError)
  })
})
