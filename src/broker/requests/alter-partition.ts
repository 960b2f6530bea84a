import { AlterPartitionApi, type AlterPartitionResponse } from '../../../protocol/messages/alter-partition.ts'
import type { PeerClient } from '../../client/peer-client.ts'
import type { ControllerError } from '../../controller/controller.ts'
import { plainFailure } from '../../controller/controller-error.ts'
import type { AlteredPartition, AlterPartitionCommand } from '../../controller/partitions/alter-partition.ts'
import type { PartitionImage } from '../../metadata/image.ts'
import { checkController } from './not-controller.ts'

/** What a partition is from now on; null when nothing came of what was asked. */
export interface ToldPartition {
  readonly partition: number
  readonly errorCode: number
  readonly state: Pick<PartitionImage, 'leader' | 'leaderEpoch' | 'isr' | 'partitionEpoch' | 'leaderRecoveryState'> | null
}

/** As `AlterPartitionReply`, with what the wire holds of it. */
export interface ToldPartitions extends ControllerError {
  readonly topics: readonly { readonly topicId: AlterPartitionCommand['topics'][number]['topicId']; readonly partitions: readonly ToldPartition[] }[]
}

const FIRST_VERSION_WITH_EPOCHS = 3
/** By their code. Source: KIP-704. */
const RECOVERY_STATES: readonly AlteredPartition['recoveryState'][] = ['recovered', 'recovering']

/** Source: KIP-497, KIP-704, KIP-903. */
export async function askAlterPartition(controller: PeerClient, command: AlterPartitionCommand): Promise<ToldPartitions> {
  const request = (version: number) => ({
    ...command,
    topics: command.topics.map(({ topicId, partitions }) => ({ topicId, partitions: partitions.map((partition) => alteredOf(partition, version)) })),
  })
  const { errorCode, topics } = checkController(await controller.send(AlterPartitionApi, request))
  return { ...plainFailure(errorCode), topics: topics.map(({ topicId, partitions }) => ({ topicId, partitions: partitions.map(toldOf) })) }
}

function alteredOf({ partition, leaderEpoch, partitionEpoch, isr, recoveryState }: AlteredPartition, version: number) {
  const replicas =
    version < FIRST_VERSION_WITH_EPOCHS
      ? { newIsr: isr.map(({ brokerId }) => brokerId), newIsrWithEpochs: [] }
      : { newIsr: [], newIsrWithEpochs: isr.map(({ brokerId, brokerEpoch }) => ({ brokerId, brokerEpoch })) }
  return { partitionIndex: partition, leaderEpoch, partitionEpoch, leaderRecoveryState: RECOVERY_STATES.indexOf(recoveryState), ...replicas }
}

function toldOf(answer: AlterPartitionResponse['topics'][number]['partitions'][number]): ToldPartition {
  const { partitionIndex: partition, errorCode, leaderId: leader, leaderEpoch, isr, partitionEpoch } = answer
  if (errorCode !== 0) return { partition, errorCode, state: null }
  const leaderRecoveryState = answer.leaderRecoveryState === 1 ? 'recovering' : 'recovered'
  return { partition, errorCode, state: { leader, leaderEpoch, isr, partitionEpoch, leaderRecoveryState } }
}
