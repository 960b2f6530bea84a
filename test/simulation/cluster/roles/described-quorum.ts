import { ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { METADATA_TOPIC } from '../../../../protocol/internal-topics.ts'
import { DescribeQuorumApi, type DescribeQuorumResponse } from '../../../../protocol/messages/describe-quorum.ts'
import { onlyOne } from '../../actor.ts'
import type { ClusterClient } from '../client/cluster-client.ts'
import { isPassing } from './passing.ts'

const DESCRIBE_QUORUM_VERSION = 2
const METADATA_LOG = { topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }

/** The quorum as its leader sees it. */
export type DescribedQuorum = DescribeQuorumResponse['topics'][number]['partitions'][number]

/** What the active controller says of the quorum; null where there is none just now. Rejects with `Unanswered`. */
export async function describedQuorum(client: ClusterClient): Promise<DescribedQuorum | null> {
  const { topics, errorCode } = await client.anyBroker().ask(DescribeQuorumApi, DESCRIBE_QUORUM_VERSION, { topics: [METADATA_LOG] })
  if (errorCode !== ErrorCode.NONE) return expectNoQuorum(errorCode, 'describing the quorum')
  const partition = onlyOne(onlyOne(topics).partitions)
  return partition.errorCode === ErrorCode.NONE ? partition : expectNoQuorum(partition.errorCode, 'describing the quorum')
}

/** Anything but that the quorum does not serve for a while is a mistake. */
export function expectNoQuorum(errorCode: number, what: string): null {
  // BROKER_NOT_AVAILABLE is what a node says of its quorum that stops.
  ok(isPassing(errorCode) || errorCode === ErrorCode.BROKER_NOT_AVAILABLE, `${what} fails with ${errorName(errorCode)}`)
  return null
}
