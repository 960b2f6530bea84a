import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import type { Partition } from '../partition.ts'
import type { ReplicaManager } from '../replica-manager.ts'
import { sessionKey } from './fetch-session.ts'
import { type FetchedPartition, type FetchParams, type PartitionFetch, unknownPartition } from './partition-fetch.ts'
import { preferredReplica } from './preferred-replica.ts'
import { type FetchTarget, findTarget } from './read-partitions.ts'

/** The first version that names topics by id. Source: KIP-516. */
const FIRST_TOPIC_ID_VERSION = 13
/** The first version that carries the follower's id in a tagged field. Source: KIP-903. */
const FIRST_REPLICA_STATE_VERSION = 15
/** The first version whose consumers may be served by followers. Source: KIP-392. */
const FIRST_FOLLOWER_FETCH_VERSION = 11
const NEVER = () => false
const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1

/** The fields of a Fetch request that hold for all its partitions. */
export interface FetchLimits {
  readonly replicaId: number
  readonly replicaState: { readonly replicaId: number; readonly replicaEpoch: number }
  readonly maxWaitMs: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly isolationLevel: number
  readonly rackId: string
}

interface FetchTopic {
  readonly topic: string
  readonly topicId: Uuid
  readonly partitions: readonly {
    readonly partition: number
    readonly fetchOffset: number
    readonly currentLeaderEpoch: number
    readonly lastFetchedEpoch: number
    readonly logStartOffset: number
    readonly partitionMaxBytes: number
  }[]
}

interface ForgottenTopic {
  readonly topic: string
  readonly topicId: Uuid
  readonly partitions: readonly number[]
}

export function usesTopicIds(version: number): boolean {
  return version >= FIRST_TOPIC_ID_VERSION
}

/** @param listenerName by which the request came */
export function fetchParams(replicas: ReplicaManager, limits: FetchLimits, version: number, listenerName: string): FetchParams {
  const { replicaId, replicaEpoch } = version >= FIRST_REPLICA_STATE_VERSION ? limits.replicaState : { replicaId: limits.replicaId, replicaEpoch: -1 }
  const maxBytes = Math.min(limits.maxBytes, replicas.settings.fetchMaxBytes)
  return {
    replicaId,
    replicaEpoch,
    isStaleReplica: replicaId >= 0 && replicaEpoch !== -1 && isStale(replicas, replicaId, replicaEpoch),
    isThrottled: replicaId >= 0 && replicas.quotas.leader.isExceeded ? (partition) => isThrottled(replicas, partition, replicaId) : NEVER,
    bound: replicaId >= 0 ? 'log-end' : limits.isolationLevel === READ_COMMITTED ? 'last-stable' : 'high-watermark',
    leaderOnly: replicaId !== -1 || version < FIRST_FOLLOWER_FETCH_VERSION,
    preferredReplica:
      replicas.settings.isRackAware && replicaId < 0 && version >= FIRST_FOLLOWER_FETCH_VERSION ? byRack(replicas, limits.rackId, listenerName) : null,
    maxWaitMs: limits.maxWaitMs,
    minBytes: Math.min(limits.minBytes, maxBytes),
    maxBytes,
    waitedMs: 0,
    allocate: (sizeBytes) => replicas.readBuffers.take(sizeBytes),
  }
}

function byRack(replicas: ReplicaManager, rackId: string, listenerName: string): FetchParams['preferredReplica'] {
  if (rackId === '') return null
  return (partition, fetchOffset) => preferredReplica(replicas.image, replicas.nodeId, partition, fetchOffset, { rackId, listenerName })
}

/** Source: kafka.server.ReplicaManager.shouldLeaderThrottle. */
function isThrottled({ quotas }: ReplicaManager, { topic, index, isr }: Partition, replicaId: number): boolean {
  return !isr.includes(replicaId) && quotas.leader.isThrottled(topic, index)
}

function isStale(replicas: ReplicaManager, replicaId: number, replicaEpoch: number): boolean {
  const broker = replicas.image.cluster.brokers.get(replicaId)
  return broker !== undefined && !broker.fenced && broker.epoch > replicaEpoch
}

/** A number that is no isolation level fails a request whole that has anything to read. Source: IsolationLevel.forId. */
export function isIsolationLevel(level: number): boolean {
  return level === READ_UNCOMMITTED || level === READ_COMMITTED
}

/** The partitions that a request names, each once; of a repeated one, the last counts. */
export function wantedPartitions(topics: readonly FetchTopic[], nameOf: (topicId: Uuid) => string | null, version: number): PartitionFetch[] {
  const wanted: PartitionFetch[] = []
  for (const topic of topics) {
    const named = nameTopic(topic, nameOf, version)
    for (const { partition, fetchOffset, currentLeaderEpoch, lastFetchedEpoch, logStartOffset, partitionMaxBytes } of topic.partitions) {
      wanted.push({
        topic: named.topic,
        topicId: named.topicId,
        partition,
        fetchOffset,
        currentLeaderEpoch: optionalEpoch(currentLeaderEpoch),
        lastFetchedEpoch: optionalEpoch(lastFetchedEpoch),
        logStartOffset,
        maxBytes: partitionMaxBytes,
      })
    }
  }
  return wanted.length === 1 ? wanted : withoutRepeated(wanted)
}

export function forgottenPartitions(
  topics: readonly ForgottenTopic[],
  nameOf: (topicId: Uuid) => string | null,
  version: number,
): { readonly topic: string | null; readonly topicId: Uuid; readonly partition: number }[] {
  return topics.flatMap((topic) => {
    const named = nameTopic(topic, nameOf, version)
    return topic.partitions.map((partition) => ({ ...named, partition }))
  })
}

/** Tells the partitions that can be read from those that nobody knows, whose answers are there already: as in Kafka, unknown ids first. */
export function splitKnown(replicas: ReplicaManager, partitions: readonly PartitionFetch[]): { targets: FetchTarget[]; unknown: FetchedPartition[] } {
  const targets: FetchTarget[] = []
  const unknownIds: FetchedPartition[] = []
  const unknown: FetchedPartition[] = []
  for (const fetch of partitions) {
    if (fetch.topic === null) {
      unknownIds.push({ fetch, data: unknownPartition(fetch.partition, ErrorCode.UNKNOWN_TOPIC_ID) })
      continue
    }
    const target = findTarget(replicas, fetch)
    if (target.error === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) unknown.push({ fetch, data: unknownPartition(fetch.partition, target.error) })
    else targets.push(target)
  }
  return { targets, unknown: unknownIds.length === 0 ? unknown : [...unknownIds, ...unknown] }
}

/** Any negative epoch is none, in Fetch alone. Source: FetchRequest.optionalEpoch. */
function optionalEpoch(epoch: number): number {
  return epoch < 0 ? -1 : epoch
}

function nameTopic(
  { topic, topicId }: { readonly topic: string; readonly topicId: Uuid },
  nameOf: (topicId: Uuid) => string | null,
  version: number,
): { topic: string | null; topicId: Uuid } {
  return usesTopicIds(version) ? { topic: nameOf(topicId), topicId } : { topic, topicId: ZERO_UUID }
}

function withoutRepeated(wanted: readonly PartitionFetch[]): PartitionFetch[] {
  const byPartition = new Map<string, PartitionFetch>()
  for (const fetch of wanted) byPartition.set(sessionKey(fetch), fetch)
  return [...byPartition.values()]
}
