import { OffsetDeleteApi } from '../../protocol/messages/offset-delete.ts'
import { defineHandler } from './define-handler.ts'

/**
 * OffsetDelete (key 47), version 0. Forgets offsets of topics that a group does not use.
 * Deviates: groups of other kinds than classic are taken to use every topic while they have members.
 * Source: Kafka protocol guide; KIP-496.
 */
export const offsetDeleteHandler = defineHandler({
  api: OffsetDeleteApi,
  listeners: ['broker'],
  handle: (context, request) => context.services.groups.offsetDelete(context, request),
})
