import { ErrorCode } from '../../../protocol/error-codes.ts'
import { AssignReplicasToDirsApi, type AssignReplicasToDirsResponse } from '../../../protocol/messages/assign-replicas-to-dirs.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { PeerClient } from '../../client/peer-client.ts'
import { plainFailure } from '../../controller/controller-error.ts'
import type { AssignReplicasCommand, AssignReplicasReply, ReplicaAssignment } from '../../controller/partitions/assign-replicas.ts'
import { checkController } from './not-controller.ts'

/** An assignment for which nothing is answered failed by a mistake of the controller. Source: KIP-858. */
export async function askAssignReplicas(controller: PeerClient, { assignments, ...broker }: AssignReplicasCommand): Promise<AssignReplicasReply> {
  const response = checkController(await controller.send(AssignReplicasToDirsApi, { ...broker, directories: byDirectory(assignments) }))
  const codes = codesOf(response)
  const errorCodes = assignments.map((assignment) => codes.get(keyOf(assignment)) ?? ErrorCode.UNKNOWN_SERVER_ERROR)
  return { ...plainFailure(response.errorCode), errorCodes: response.errorCode === ErrorCode.NONE ? errorCodes : [] }
}

function byDirectory(assignments: readonly ReplicaAssignment[]) {
  const directories = new Map<Uuid, Map<Uuid, number[]>>()
  for (const { topicId, partition, directoryId } of assignments) {
    const topics = directories.get(directoryId) ?? new Map<Uuid, number[]>()
    directories.set(directoryId, topics)
    topics.set(topicId, [...(topics.get(topicId) ?? []), partition])
  }
  return [...directories].map(([id, topics]) => ({
    id,
    topics: [...topics].map(([topicId, partitions]) => ({ topicId, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) })),
  }))
}

function codesOf({ directories }: AssignReplicasToDirsResponse): ReadonlyMap<string, number> {
  const answered = directories.flatMap(({ id: directoryId, topics }) =>
    topics.flatMap(({ topicId, partitions }) =>
      partitions.map(({ partitionIndex: partition, errorCode }) => [keyOf({ topicId, partition, directoryId }), errorCode] as const),
    ),
  )
  return new Map(answered)
}

function keyOf({ topicId, partition, directoryId }: ReplicaAssignment): string {
  return `${directoryId}:${topicId}:${partition}`
}
