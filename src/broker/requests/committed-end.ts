import { ErrorCode } from '../../../protocol/error-codes.ts'
import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import { DescribeQuorumApi } from '../../../protocol/messages/describe-quorum.ts'
import { OdradekError } from '../../base/errors.ts'
import type { PeerClient } from '../../client/peer-client.ts'

const METADATA_LOG = { topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }

/**
 * Below which offset the metadata log is committed, as the leader of the quorum knows; null where it does not tell, as one that
 * leads no longer. Source: KIP-595, KIP-836.
 */
export async function askCommittedEnd(controller: Pick<PeerClient, 'send'>): Promise<number | null> {
  try {
    const { errorCode, topics } = await controller.send(DescribeQuorumApi, { topics: [METADATA_LOG] })
    const partition = topics[0]?.partitions[0]
    if (errorCode !== ErrorCode.NONE || partition?.errorCode !== ErrorCode.NONE) return null
    return partition.highWatermark
  } catch (error) {
    if (error instanceof OdradekError) return null
    throw error
  }
}
