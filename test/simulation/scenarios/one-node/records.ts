import { ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { FetchApi } from '../../../../protocol/messages/fetch.ts'
import { ProduceApi } from '../../../../protocol/messages/produce.ts'
import { batches } from '../../../../protocol/records/batch.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { records } from '../../../../protocol/records/record.ts'
import type { TopicPartition } from '../../../../src/base/topic-partition.ts'
import { onlyOne } from '../../actor.ts'
import { Unanswered } from '../../asker.ts'
import type { KafkaClient } from '../../kafka-client.ts'
import { isPassing } from './role.ts'

export interface Sending {
  readonly at: TopicPartition
  readonly batch: Parameters<typeof buildBatch>[0]
  readonly values: readonly string[]
  readonly nowMs: number
}

/** Sends one batch until it is acknowledged by all replicas. @returns the offset of its first record */
export async function send(client: KafkaClient, { at, batch, values, nowMs }: Sending): Promise<number> {
  const newRecords = values.map((value) => ({ timestamp: nowMs, value: Buffer.from(value) }))
  const partitionData = [{ index: at.partition, records: buildBatch(batch, newRecords) }]
  const answer = await client.askUntil(
    ProduceApi,
    9,
    { acks: -1, timeoutMs: 3000, topicData: [{ name: at.topic, partitionData }] },
    (candidate) => !isPassing(candidate.responses[0]?.partitionResponses[0]?.errorCode),
  )
  const { errorCode, baseOffset } = onlyOne(answer.responses[0]?.partitionResponses)
  ok(errorCode === ErrorCode.NONE, `producing ${values[0]} fails with ${errorName(errorCode)}`)
  return baseOffset
}

/** Fetches behind what is in `values`, which holds values by offset; false when nothing came. Throws `Unanswered` for what passes. */
export async function fetchInto(client: KafkaClient, at: TopicPartition, values: string[], maxWaitMs: number): Promise<boolean> {
  const partition = { partition: at.partition, fetchOffset: values.length, partitionMaxBytes: 2000 }
  const request = { maxWaitMs, minBytes: 1, isolationLevel: 0, topics: [{ topic: at.topic, partitions: [partition] }], forgottenTopicsData: [] }
  const answer = await client.ask(FetchApi, 12, request)
  const { errorCode, records: bytes } = onlyOne(answer.responses[0]?.partitions)
  if (isPassing(errorCode)) throw new Unanswered(errorName(errorCode))
  ok(errorCode === ErrorCode.NONE, `fetching at ${values.length} fails with ${errorName(errorCode)}`)
  const before = values.length
  for (const batch of batches(bytes ?? Buffer.alloc(0))) {
    for (const record of records(batch)) {
      if (record.offset < values.length) continue
      ok(record.offset === values.length, `offset ${record.offset} follows ${values.length - 1}`)
      values.push(String(record.value))
    }
  }
  return values.length > before
}
