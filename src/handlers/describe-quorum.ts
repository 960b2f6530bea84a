import { ErrorCode, errorMessage } from '../../protocol/error-codes.ts'
import { METADATA_TOPIC } from '../../protocol/internal-topics.ts'
import { DescribeQuorumApi, type DescribeQuorumRequest, type DescribeQuorumResponse } from '../../protocol/messages/describe-quorum.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import type { QuorumDescription, ReplicaDescription } from '../raft/quorum-description.ts'
import { defineHandler } from './define-handler.ts'

type Response = Input<typeof DescribeQuorumResponse>
type Partition = Response['topics'][number]['partitions'][number]

/** Directories, messages and the nodes' addresses came with it. */
const FIRST_VERSION_WITH_NODES = 2

/**
 * DescribeQuorum (key 55), versions 0-2. Who leads the metadata quorum, who votes in it, and how far each is.
 * Deviates: nowhere.  Source: KIP-595, KIP-836 (times), KIP-853 (directories, nodes).
 */
export const describeQuorumHandler = defineHandler({
  api: DescribeQuorumApi,
  listeners: ['broker', 'controller'],
  handle({ apiVersion, services: { quorum } }, request) {
    if (!asksForTheLog(request)) return refused(request, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, apiVersion)
    const description = quorum.describe()
    return description === null ? refused(request, ErrorCode.NOT_LEADER_OR_FOLLOWER, apiVersion) : described(description, apiVersion)
  },
})

/** One topic with one partition, which is the log: anything else is none of it. */
function asksForTheLog({ topics }: DescribeQuorumRequest): boolean {
  const [topic] = topics
  return topics.length === 1 && topic?.topicName === METADATA_TOPIC && topic.partitions.length === 1 && topic.partitions[0]?.partitionIndex === 0
}

function described({ voters, observers, ...quorum }: QuorumDescription, apiVersion: number): Response {
  const replicas = (described: readonly ReplicaDescription[]) => described.map((replica) => replicaOf(replica, apiVersion))
  const partition = { ...emptyPartition(0), ...quorum, currentVoters: replicas(voters), observers: replicas(observers) }
  const nodes = voters.map(({ id, endpoints }) => ({ nodeId: id, listeners: endpoints }))
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    topics: [{ topicName: METADATA_TOPIC, partitions: [partition] }],
    nodes: apiVersion < FIRST_VERSION_WITH_NODES ? [] : nodes,
  }
}

function replicaOf({ id, directoryId, logEndOffset, lastFetchMs, lastCaughtUpMs }: ReplicaDescription, apiVersion: number) {
  return {
    replicaId: id,
    logEndOffset,
    lastFetchTimestamp: lastFetchMs,
    lastCaughtUpTimestamp: lastCaughtUpMs,
    ...(apiVersion < FIRST_VERSION_WITH_NODES ? {} : { replicaDirectoryId: directoryId }),
  }
}

function refused({ topics }: DescribeQuorumRequest, errorCode: ErrorCode, apiVersion: number): Response {
  const message = apiVersion < FIRST_VERSION_WITH_NODES ? '' : errorMessage(errorCode)
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    topics: topics.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ partitionIndex }) => ({ ...emptyPartition(partitionIndex), errorCode, errorMessage: message })),
    })),
    nodes: [],
  }
}

function emptyPartition(partitionIndex: number): Partition {
  return {
    partitionIndex,
    errorCode: ErrorCode.NONE,
    errorMessage: '',
    leaderId: 0,
    leaderEpoch: 0,
    highWatermark: 0,
    currentVoters: [],
    observers: [],
  }
}
