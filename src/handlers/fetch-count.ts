import { ErrorCode } from '../../protocol/error-codes.ts'
import { countRecords } from '../../protocol/records/count-records.ts'
import { nextOffsetAfter } from '../../protocol/records/next-offset.ts'
import type { FetchedPartition } from '../replication/fetch/partition-fetch.ts'
import type { RequestContext } from './request-context.ts'

/** What one Fetch request of a consumer adds to the figures of its client. */
export interface FetchCount {
  readonly startMs: number
  /** Of these milliseconds, those for which it waited for records. */
  readonly waitedMs: number
}

/** To be called when the answer is made, and before its records are given back. */
export function countFetched(
  { clientId, services: { clients, replicas } }: RequestContext,
  { startMs, waitedMs }: FetchCount,
  fetched: readonly FetchedPartition[],
): void {
  const nowMs = replicas.clock.monotonicMs()
  const figures = clients.of(clientId, nowMs)
  for (const { fetch, data } of fetched) {
    if (data.errorCode !== ErrorCode.NONE) continue
    figures.recordsConsumed += countRecords(data.records)
    figures.noteLag(Math.max(0, data.highWatermark - (nextOffsetAfter(data.records) ?? fetch.fetchOffset)), nowMs)
  }
  figures.fetchRequests += 1
  figures.fetchMs += Math.max(0, nowMs - startMs - waitedMs)
}
