import type { FetchRequest, FetchResponse } from '../../protocol/messages/fetch.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import { fetchResponse, readFetch } from '../raft/wire/fetch.ts'
import { answerContext, askRaft } from './raft-context.ts'
import type { RequestContext } from './request-context.ts'

/** A replica of the metadata log asks the leader for what follows in it, and by that says how far it is. */
export async function fetchMetadataLog(context: RequestContext, request: FetchRequest): Promise<Input<typeof FetchResponse>> {
  const inbound = readFetch(request, context.services.clusterId)
  if (inbound.kind === 'refused') return inbound.response
  return fetchResponse(await askRaft(context, inbound), answerContext(context))
}
