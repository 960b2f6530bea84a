import { ErrorCode } from '../../protocol/error-codes.ts'
import { ElectLeadersApi, type ElectLeadersRequest, type ElectLeadersResponse } from '../../protocol/messages/elect-leaders.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import type { ElectionType, TopicResult } from '../controller/cluster-controller.ts'
import type { ControllerError } from '../controller/controller.ts'
import { failure, isFailure, NO_ERROR } from '../controller/controller-error.ts'
import { answerOf } from '../controller/rejection.ts'
import { defineHandler } from './define-handler.ts'

/** By their code. Source: KIP-460. */
const electionTypes: readonly ElectionType[] = ['preferred', 'unclean']

/**
 * ElectLeaders (key 43), versions 0-2. Makes the preferred replica lead, or any that lives where nobody leads.
 * Deviates: the answer leaves when the new leaders serve; Kafka's leaves when the records are committed.
 * Source: KIP-183, KIP-460 (types).
 */
export const electLeadersHandler = defineHandler({
  api: ElectLeadersApi,
  listeners: ['broker', 'controller'],
  async handle({ apiVersion, principal, services: { clusterController } }, request) {
    const { topicPartitions, timeoutMs, electionType } = request
    if (topicPartitions?.length === 0) return answered(NO_ERROR, [], apiVersion)
    const type = electionTypes[electionType]
    if (type === undefined) return refused(request, failure(ErrorCode.INVALID_REQUEST, `Unknown election type ${electionType}`), apiVersion)
    const answer = await answerOf(clusterController.electLeaders({ principal, timeoutMs }, { type, topics: topicPartitions }))
    if (answer.kind === 'refused') return refused(request, answer.error, apiVersion)
    return isFailure(answer.value) ? refused(request, answer.value, apiVersion) : answered(NO_ERROR, answer.value.topics, apiVersion)
  },
})

function refused({ topicPartitions }: ElectLeadersRequest, error: ControllerError, apiVersion: number) {
  const { errorCode, errorMessage } = error
  const topics = (topicPartitions ?? []).map(({ topic, partitions }) => ({
    topic,
    partitions: partitions.map((partition) => ({ partition, errorCode, errorMessage })),
  }))
  return answered(error, topics, apiVersion)
}

function answered({ errorCode }: ControllerError, topics: readonly TopicResult[], apiVersion: number): Input<typeof ElectLeadersResponse> {
  return {
    throttleTimeMs: 0,
    ...(apiVersion >= 1 ? { errorCode } : {}),
    replicaElectionResults: topics.map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map(({ partition, ...result }) => ({ partitionId: partition, ...result })),
    })),
  }
}
