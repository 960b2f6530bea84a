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
}

/**
 * Deletes every topic, internal ones too: with `__consumer_offsets` go the groups, and who still is a member looks for its
 * coordinator again. All of it is one batch of the metadata log, however many topics there are. Resolves when they are gone.
 * Producer ids and everything else that only rises goes on rising.
 *
 * Errors: RESET_FAILED when a topic could not be deleted.
 */
export async function resetNode({ controller, metadata, fetchSessions, principal }: ResetOptions): Promise<void> {
  const ids = [...metadata.image().topics.byId.keys()]
  if (ids.length > 0) {
    const deleted = await controller.deleteTopics({ principal }, ids)
    const failed = deleted.find(({ errorCode }) => errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.UNKNOWN_TOPIC_ID)
    if (failed !== undefined) throw new OdradekError('RESET_FAILED', `Topic ${failed.name ?? failed.id} was not deleted: ${errorName(failed.errorCode)}`)
  }
  fetchSessions.clear()
}
