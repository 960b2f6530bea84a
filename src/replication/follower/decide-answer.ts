import { ErrorCode } from '../../../protocol/error-codes.ts'
import { DecodeError } from '../../../protocol/errors.ts'
import { batchAt, isCrcValid } from '../../../protocol/records/batch.ts'
import type { EpochEndOffset } from '../../storage/log/results.ts'
import type { LeaderOffsets } from '../following.ts'
import type { WantedPartition } from './fetch-session-client.ts'

/** What a leader answers for one partition. */
export interface AnsweredPartition extends LeaderOffsets {
  readonly errorCode: number
  /** The largest epoch of the leader's log that is not above the follower's last one, and where it ends there; -1 both: the logs agree. */
  readonly divergingEpoch: { readonly epoch: number; readonly endOffset: number }
  readonly records: Buffer | null
}

/** The follower's log, as far as a decision needs it. */
export interface FollowerLog {
  readonly logStartOffset: number
  readonly logEndOffset: number
  endOffsetForEpoch(leaderEpoch: number): EpochEndOffset | null
}

/** What a follower does about an answer. */
export type AnswerStep =
  /** It is about a state of the log that is no more. */
  | { readonly kind: 'ignore' }
  | {
      readonly kind: 'append'
      readonly records: Buffer
      readonly offsets: LeaderOffsets
      /** Of the first batch, where the log is to go on before its start; null where it goes on at its end. */
      readonly earlierStart: number | null
    }
  /** The logs have parted: what is at and above `offset` is not the leader's. The next fetch tells whether they agree there. */
  | { readonly kind: 'truncate'; readonly offset: number }
  /** The leader's log neither holds the offset nor ends there: its ends have to be asked for. */
  | { readonly kind: 'reset' }
  /** The leader of another epoch is elsewhere: nothing is to be had before the metadata says where. */
  | { readonly kind: 'stop'; readonly errorCode: ErrorCode }
  /** Later it may be different. */
  | { readonly kind: 'back-off'; readonly errorCode: number }

const NOTHING = Buffer.alloc(0)

/**
 * Decides on an answer for one partition.
 *
 * @param asked  what the request asked for
 * @param leaderEpoch that the follower follows now
 * Source: kafka.server.AbstractFetcherThread.processFetchRequest; KIP-595 (divergence), KIP-320 (epochs).
 */
export function decideAnswer(answer: AnsweredPartition, asked: WantedPartition, log: FollowerLog, leaderEpoch: number): AnswerStep {
  if (asked.fetchOffset !== log.logEndOffset || asked.currentLeaderEpoch !== leaderEpoch) return { kind: 'ignore' }
  switch (answer.errorCode) {
    case ErrorCode.NONE:
      break
    case ErrorCode.OFFSET_OUT_OF_RANGE:
      return { kind: 'reset' }
    case ErrorCode.FENCED_LEADER_EPOCH:
      return { kind: 'stop', errorCode: ErrorCode.FENCED_LEADER_EPOCH }
    default:
      return { kind: 'back-off', errorCode: answer.errorCode }
  }
  const { epoch, endOffset } = answer.divergingEpoch
  if (endOffset >= 0) return { kind: 'truncate', offset: commonEnd(log, { leaderEpoch: epoch, endOffset }) }
  const { highWatermark, logStartOffset } = answer
  const records = answer.records ?? NOTHING
  return { kind: 'append', records, offsets: { highWatermark, logStartOffset }, earlierStart: earlierStart(records, log) }
}

/**
 * Batches come whole: where records were deleted, the first one of a log that holds nothing may begin before the log does.
 * Source: kafka.cluster.Partition.appendRecordsToFollowerOrFutureReplica.
 */
function earlierStart(records: Buffer, { logStartOffset, logEndOffset }: FollowerLog): number | null {
  if (logStartOffset < logEndOffset) return null
  try {
    const first = batchAt(records, 0)
    if (first === null || !isCrcValid(first)) return null
    return first.baseOffset < logEndOffset && first.lastOffset >= logEndOffset ? first.baseOffset : null
  } catch (error) {
    // Who appends says what is wrong with it.
    if (error instanceof DecodeError) return null
    throw error
  }
}

/**
 * Up to where a follower's log may be the leader's, given where the leader's ends for an epoch. Where the follower does not
 * know that epoch, its own next smaller one is tried next. Source: KIP-101, KIP-279; AbstractFetcherThread.getOffsetTruncationState.
 */
export function commonEnd(log: FollowerLog, leaderEnd: EpochEndOffset): number {
  const { logEndOffset } = log
  const own = leaderEnd.leaderEpoch < 0 ? null : log.endOffsetForEpoch(leaderEnd.leaderEpoch)
  if (own === null) return Math.min(leaderEnd.endOffset, logEndOffset)
  const end = own.leaderEpoch === leaderEnd.leaderEpoch ? Math.min(own.endOffset, leaderEnd.endOffset) : own.endOffset
  return Math.min(end, logEndOffset)
}
