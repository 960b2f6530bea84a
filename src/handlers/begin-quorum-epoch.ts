import { BeginQuorumEpochApi } from '../../protocol/messages/begin-quorum-epoch.ts'
import { beginEpochResponse, readBeginEpoch } from '../raft/wire/begin-epoch.ts'
import { defineHandler } from './define-handler.ts'
import { answerContext, askRaft } from './raft-context.ts'

/**
 * BeginQuorumEpoch (key 53), versions 0-1. A node says that it leads the quorum.
 * Deviates: nowhere.  Source: KIP-595, KIP-853.
 */
export const beginQuorumEpochHandler = defineHandler({
  api: BeginQuorumEpochApi,
  listeners: ['controller'],
  async handle(context, message) {
    const inbound = readBeginEpoch(message, context.services.clusterId)
    if (inbound.kind === 'refused') return inbound.response
    const answer = await askRaft(context, inbound)
    return beginEpochResponse(answer, answerContext(context))
  },
})
