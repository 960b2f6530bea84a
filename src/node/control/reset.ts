import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Controller } from '../../controller/controller.ts'
import type { MetadataService } from '../../metadata/metadata-service.ts'
import type { FetchSessionCache } from '../../replication/fetch/fetch-session-cache.ts'

export interface ResetOptions {
  readonly controller: Pick<Controller, 'deleteTopics'>
  readonly metadata: MetadataService
  readonly fetchSessions: Pick<FetchSessionCache, 'clear'>
  readonly principal: string
  /** delete.topic.enable */
  readonly deletesTopics: boolean
}

/**
 * Deletes every topic, internal ones too: with `__consumer_offsets` go the groups, and who still is a member looks for its
 * coordinator again. All of it is one batch of the metadata log, however many topics there are. Resolves when they are gone.
 * Producer ids and everything else that only rises goes on rising.
 *
 * Errors: RESET_FAILED when a topic could not be deleted, or none can be.
 */
export async function resetNode({ controller, metadata, fetchSessions, principal, deletesTopics }: ResetOptions): Promise<void> {
  // In a cluster the active controller refuses; where that is this node nobody would.
  if (!deletesTopics)
    throw new OdradekError('RESET_FAILED', 'delete.topic.enable is false, so that no topic can be deleted: a node is reset only where it is true')
  const ids = [...metadata.image().topics.byId.keys()]
  if (ids.length > 0) {
    const deleted = await controller.deleteTopics({ principal }, ids)
    const failed = deleted.find(({ errorCode }) => errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.UNKNOWN_TOPIC_ID)
    if (failed !== undefined) throw new OdradekError('RESET_FAILED', `Topic ${failed.name ?? failed.id} was not deleted: ${errorName(failed.errorCode)}`)
  }
  fetchSessions.clear()
}
