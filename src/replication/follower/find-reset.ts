import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { Copy } from './copies.ts'
import type { LeaderEndpoint, LogBound } from './leader-endpoint.ts'

/** What to do about a log whose end is not within its leader's. */
export type ResetStep =
  /** The leader ends before: it was elected uncleanly. */
  | { readonly kind: 'truncate'; readonly offset: number }
  /** The leader begins behind: all that is here is gone there. */
  | { readonly kind: 'begin-anew'; readonly offset: number }
  | { readonly kind: 'stop'; readonly errorCode: ErrorCode }
  | { readonly kind: 'back-off'; readonly errorCode: number }

/**
 * Asks the leader where its log begins and ends, after it answered OFFSET_OUT_OF_RANGE.
 * Errors: those of `LeaderEndpoint`. Source: AbstractFetcherThread.fetchOffsetAndTruncate.
 */
export async function findReset(copy: Copy, leader: LeaderEndpoint): Promise<ResetStep> {
  const latest = await leaderOffset(copy, leader, 'latest')
  if (typeof latest !== 'number') return latest
  if (latest < endOf(copy)) return { kind: 'truncate', offset: latest }
  const earliest = await leaderOffset(copy, leader, 'earliest')
  if (typeof earliest !== 'number') return earliest
  // Where the end is within the leader's log by now, it is asked again, but not at once and for ever.
  return earliest > endOf(copy) ? { kind: 'begin-anew', offset: earliest } : { kind: 'back-off', errorCode: ErrorCode.OFFSET_OUT_OF_RANGE }
}

async function leaderOffset({ topic, partition, following }: Copy, leader: LeaderEndpoint, bound: LogBound): Promise<number | ResetStep> {
  const { errorCode, offset } = await leader.offset(bound, topic, partition, following.leaderEpoch)
  if (errorCode === ErrorCode.FENCED_LEADER_EPOCH) return { kind: 'stop', errorCode }
  return errorCode === ErrorCode.NONE && offset >= 0 ? offset : { kind: 'back-off', errorCode }
}

/** Infinite where the log is not there any more: nothing is cut then. */
function endOf({ following }: Copy): number {
  return following.log?.logEndOffset ?? Number.POSITIVE_INFINITY
}
