import { OffsetFetchApi } from '../../protocol/messages/offset-fetch.ts'
import { defineHandler } from './define-handler.ts'

/**
 * OffsetFetch (key 9), versions 1-10. How far groups have read.
 * Deviates: members of groups of other kinds than classic are not known yet (UNKNOWN_MEMBER_ID).
 * Source: Kafka protocol guide; KIP-447, KIP-709, KIP-848.
 */
export const offsetFetchHandler = defineHandler({
  api: OffsetFetchApi,
  listeners: ['broker'],
  handle: (context, request) => context.services.groups.offsetFetch(context, request),
})
