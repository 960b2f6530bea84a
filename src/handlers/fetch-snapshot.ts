import { FetchSnapshotApi } from '../../protocol/messages/fetch-snapshot.ts'
import { fetchSnapshotResponse, readFetchSnapshot } from '../raft/wire/fetch-snapshot.ts'
import { defineHandler } from './define-handler.ts'
import { answerContext, askRaft } from './raft-context.ts'

/**
 * FetchSnapshot (key 59), versions 0-1. A replica of the metadata log gets a piece of a snapshot.
 * Deviates: nowhere.  Source: KIP-630, KIP-853.
 */
export const fetchSnapshotHandler = defineHandler({
  api: FetchSnapshotApi,
  listeners: ['controller'],
  async handle(context, message) {
    const inbound = readFetchSnapshot(message, context.services.clusterId)
    if (inbound.kind === 'refused') return inbound.response
    const answer = await askRaft(context, inbound)
    return fetchSnapshotResponse(answer, answerContext(context))
  },
})
