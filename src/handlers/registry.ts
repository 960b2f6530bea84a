import { apiVersionsHandler } from './api-versions.ts'
import type { AnyHandler } from './define-handler.ts'
import { deleteRecordsHandler } from './delete-records.ts'
import { fetchHandler } from './fetch.ts'
import { initProducerIdHandler } from './init-producer-id.ts'
import { listOffsetsHandler } from './list-offsets.ts'
import { offsetForLeaderEpochHandler } from './offset-for-leader-epoch.ts'
import { produceHandler } from './produce.ts'

/**
 * Every API that this node serves, by key. What is not here is neither served nor advertised.
 * One line for each handler, in the order of the API keys.
 */
export const handlers: readonly AnyHandler[] = [
  produceHandler,
  fetchHandler,
  listOffsetsHandler,
  apiVersionsHandler,
  deleteRecordsHandler,
  initProducerIdHandler,
  offsetForLeaderEpochHandler,
]
