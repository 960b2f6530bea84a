import { OffsetCommitApi } from '../../protocol/messages/offset-commit.ts'
import { defineHandler } from './define-handler.ts'

/**
 * OffsetCommit (key 8), versions 2-10. Stores how far a group has read.
 * Deviates: members of groups of other kinds than classic are not known yet (UNKNOWN_MEMBER_ID). A commit of which nothing is
 * stored makes no group; in Kafka there is one then, in memory, until it is started again.
 * Source: Kafka protocol guide; KIP-211, KIP-345, KIP-848.
 */
export const offsetCommitHandler = defineHandler({
  api: OffsetCommitApi,
  listeners: ['broker'],
  handle: (context, request) => context.services.groups.offsetCommit(context, request),
})
