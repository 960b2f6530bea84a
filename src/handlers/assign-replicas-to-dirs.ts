import {
  AssignReplicasToDirsApi,
  type AssignReplicasToDirsRequest,
  type AssignReplicasToDirsResponse,
} from '../../protocol/messages/assign-replicas-to-dirs.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import { isFailure } from '../controller/controller-error.ts'
import type { ReplicaAssignment } from '../controller/partitions/assign-replicas.ts'
import { answerOf } from '../controller/rejection.ts'
import { defineHandler } from './define-handler.ts'

type Response = Input<typeof AssignReplicasToDirsResponse>

/**
 * AssignReplicasToDirs (key 73), version 0. A broker says in which of its directories its replicas are.
 * Deviates: nowhere.  Source: KIP-858.
 */
export const assignReplicasToDirsHandler = defineHandler({
  api: AssignReplicasToDirsApi,
  listeners: ['controller'],
  async handle({ services: { nodeController } }, request): Promise<Response> {
    const { brokerId, brokerEpoch } = request
    const answer = await answerOf(nodeController.assignReplicas({ brokerId, brokerEpoch, assignments: assignmentsOf(request) }))
    const error = answer.kind === 'refused' ? answer.error : answer.value
    if (answer.kind === 'refused' || isFailure(error)) return { throttleTimeMs: 0, errorCode: error.errorCode, directories: [] }
    return { throttleTimeMs: 0, errorCode: error.errorCode, directories: answered(request, answer.value.errorCodes) }
  },
})

function assignmentsOf({ directories }: AssignReplicasToDirsRequest): readonly ReplicaAssignment[] {
  return directories.flatMap(({ id: directoryId, topics }) =>
    topics.flatMap(({ topicId, partitions }) => partitions.map(({ partitionIndex: partition }) => ({ topicId, partition, directoryId }))),
  )
}

/** @param errorCodes in the order of `assignmentsOf` */
function answered({ directories }: AssignReplicasToDirsRequest, errorCodes: readonly number[]): Response['directories'] {
  let next = 0
  return directories.map(({ id, topics }) => ({
    id,
    topics: topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: errorCodes[next++] as number })),
    })),
  }))
}
