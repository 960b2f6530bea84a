import { AddRaftVoterApi } from '../../protocol/messages/add-raft-voter.ts'
import { addVoterResponse, invalidAddVoter, readAddVoter } from '../raft/wire/add-voter.ts'
import { defineHandler } from './define-handler.ts'
import { askRaft, quorumListener } from './raft-context.ts'

/**
 * AddRaftVoter (key 80), versions 0-1. A controller that follows the metadata log becomes a voter.
 * Deviates: nowhere.  Source: KIP-853, KIP-1186.
 */
export const addRaftVoterHandler = defineHandler({
  api: AddRaftVoterApi,
  listeners: ['broker', 'controller'],
  async handle(context, message) {
    const inbound = readAddVoter(message, context.services.clusterId)
    if (inbound.kind === 'refused') return inbound.response
    // Who does not lead says that first.
    const refusal = context.services.raft.isLeader ? invalidAddVoter(inbound.request, quorumListener(context)) : null
    return refusal ?? addVoterResponse(await askRaft(context, inbound))
  },
})
