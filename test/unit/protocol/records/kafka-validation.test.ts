import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { AppendRules, RecordError, Validation } from '../../../../protocol/records/append-rules.ts'
import { RecordBatch, setLeaderEpoch } from '../../../../protocol/records/batch.ts'
import { records } from '../../../../protocol/records/record.ts'
import { validateBatch } from '../../../../protocol/records/validate-batch.ts'
import { produceBatch } from '../../../../src/replication/produce/produce-batch.ts'

/** See test/fixtures/records/README.md. */
interface Case {
  readonly name: string
  readonly version: number
  readonly rules: Omit<AppendRules, 'topicPartition' | 'timestampBeforeMaxMs' | 'timestampAfterMaxMs'> & {
    readonly timestampBeforeMaxMs: string
    readonly timestampAfterMaxMs: string
  }
  readonly batch: string
  readonly answer: Accepted | { readonly errorCode: number; readonly errorMessage?: string; readonly recordErrors?: readonly RecordError[] }
}

interface Accepted {
  readonly recordCount: number
  readonly maxTimestamp: string
  readonly isRebuilt: boolean
  readonly batch: string
}

const CASES: readonly Case[] = JSON.parse(readFileSync(new URL('../../../fixtures/records/kafka-4.3.1-validation.json', import.meta.url), 'utf8'))

describe('a produced batch is answered as by Kafka:', () => {
  test.each(CASES.map((wanted) => [wanted.name, wanted] as const))('%s', (_name, { version, rules, batch, answer }) => {
    const { timestampBeforeMaxMs, timestampAfterMaxMs } = rules
    const limits = { timestampBeforeMaxMs: Number(timestampBeforeMaxMs), timestampAfterMaxMs: Number(timestampAfterMaxMs) }
    const bytes = Buffer.from(batch, 'base64')
    const { errorCode } = rules.origin === 'client' ? produceBatch(bytes, version) : { errorCode: 0 }
    if (errorCode !== 0) return expect(answer).toEqual({ errorCode })
    const validation = validateBatch(bytes, { ...rules, ...limits, topicPartition: 't-0' })
    if ('batch' in answer) expectAccepted(validation, answer)
    else expect(validation).toMatchObject({ ok: false, errorMessage: null, recordErrors: [], ...answer })
  })
})

function expectAccepted(validation: Validation, answer: Accepted): void {
  if (!validation.ok) throw new Error(`refused: ${validation.reason}`)
  const { batch, recordCount, maxTimestamp, isRebuilt } = validation
  expect({ recordCount, maxTimestamp: String(maxTimestamp), isRebuilt }).toEqual({
    recordCount: answer.recordCount,
    maxTimestamp: answer.maxTimestamp,
    isRebuilt: answer.isRebuilt,
  })
  setLeaderEpoch(batch, 7)
  const theirs = Buffer.from(answer.batch, 'base64')
  if (!isRebuilt || !batch.isCompressed) expect(batch.bytes.toString('base64')).toBe(answer.batch)
  // Compressed anew: the codecs' libraries may differ in bytes. All of the header but length and CRC must not, nor the records.
  else expect(withoutBytes(batch)).toEqual(withoutBytes(new RecordBatch(theirs)))
}

function withoutBytes(batch: RecordBatch): unknown {
  const { bytes } = batch
  return [bytes.toString('hex', 0, 8), bytes.toString('hex', 12, 17), bytes.toString('hex', 21, 61), [...records(batch)]]
}
