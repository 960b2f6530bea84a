import { AddRaftVoterApi } from '../../../../protocol/messages/add-raft-voter.ts'
import { RemoveRaftVoterApi } from '../../../../protocol/messages/remove-raft-voter.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import type { Endpoint } from '../../../base/ports.ts'
import { check } from '../kafka-error.ts'
import type { ClusterClient } from './cluster-client.ts'

/** A controller as the quorum knows it: a number may come back with another directory. */
export interface VoterKey {
  readonly id: number
  readonly directoryId: Uuid
}

export interface VoterListener extends Endpoint {
  readonly name: string
}

/** Gives a controller that follows the metadata log a vote. Errors: as the leader of the quorum answers. Source: KIP-853. */
export async function addVoter(client: ClusterClient, { id, directoryId }: VoterKey, listeners: readonly VoterListener[]): Promise<void> {
  await client.retry('addRaftVoter', async () => {
    const timeoutMs = client.settings.requestTimeoutMs
    const answer = await client.askController(AddRaftVoterApi, { clusterId: null, timeoutMs, voterId: id, voterDirectoryId: directoryId, listeners })
    check(answer.errorCode, answer.errorMessage)
  })
}

/** Takes a controller's vote. Errors: as the leader of the quorum answers. Source: KIP-853. */
export async function removeVoter(client: ClusterClient, { id, directoryId }: VoterKey): Promise<void> {
  await client.retry('removeRaftVoter', async () => {
    const answer = await client.askController(RemoveRaftVoterApi, { clusterId: null, voterId: id, voterDirectoryId: directoryId })
    check(answer.errorCode, answer.errorMessage)
  })
}
