import { ErrorCode } from '../../protocol/error-codes.ts'
import { DescribeLogDirsApi, type DescribeLogDirsRequest, type DescribeLogDirsResponse } from '../../protocol/messages/describe-log-dirs.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import type { DescribedLog } from '../replication/directories/describe-log-dirs.ts'
import { defineHandler } from './define-handler.ts'

type Topic = Input<typeof DescribeLogDirsResponse>['results'][number]['topics'][number]

/**
 * DescribeLogDirs (key 35), versions 1-5. The directories of this node with the logs in them, how large they are and how far
 * behind, and those that are copied from one to another.
 * Deviates: nowhere. Source: Kafka protocol guide; KIP-113, KIP-827, KIP-1066.
 */
export const describeLogDirsHandler = defineHandler({
  api: DescribeLogDirsApi,
  listeners: ['broker'],
  async handle(context, request) {
    const directories = await context.services.replicas.describeLogDirs(askedFor(request))
    return {
      throttleTimeMs: 0,
      errorCode: ErrorCode.NONE,
      results: directories.map(({ path, logs, ...directory }) => ({ ...directory, logDir: path, topics: byTopic(logs) })),
    }
  },
})

function askedFor({ topics }: DescribeLogDirsRequest): (topic: string, partition: number) => boolean {
  if (topics === null) return () => true
  const asked = new Map<string, Set<number>>()
  for (const { topic, partitions } of topics) asked.set(topic, new Set([...(asked.get(topic) ?? []), ...partitions]))
  return (topic, partition) => asked.get(topic)?.has(partition) ?? false
}

function byTopic(logs: readonly DescribedLog[]): Topic[] {
  const topics = new Map<string, Topic['partitions'][number][]>()
  for (const { topic, partition, sizeBytes, offsetLag, isFuture } of logs) {
    const partitions = topics.get(topic) ?? []
    topics.set(topic, partitions)
    partitions.push({ partitionIndex: partition, partitionSize: sizeBytes, offsetLag, isFutureKey: isFuture })
  }
  return [...topics].map(([name, partitions]) => ({ name, partitions }))
}
