import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { ReplicaManager } from '../replica-manager.ts'
import { DelayedFetch } from './delayed-fetch.ts'
import type { FetchedPartition, FetchParams } from './partition-fetch.ts'
import { NO_PREFERENCE } from './preferred-replica.ts'
import { type FetchTarget, findTarget, readPartitions } from './read-partitions.ts'

/** null: the connection is gone, nobody wants the answer. */
export type FetchOutcome = readonly FetchedPartition[] | null

/**
 * Fetches from several partitions: at once when there is enough, an error or nothing to wait for, else when `minBytes` are
 * there or `maxWaitMs` are over. Source: kafka.server.ReplicaManager.fetchMessages.
 *
 * @returns the answers in the order of `targets`; not a promise where none is needed
 */
export function fetchMessages(
  replicas: ReplicaManager,
  params: FetchParams,
  targets: readonly FetchTarget[],
  closed: () => AbortSignal,
): FetchOutcome | Promise<FetchOutcome> {
  const first = readPartitions(replicas, params, targets)
  if (first instanceof Promise) return first.then((fetched) => answerOrWait(replicas, params, targets, fetched, closed))
  return answerOrWait(replicas, params, targets, first, closed)
}

function answerOrWait(
  replicas: ReplicaManager,
  params: FetchParams,
  targets: readonly FetchTarget[],
  fetched: readonly FetchedPartition[],
  closed: () => AbortSignal,
): FetchOutcome | Promise<FetchOutcome> {
  if (params.replicaId >= 0) noteFollower(replicas, params, targets, fetched)
  if (isEnough(params, targets, fetched)) return fetched
  const sinceMs = replicas.clock.monotonicMs()
  return new Promise((resolve) => {
    new DelayedFetch({
      params,
      expectedFetches: replicas.expectedFetches,
      targets: targets.map((target, index) => ({ target, bytes: fetched[index]?.data.records.length ?? 0 })),
      schedule: (delayMs, callback) => replicas.pollTimers.schedule(delayMs, callback),
      closed: closed(),
      onEnd: (outcome) => {
        params.waitedMs += replicas.clock.monotonicMs() - sinceMs
        resolve(outcome === 'closed' ? null : readPartitions(replicas, params, again(replicas, targets)))
      },
    })
  })
}

function again(replicas: ReplicaManager, targets: readonly FetchTarget[]): FetchTarget[] {
  return targets.map(({ fetch }) => findTarget(replicas, fetch))
}

function isEnough(params: FetchParams, targets: readonly FetchTarget[], fetched: readonly FetchedPartition[]): boolean {
  if (params.maxWaitMs <= 0 || fetched.length === 0) return true
  let bytes = 0
  for (let index = 0; index < fetched.length; index++) {
    const { fetch, data } = fetched[index] as FetchedPartition
    if (data.errorCode !== ErrorCode.NONE || data.divergingEpoch !== undefined || data.preferredReadReplica !== NO_PREFERENCE) return true
    // Beyond what this fetch may see there is nothing to wait for: Kafka answers at once, and so do we.
    if ((targets[index]?.partition?.readableEnd(params.bound) ?? -1) < fetch.fetchOffset) return true
    bytes += data.records.length
  }
  return bytes >= params.minBytes
}

/** What a follower asks for says how far it has come; this may move the high watermark. */
function noteFollower(replicas: ReplicaManager, params: FetchParams, targets: readonly FetchTarget[], fetched: readonly FetchedPartition[]): void {
  const nowMs = replicas.clock.monotonicMs()
  for (const [index, { fetch, data }] of fetched.entries()) {
    const partition = targets[index]?.partition
    if (partition === undefined || data.errorCode !== ErrorCode.NONE || data.divergingEpoch !== undefined) continue
    // While others were read, another epoch may have begun, in which the follower may have cut what it asked from.
    if (partition.checkEpoch(fetch.currentLeaderEpoch, true) !== ErrorCode.NONE) continue
    partition.followerFetched({
      replicaId: params.replicaId,
      brokerEpoch: params.replicaEpoch,
      fetchOffset: fetch.fetchOffset,
      logStartOffset: fetch.logStartOffset,
      leaderEndOffset: partition.logEndOffset,
      nowMs,
    })
  }
}
