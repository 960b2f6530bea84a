import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { type FetchSession, FINAL_EPOCH, INITIAL_EPOCH, nextEpoch } from './fetch-session.ts'
import type { FetchSessionCache } from './fetch-session-cache.ts'
import type { FetchedPartition, PartitionFetch } from './partition-fetch.ts'

/** Partitions that one session may hold; a fetcher that names more goes on without one. */
export const MAX_SESSION_PARTITIONS = 100_000

export interface FetchSessionRequest {
  readonly sessionId: number
  readonly sessionEpoch: number
  readonly isFromFollower: boolean
  readonly usesTopicIds: boolean
  /** Each partition once. */
  readonly wanted: readonly PartitionFetch[]
  readonly forgotten: Iterable<{ readonly topic: string | null; readonly topicId: Uuid; readonly partition: number }>
  readonly nameOf: (topicId: Uuid) => string | null
}

/** How a fetch stands to its session. */
export interface FetchContext {
  /** All partitions to read, in order. */
  readonly partitions: readonly PartitionFetch[]
  /** What of the answers goes into the response. To be called once. */
  respond(fetched: readonly FetchedPartition[]): SessionAnswer
}

export interface SessionAnswer {
  readonly errorCode: ErrorCode
  /** 0: no session. */
  readonly sessionId: number
  readonly fetched: readonly FetchedPartition[]
}

/**
 * Finds or ends the session of a fetch, or lets one be made when it is answered.
 * Errors in the answer: FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH, FETCH_SESSION_TOPIC_ID_ERROR.
 * Source: org.apache.kafka.server.FetchManager.newContext.
 */
export function fetchContext(cache: FetchSessionCache, request: FetchSessionRequest): FetchContext {
  if (request.sessionEpoch === INITIAL_EPOCH || request.sessionEpoch === FINAL_EPOCH) {
    if (request.sessionId !== 0) cache.remove(request.sessionId)
    return request.sessionEpoch === FINAL_EPOCH ? sessionless(request.wanted) : full(cache, request)
  }
  const session = cache.get(request.sessionId)
  if (session === undefined) return refused(ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
  if (session.epoch !== request.sessionEpoch) return refused(ErrorCode.INVALID_FETCH_SESSION_EPOCH)
  if (session.usesTopicIds !== request.usesTopicIds) return refused(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR)
  session.update(request.wanted, request.forgotten)
  if (session.size === 0) {
    cache.remove(session.id)
    return sessionless(request.wanted)
  }
  if (session.size > MAX_SESSION_PARTITIONS) {
    cache.remove(session.id)
    return refused(ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
  }
  cache.touch(session)
  session.epoch = nextEpoch(session.epoch)
  return incremental(session, request)
}

function refused(errorCode: ErrorCode): FetchContext {
  return { partitions: [], respond: () => ({ errorCode, sessionId: 0, fetched: [] }) }
}

function sessionless(partitions: readonly PartitionFetch[]): FetchContext {
  return { partitions, respond: (fetched) => ({ errorCode: ErrorCode.NONE, sessionId: 0, fetched }) }
}

function full(cache: FetchSessionCache, request: FetchSessionRequest): FetchContext {
  return {
    partitions: request.wanted,
    respond(fetched) {
      const options = { isPrivileged: request.isFromFollower, usesTopicIds: request.usesTopicIds }
      const session = fetched.length > MAX_SESSION_PARTITIONS ? null : cache.create(options, fetched)
      return { errorCode: ErrorCode.NONE, sessionId: session?.id ?? 0, fetched }
    },
  }
}

function incremental(session: FetchSession, request: FetchSessionRequest): FetchContext {
  const expectedEpoch = nextEpoch(request.sessionEpoch)
  return {
    partitions: session.partitions(request.nameOf),
    respond(fetched) {
      // While this fetch waited, another one used the session: the fetcher must not act on both answers.
      if (session.epoch !== expectedEpoch) return { errorCode: ErrorCode.INVALID_FETCH_SESSION_EPOCH, sessionId: session.id, fetched: [] }
      return { errorCode: ErrorCode.NONE, sessionId: session.id, fetched: session.takeNews(fetched) }
    },
  }
}
