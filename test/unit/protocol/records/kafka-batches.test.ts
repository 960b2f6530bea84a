import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { batches, isCrcValid, type RecordBatch } from '../../../../protocol/records/batch.ts'
import { endTransactionMarker } from '../../../../protocol/records/control-record.ts'
import { records } from '../../../../protocol/records/record.ts'

/** See test/fixtures/records/README.md. */
interface KafkaBatch {
  readonly name: string
  readonly base64: string
  readonly records: readonly unknown[]
}

const KAFKA_BATCHES: readonly KafkaBatch[] = JSON.parse(readFileSync(new URL('../../../fixtures/records/kafka-4.3.1-batches.json', import.meta.url), 'utf8'))

describe('a batch that Apache Kafka wrote', () => {
  test.each(KAFKA_BATCHES.map((batch) => [batch.name, batch] as const))('is read as Kafka reads it: %s', (_name, { base64, name, ...expected }) => {
    const [batch, ...others] = [...batches(Buffer.from(base64, 'base64'))]
    expect(others).toEqual([])
    expect(batch && isCrcValid(batch)).toBe(true)
    expect(batch && describeBatch(batch)).toEqual(expected)
  })

  test.each([
    ['commit-marker', 'commit', 17],
    ['abort-marker', 'abort', 18],
  ])('ends a transaction: %s', (wanted, type, coordinatorEpoch) => {
    const { base64 = '' } = KAFKA_BATCHES.find(({ name }) => name === wanted) ?? {}
    const markers = [...batches(Buffer.from(base64, 'base64'))].flatMap((batch) => [...records(batch)].map(endTransactionMarker))
    expect(markers).toEqual([{ type, coordinatorEpoch }])
  })
})

function describeBatch(batch: RecordBatch): object {
  const { baseOffset, lastOffset, leaderEpoch, crc, compression, timestampType, isTransactional, isControl, recordCount } = batch
  const { producerId, producerEpoch, baseSequence, lastSequence } = batch
  return {
    ...{ baseOffset, lastOffset, leaderEpoch, crc, compression, timestampType, isTransactional, isControl, recordCount },
    ...{ producerId, producerEpoch, baseSequence, lastSequence },
    baseTimestamp: String(batch.baseTimestamp),
    maxTimestamp: String(batch.maxTimestamp),
    records: [...records(batch)].map((record) => ({
      offset: record.offset,
      timestamp: String(record.timestamp),
      key: text(record.key),
      value: text(record.value),
      headers: record.headers.map(({ key, value }) => ({ key, value: text(value) })),
    })),
  }
}

function text(bytes: Buffer | null): string | null {
  if (bytes === null || bytes.length <= 1000) return bytes?.toString('base64') ?? null
  const hash = bytes.reduce((sum, byte) => (Math.imul(31, sum) + ((byte << 24) >> 24)) | 0, 1)
  return `#${bytes.length}:${hash}`
}
