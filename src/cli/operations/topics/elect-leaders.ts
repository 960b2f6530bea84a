import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ElectLeadersApi } from '../../../../protocol/messages/elect-leaders.ts'
import type { TopicPartition } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { grouped } from '../grouped.ts'
import { check, KafkaError } from '../kafka-error.ts'

/** By their code. Source: KIP-460. */
const ELECTION_TYPES = ['preferred', 'unclean'] as const
export type ElectionType = (typeof ELECTION_TYPES)[number]

/** `not-needed`: who is to lead leads already. */
export type ElectionResult = TopicPartition &
  ({ readonly result: 'elected' } | { readonly result: 'not-needed' } | { readonly result: 'failed'; readonly error: KafkaError })

/**
 * Makes the preferred replicas lead, or, where nobody leads, any that lives.
 * @param partitions all of the cluster where null; of these the answer has only those that needed an election
 * Errors: what is wrong with all of them at once.
 */
export function electLeaders(client: ClusterClient, type: ElectionType, partitions: readonly TopicPartition[] | null): Promise<readonly ElectionResult[]> {
  const topicPartitions =
    partitions === null ? null : [...grouped(partitions, ({ topic }) => topic)].map(([topic, some]) => ({ topic, partitions: some.map(numberOf) }))
  return client.retry('electLeaders', async () => {
    const timeoutMs = client.settings.requestTimeoutMs
    const answer = await client.askController(ElectLeadersApi, (version) =>
      // The preferred replica is what version 0 means.
      version === 0 && type === 'preferred' ? { topicPartitions, timeoutMs } : { electionType: ELECTION_TYPES.indexOf(type), topicPartitions, timeoutMs },
    )
    check(answer.errorCode)
    return answer.replicaElectionResults.flatMap(({ topic, partitionResult }) =>
      partitionResult.map(({ partitionId, errorCode, errorMessage }) => resultOf({ topic, partition: partitionId }, errorCode, errorMessage)),
    )
  })
}

function numberOf({ partition }: TopicPartition): number {
  return partition
}

function resultOf(at: TopicPartition, errorCode: number, errorMessage: string | null): ElectionResult {
  if (errorCode === ErrorCode.NONE) return { ...at, result: 'elected' }
  if (errorCode === ErrorCode.ELECTION_NOT_NEEDED) return { ...at, result: 'not-needed' }
  return { ...at, result: 'failed', error: new KafkaError(errorCode, errorMessage) }
}
