import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { Partition } from '../partition.ts'
import type { ReplicaManager } from '../replica-manager.ts'
import { type FetchedPartition, type FetchParams, failedFetch, type PartitionData, type PartitionFetch } from './partition-fetch.ts'
import { type ReadLimit, readPartition, readPartitionLater } from './read-partition.ts'

/** A partition of a fetch, found or not. */
export interface FetchTarget {
  readonly fetch: PartitionFetch
  readonly partition: Partition | undefined
  /** What is answered where `partition` is undefined. */
  readonly error: ErrorCode
  /** Of `partition` before the read, to tell later what came since. */
  readonly committedBytes: number
}

/** `topic` of `fetch` is not null. */
export function findTarget(replicas: ReplicaManager, fetch: PartitionFetch): FetchTarget {
  const topic = fetch.topic as string
  const partition = replicas.partition(topic, fetch.partition)
  if (partition !== undefined) return { fetch, partition, error: ErrorCode.NONE, committedBytes: partition.committedBytes }
  return { fetch, partition, error: replicas.hostingError(topic, fetch.partition), committedBytes: 0 }
}

/**
 * Reads the partitions of a fetch in order, until its bytes are used up; those behind give their offsets without records.
 * In one turn where the log can, so most fetches cost no promise.
 */
export function readPartitions(
  replicas: ReplicaManager,
  params: FetchParams,
  targets: readonly FetchTarget[],
): FetchedPartition[] | Promise<FetchedPartition[]> {
  const fetched: FetchedPartition[] = []
  let limit: ReadLimit = { maxBytes: params.maxBytes, minOneBatch: true }
  for (const target of targets) {
    const data =
      target.partition === undefined ? failedFetch(target.fetch.partition, target.error) : readPartition(target.partition, target.fetch, params, limit)
    if (data === null) return readRest(replicas, params, targets, { fetched, limit })
    fetched.push({ fetch: target.fetch, data })
    limit = reduced(limit, data)
  }
  return fetched
}

interface ReadSoFar {
  readonly fetched: FetchedPartition[]
  readonly limit: ReadLimit
}

async function readRest(replicas: ReplicaManager, params: FetchParams, targets: readonly FetchTarget[], soFar: ReadSoFar): Promise<FetchedPartition[]> {
  const { fetched } = soFar
  let limit = soFar.limit
  for (let index = fetched.length; index < targets.length; index++) {
    const { fetch } = targets[index] as FetchTarget
    // Found again each time: others ran in between.
    const { partition, error } = findTarget(replicas, fetch)
    const data = partition === undefined ? failedFetch(fetch.partition, error) : await readPartitionLater(partition, fetch, params, limit)
    fetched.push({ fetch, data })
    limit = reduced(limit, data)
  }
  return fetched
}

function reduced(limit: ReadLimit, data: PartitionData): ReadLimit {
  const sizeBytes = data.records.length
  return sizeBytes === 0 ? limit : { maxBytes: Math.max(0, limit.maxBytes - sizeBytes), minOneBatch: false }
}
