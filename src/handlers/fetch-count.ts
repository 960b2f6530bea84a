import { ErrorCode } from '../../protocol/error-codes.ts'
import { countRecords } from '../../protocol/records/count-records.ts'
import { nextOffsetAfter } from '../../protocol/records/next-offset.ts'
import type { FetchedPartition, PartitionData } from '../replication/fetch/partition-fetch.ts'
import type { ReplicaManager } from '../replication/replica-manager.ts'
import type { TopicTraffic } from '../telemetry/traffic.ts'
import type { RequestContext } from './request-context.ts'

/** What one Fetch request of a consumer adds to the figures of its client. */
export interface FetchCount {
  readonly startMs: number
  /** Of these milliseconds, those for which it waited for records. */
  readonly waitedMs: number
}

/** What consumers are sent, of the node, of each topic and of the client. To be called when the answer is made, and before its records are given back. */
export function countFetched(
  { clientId, services: { clients, replicas } }: RequestContext,
  { startMs, waitedMs }: FetchCount,
  fetched: readonly FetchedPartition[],
): void {
  const nowMs = replicas.clock.monotonicMs()
  const figures = clients.of(clientId, nowMs)
  for (const { fetch, data } of fetched) {
    const records = countRecords(data.records)
    for (const traffic of answeredFor(replicas, fetch.topic, data)) {
      traffic.messagesOut += records
      traffic.bytesOut += data.records.length
    }
    if (data.errorCode !== ErrorCode.NONE) continue
    figures.recordsConsumed += records
    figures.noteLag(Math.max(0, data.highWatermark - (nextOffsetAfter(data.records) ?? fetch.fetchOffset)), nowMs)
  }
  figures.fetchRequests += 1
  figures.fetchMs += Math.max(0, nowMs - startMs - waitedMs)
}

/** What another node copies. */
export function countCopied(replicas: ReplicaManager, fetched: readonly FetchedPartition[]): void {
  for (const { fetch, data } of fetched) {
    answeredFor(replicas, fetch.topic, data)
    replicas.traffic.replicationBytesOut += data.records.length
    if (fetch.topic !== null) replicas.quotas.leader.record(fetch.topic, fetch.partition, data.records.length)
  }
}

/** Counts the partition of an answer: of the node, and of the topic where this node has it. */
function answeredFor(replicas: ReplicaManager, topic: string | null, { errorCode }: PartitionData): readonly TopicTraffic[] {
  const ofTopic = topic === null ? null : replicas.trafficOf(topic)
  const counted = ofTopic === null ? [replicas.traffic] : [replicas.traffic, ofTopic]
  for (const traffic of counted) {
    traffic.fetchRequests++
    if (errorCode !== ErrorCode.NONE) traffic.failedFetchRequests++
  }
  return counted
}
