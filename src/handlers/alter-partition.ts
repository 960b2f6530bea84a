import { ErrorCode } from '../../protocol/error-codes.ts'
import { AlterPartitionApi, type AlterPartitionRequest, type AlterPartitionResponse } from '../../protocol/messages/alter-partition.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import type { AlteredPartition, AlterPartitionResult } from '../controller/partitions/alter-partition.ts'
import { answerOf } from '../controller/rejection.ts'
import { defineHandler } from './define-handler.ts'

type Response = Input<typeof AlterPartitionResponse>
type AskedPartition = AlterPartitionRequest['topics'][number]['partitions'][number]

/** By their code. Source: KIP-704. */
const recoveryStates: readonly AlteredPartition['recoveryState'][] = ['recovered', 'recovering']

/** Replicas with the epochs of their incarnations came with it. Source: KIP-903. */
const FIRST_VERSION_WITH_EPOCHS = 3

/**
 * AlterPartition (key 56), versions 2-3. The leader of a partition says who is in sync with it.
 * Deviates: an unknown recovery state is INVALID_REQUEST, where Kafka's controller resigns.
 * Source: KIP-497, KIP-704, KIP-841, KIP-903.
 */
export const alterPartitionHandler = defineHandler({
  api: AlterPartitionApi,
  listeners: ['controller'],
  async handle({ apiVersion, services: { nodeController } }, { brokerId, brokerEpoch, topics }): Promise<Response> {
    const asked = topics.map(({ topicId, partitions }) => ({ topicId, partitions: partitions.map((partition) => alteredOf(partition, apiVersion)) }))
    const answer = await answerOf(nodeController.alterPartition({ brokerId, brokerEpoch, topics: asked }))
    if (answer.kind === 'refused') return { throttleTimeMs: 0, errorCode: answer.error.errorCode, topics: [] }
    const answered = answer.value.topics.map(({ topicId, partitions }) => ({ topicId, partitions: partitions.map(resultOf) }))
    return { throttleTimeMs: 0, errorCode: answer.value.errorCode, topics: answered }
  },
})

function alteredOf({ partitionIndex, leaderEpoch, partitionEpoch, ...asked }: AskedPartition, apiVersion: number): AlteredPartition {
  const isr = apiVersion < FIRST_VERSION_WITH_EPOCHS ? asked.newIsr.map((brokerId) => ({ brokerId, brokerEpoch: -1 })) : asked.newIsrWithEpochs
  return { partition: partitionIndex, leaderEpoch, partitionEpoch, isr, recoveryState: recoveryStates[asked.leaderRecoveryState] ?? 'unknown' }
}

function resultOf({ partition, errorCode, state }: AlterPartitionResult): Response['topics'][number]['partitions'][number] {
  if (state === null) return { partitionIndex: partition, errorCode, leaderId: 0, leaderEpoch: 0, isr: [], partitionEpoch: 0 }
  const { leader: leaderId, leaderEpoch, isr, partitionEpoch } = state
  const leaderRecoveryState = recoveryStates.indexOf(state.leaderRecoveryState)
  return { partitionIndex: partition, errorCode: ErrorCode.NONE, leaderId, leaderEpoch, isr, leaderRecoveryState, partitionEpoch }
}
