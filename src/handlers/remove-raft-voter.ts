import { RemoveRaftVoterApi } from '../../protocol/messages/remove-raft-voter.ts'
import { invalidRemoveVoter, readRemoveVoter, removeVoterResponse } from '../raft/wire/remove-voter.ts'
import { defineHandler } from './define-handler.ts'
import { askRaft } from './raft-context.ts'

/**
 * RemoveRaftVoter (key 81), version 0. A voter votes no longer, and is no voter any more when the answer comes.
 * Deviates: nowhere.  Source: KIP-853.
 */
export const removeRaftVoterHandler = defineHandler({
  api: RemoveRaftVoterApi,
  listeners: ['broker', 'controller'],
  async handle(context, message) {
    const inbound = readRemoveVoter(message, context.services.clusterId)
    if (inbound.kind === 'refused') return inbound.response
    // Who does not lead says that first.
    const refusal = context.services.raft.isLeader ? invalidRemoveVoter(inbound.request) : null
    return refusal ?? removeVoterResponse(await askRaft(context, inbound))
  },
})
