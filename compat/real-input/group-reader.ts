import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import { until } from '../kafkajs/support.ts'
import { LineChecksum } from './line-checksum.ts'

export interface GroupReader extends AsyncDisposable {
  /** Distinct records that came so far. */
  readonly count: number
  /** Of each record once: after a crash a group reads again what it had not committed. */
  readonly checksum: LineChecksum
  /** Members that took part, by the number of records that each brought. */
  readonly shares: readonly number[]
  /** Resolves when this many distinct records have come. */
  untilCount(count: number, timeoutMs: number): Promise<void>
}

/** A kafkajs group that reads a topic from its beginning, whatever happens to the broker meanwhile. */
export async function startGroupReader(client: Kafka, topic: string, memberCount: number): Promise<GroupReader> {
  const checksum = new LineChecksum()
  const seen = new Map<number, Set<number>>()
  const shares: number[] = Array.from({ length: memberCount }, () => 0)
  const consumers: Consumer[] = []
  const read = (member: number) => (payload: EachBatchPayload) => {
    for (const message of payload.batch.messages) {
      if (!isFirst(seen, payload.batch.partition, Number(message.offset))) continue
      checksum.add(message.value as Buffer)
      shares[member] = (shares[member] ?? 0) + 1
    }
    return Promise.resolve()
  }
  for (let member = 0; member < memberCount; member++) {
    const consumer = client.consumer({ groupId: `${topic}-readers`, heartbeatInterval: 500, maxWaitTimeInMs: 200 })
    consumers.push(consumer)
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({ eachBatch: read(member) })
  }
  return {
    checksum,
    shares,
    get count() {
      return checksum.count
    },
    untilCount: (count, timeoutMs) => until(`${count} records have come to the group`, () => checksum.count >= count, timeoutMs),
    async [Symbol.asyncDispose]() {
      await Promise.all(consumers.map((consumer) => consumer.disconnect()))
    },
  }
}

function isFirst(seen: Map<number, Set<number>>, partition: number, offset: number): boolean {
  const offsets = seen.get(partition) ?? new Set()
  seen.set(partition, offsets)
  if (offsets.has(offset)) return false
  offsets.add(offset)
  return true
}
