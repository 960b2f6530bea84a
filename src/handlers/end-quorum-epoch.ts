import { EndQuorumEpochApi } from '../../protocol/messages/end-quorum-epoch.ts'
import { endEpochResponse, readEndEpoch } from '../raft/wire/end-epoch.ts'
import { defineHandler } from './define-handler.ts'
import { answerContext, askRaft } from './raft-context.ts'

/**
 * EndQuorumEpoch (key 54), versions 0-1. A node says that it leads the quorum no longer, and who should follow it.
 * Deviates: nowhere.  Source: KIP-595, KIP-853.
 */
export const endQuorumEpochHandler = defineHandler({
  api: EndQuorumEpochApi,
  listeners: ['controller'],
  async handle(context, message) {
    const inbound = readEndEpoch(message, context.services.clusterId)
    if (inbound.kind === 'refused') return inbound.response
    const answer = await askRaft(context, inbound)
    return endEpochResponse(answer, answerContext(context))
  },
})
