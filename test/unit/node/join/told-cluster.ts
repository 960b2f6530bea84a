import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { DescribeClusterApi } from '../../../../protocol/messages/describe-cluster.ts'
import { DescribeQuorumApi } from '../../../../protocol/messages/describe-quorum.ts'
import { randomUuid } from '../../../../protocol/uuid.ts'
import type { ToldBroker } from '../../../../src/node/join/told-cluster.ts'
import { AnsweringNode, type Served, served } from '../../../support/peers/answering-node.ts'

export interface ToldNode {
  readonly clusterId: string
  readonly brokers?: readonly ToldBroker[]
  /** Ids of voters that tell their addresses: `node-1:19092` and so on. */
  readonly voters?: readonly number[]
  /** As a listener of controllers answers. */
  readonly isController?: boolean
  /** Of DescribeQuorum, by attempt; then none. */
  readonly quorumErrors?: ErrorCode[]
}

/** A node that tells what a test says of its cluster. */
export function tellingNode(node: ToldNode): AnsweringNode {
  return new AnsweringNode([cluster(node), quorum(node)])
}

function cluster({ clusterId, brokers = [], isController = false }: ToldNode): Served {
  return served(DescribeClusterApi, ({ endpointType, includeFencedBrokers }) => {
    if (isController !== (endpointType === 2)) return { throttleTimeMs: 0, errorCode: ErrorCode.MISMATCHED_ENDPOINT_TYPE, clusterId: '', brokers: [] }
    const told = brokers.filter(({ isFenced }) => !isFenced || includeFencedBrokers).map(({ id, ...broker }) => ({ ...broker, brokerId: id }))
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, endpointType, clusterId, brokers: told }
  })
}

function quorum({ voters = [1], quorumErrors = [] }: ToldNode): Served {
  return served(DescribeQuorumApi, () => {
    const errorCode = quorumErrors.shift() ?? ErrorCode.NONE
    const currentVoters = voters.map((id) => ({ replicaId: id, replicaDirectoryId: randomUuid((count) => Buffer.alloc(count, id)), logEndOffset: 1 }))
    const partition = { partitionIndex: 0, errorCode, leaderId: 1, leaderEpoch: 1, highWatermark: 1, currentVoters, observers: [] }
    const nodes = voters.map((id) => ({ nodeId: id, listeners: [{ name: 'CONTROLLER', host: `node-${id}`, port: 19_092 }] }))
    return { errorCode: ErrorCode.NONE, topics: [{ topicName: '__cluster_metadata', partitions: [partition] }], nodes }
  })
}
