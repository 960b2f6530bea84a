import { ErrorCode } from '../../protocol/error-codes.ts'
import { UpdateRaftVoterApi } from '../../protocol/messages/update-raft-voter.ts'
import { isValidUpdate, readUpdateVoter, updateVoterResponse } from '../raft/wire/update-voter.ts'
import { defineHandler } from './define-handler.ts'
import { answerContext, askRaft, quorumListener } from './raft-context.ts'

/**
 * UpdateRaftVoter (key 82), version 0. A voter says where it listens and which versions it supports.
 * Deviates: nowhere.  Source: KIP-853.
 */
export const updateRaftVoterHandler = defineHandler({
  api: UpdateRaftVoterApi,
  listeners: ['controller'],
  async handle(context, message) {
    const { raft, quorum, clusterId } = context.services
    const head = { epoch: raft.epoch, leaderId: quorum.leader()?.id ?? null }
    const inbound = readUpdateVoter(message, { clusterId, head, context: answerContext(context) })
    if (inbound.kind === 'refused') return inbound.response
    const isWrong = raft.isLeader && inbound.request.epoch === raft.epoch && !isValidUpdate(inbound.request, quorumListener(context))
    const answer = isWrong ? { ...head, errorCode: ErrorCode.INVALID_REQUEST } : await askRaft(context, inbound)
    return updateVoterResponse(answer, answerContext(context))
  },
})
