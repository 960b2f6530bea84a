import { VoteApi } from '../../protocol/messages/vote.ts'
import { readVote, voteResponse } from '../raft/wire/vote.ts'
import { defineHandler } from './define-handler.ts'
import { answerContext, askRaft } from './raft-context.ts'

/**
 * Vote (key 52), versions 0-2. A voter asks to be elected, or whether it would be.
 * Deviates: nowhere.  Source: KIP-595, KIP-853, KIP-996.
 */
export const voteHandler = defineHandler({
  api: VoteApi,
  listeners: ['controller'],
  async handle(context, message) {
    const inbound = readVote(message, context.services.clusterId)
    if (inbound.kind === 'refused') return inbound.response
    const answer = await askRaft(context, inbound)
    return voteResponse(answer, answerContext(context))
  },
})
