import { ErrorCode, errorMessage } from '../../protocol/error-codes.ts'
import { FindCoordinatorApi, type FindCoordinatorRequest, type FindCoordinatorResponse } from '../../protocol/messages/find-coordinator.ts'
import type { Input } from '../../protocol/schema/notation.ts'
import type { FoundCoordinator } from '../group/coordinator-finder.ts'
import { defineHandler } from './define-handler.ts'
import type { RequestContext } from './request-context.ts'

const GROUP_KEY = 0
const TRANSACTION_KEY = 1
const SHARE_KEY = 2

/** From this version on one request asks for many keys. Source: KIP-699. */
const FIRST_VERSION_WITH_KEYS = 4
/** From this version on share coordinators can be asked for. Source: KIP-932. */
const FIRST_VERSION_WITH_SHARE_KEYS = 6

/**
 * FindCoordinator (key 10), versions 0-6. Which node coordinates a group.
 * Deviates: Kafka answers COORDINATOR_NOT_AVAILABLE until the topic behind the coordinator is there and serves; this waits. Transaction
 * and share coordinators do not exist yet (UNSUPPORTED_VERSION).  Source: Kafka protocol guide; KIP-699, KIP-932.
 */
export const findCoordinatorHandler = defineHandler({
  api: FindCoordinatorApi,
  listeners: ['broker'],
  async handle(context, request) {
    if (context.apiVersion < FIRST_VERSION_WITH_KEYS) return oldAnswer(await find(context, request.keyType, request.key))
    const coordinators = await Promise.all(request.coordinatorKeys.map(async (key) => answerFor(request, key, await find(context, request.keyType, key))))
    return { coordinators }
  },
})

async function find(context: RequestContext, keyType: number, key: string): Promise<FoundCoordinator> {
  switch (keyType) {
    case GROUP_KEY:
      return told(context, await context.services.coordinators.findForGroup(key, context.listenerName))
    case TRANSACTION_KEY:
      return { ok: false, errorCode: ErrorCode.UNSUPPORTED_VERSION }
    case SHARE_KEY:
      return { ok: false, errorCode: context.apiVersion < FIRST_VERSION_WITH_SHARE_KEYS ? ErrorCode.INVALID_REQUEST : ErrorCode.UNSUPPORTED_VERSION }
    default:
      return { ok: false, errorCode: ErrorCode.INVALID_REQUEST }
  }
}

function told(context: RequestContext, found: FoundCoordinator): FoundCoordinator {
  if (!found.ok) return found
  const { nodeId, host, port } = found
  return { ok: true, nodeId, ...context.services.addresses.endpointFor(context, nodeId, { host, port }) }
}

/** Before version 4 the message is there on success too. */
function oldAnswer(found: FoundCoordinator): Input<typeof FindCoordinatorResponse> {
  if (!found.ok) return { errorCode: found.errorCode, errorMessage: errorMessage(found.errorCode), nodeId: -1, host: '', port: -1 }
  const { nodeId, host, port } = found
  return { errorCode: ErrorCode.NONE, errorMessage: 'NONE', nodeId, host, port }
}

function answerFor(request: FindCoordinatorRequest, key: string, found: FoundCoordinator): Coordinator {
  if (found.ok) return { key, nodeId: found.nodeId, host: found.host, port: found.port, errorCode: ErrorCode.NONE, errorMessage: '' }
  // Kafka refuses a whole request for a kind of key that it does not know, and only then says why.
  const errorMessageOf = request.keyType > SHARE_KEY || request.keyType < GROUP_KEY ? errorMessage(found.errorCode) : ''
  return { key, nodeId: -1, host: '', port: -1, errorCode: found.errorCode, errorMessage: errorMessageOf }
}

interface Coordinator {
  readonly key: string
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly errorCode: number
  readonly errorMessage: string | null
}
