import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import { type AnsweredPartition, commonEnd, decideAnswer, type FollowerLog } from '../../../../src/replication/follower/decide-answer.ts'
import type { WantedPartition } from '../../../../src/replication/follower/fetch-session-client.ts'
import { LeaderEpochCache } from '../../../../src/storage/epoch/leader-epoch-cache.ts'
import type { EpochEndOffset } from '../../../../src/storage/log/results.ts'

/** A log of one record for each epoch given, as the checkpoint of leader epochs has it; a leader's own epoch begins at its end. */
class EpochLog implements FollowerLog {
  #records: readonly number[]
  readonly #ownEpoch: number | null

  constructor(records: readonly number[], ownEpoch: number | null = null) {
    this.#records = records
    this.#ownEpoch = ownEpoch
  }

  get records(): readonly number[] {
    return this.#records
  }

  readonly logStartOffset = 0

  get logEndOffset(): number {
    return this.#records.length
  }

  get latestEpoch(): number {
    return this.#records.at(-1) ?? -1
  }

  endOffsetForEpoch(leaderEpoch: number) {
    const cache = new LeaderEpochCache()
    for (const [offset, epoch] of this.#records.entries()) cache.assign(epoch, offset)
    if (this.#ownEpoch !== null) cache.assign(this.#ownEpoch, this.logEndOffset)
    return cache.endOffsetFor(leaderEpoch, this.logEndOffset)
  }

  truncate(offset: number): void {
    this.#records = this.#records.slice(0, offset)
  }
}

const ASKED: WantedPartition = {
  topicId: ZERO_UUID,
  partition: 0,
  currentLeaderEpoch: 5,
  fetchOffset: 3,
  lastFetchedEpoch: 2,
  logStartOffset: 0,
  maxBytes: 100,
}

const LOG = new EpochLog([0, 1, 2])

function answer(change: Partial<AnsweredPartition>): AnsweredPartition {
  return { errorCode: 0, highWatermark: 3, logStartOffset: 0, divergingEpoch: { epoch: -1, endOffset: -1 }, records: null, ...change }
}

describe('the answer for a partition', () => {
  const decide = (change: Partial<AnsweredPartition>) => decideAnswer(answer(change), ASKED, LOG, 5)

  it('is appended where the logs agree', () => {
    const records = Buffer.from('batches')
    expect(decide({ records, highWatermark: 9, logStartOffset: 1 })).toEqual({
      kind: 'append',
      records,
      offsets: { highWatermark: 9, logStartOffset: 1 },
      earlierStart: null,
    })
  })

  it('begins before an empty log where records within its first batch were deleted', () => {
    const asked = { ...ASKED, fetchOffset: 7 }
    const empty = { logStartOffset: 7, logEndOffset: 7, endOffsetForEpoch: () => null }
    const batch = (baseOffset: number) =>
      buildBatch(
        { baseOffset },
        ['a', 'b', 'c'].map((value) => ({ timestamp: 1, value: Buffer.from(value) })),
      )
    const earlierStart = (records: Buffer, log: FollowerLog = empty) => {
      const step = decideAnswer(answer({ records }), asked, log, 5)
      return step.kind === 'append' ? step.earlierStart : step.kind
    }
    expect(earlierStart(batch(5))).toBe(5)
    expect([batch(4), batch(7), batch(9), Buffer.from('no batch')].map((records) => earlierStart(records))).toEqual([null, null, null, null])
    expect(earlierStart(batch(5), { ...empty, logStartOffset: 3 })).toBeNull()
    const damaged = batch(5)
    damaged[damaged.length - 1] = (damaged.at(-1) as number) ^ 1
    expect(earlierStart(damaged)).toBeNull()
  })

  it('means nothing for a log that has changed since, or another epoch', () => {
    expect(decideAnswer(answer({}), { ...ASKED, fetchOffset: 2 }, LOG, 5)).toEqual({ kind: 'ignore' })
    expect(decideAnswer(answer({ errorCode: ErrorCode.FENCED_LEADER_EPOCH }), ASKED, LOG, 6)).toEqual({ kind: 'ignore' })
  })

  it('says to cut the log where it has parted from the leader', () => {
    expect(decide({ divergingEpoch: { epoch: 1, endOffset: 7 } })).toEqual({ kind: 'truncate', offset: 2 })
    expect(decide({ divergingEpoch: { epoch: 2, endOffset: 1 } })).toEqual({ kind: 'truncate', offset: 1 })
  })

  it('tells errors that pass from those that wait for the metadata', () => {
    expect(decide({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE })).toEqual({ kind: 'reset' })
    expect(decide({ errorCode: ErrorCode.FENCED_LEADER_EPOCH }).kind).toBe('stop')
    for (const errorCode of [
      ErrorCode.UNKNOWN_LEADER_EPOCH,
      ErrorCode.NOT_LEADER_OR_FOLLOWER,
      ErrorCode.UNKNOWN_TOPIC_ID,
      ErrorCode.INCONSISTENT_TOPIC_ID,
      ErrorCode.KAFKA_STORAGE_ERROR,
      ErrorCode.UNKNOWN_SERVER_ERROR,
    ]) {
      expect(decide({ errorCode })).toEqual({ kind: 'back-off', errorCode })
    }
  })
})

describe('cutting at the common end, answer by answer', () => {
  /** Epochs of records: the shared ones, then those of each log, which share no epoch. */
  const histories = fc
    .tuple(
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 6 }),
      fc.array(fc.integer({ min: 4, max: 12 }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 4, max: 12 }), { maxLength: 8 }),
    )
    .map(([shared, own, leaders]) => {
      const sorted = (epochs: readonly number[], parity: number) => epochs.map((epoch) => epoch * 2 + parity).sort((a, b) => a - b)
      return { shared: shared.toSorted((a, b) => a - b), own: sorted(own, 0), leaders: sorted(leaders, 1) }
    })

  const NEWEST_EPOCH = 100

  it('ends where both logs are the same, and cuts no record that both have', () => {
    fc.assert(
      fc.property(histories, ({ shared, own, leaders }) => {
        const follower = new EpochLog([...shared, ...own])
        const leader = new EpochLog([...shared, ...leaders], NEWEST_EPOCH)
        for (let round = 0; isDiverging(follower, leader); round++) {
          expect(round).toBeLessThan(20)
          const before = follower.logEndOffset
          follower.truncate(commonEnd(follower, leader.endOffsetForEpoch(follower.latestEpoch) as EpochEndOffset))
          expect(follower.logEndOffset).toBeLessThan(before)
        }
        expect(follower.records.slice(0, shared.length)).toEqual(shared)
        expect(follower.records).toEqual(leader.records.slice(0, follower.logEndOffset))
      }),
    )
  })

  /** As a leader finds it out: `divergence` in fetch/read-partition.ts. */
  function isDiverging(follower: EpochLog, leader: EpochLog): boolean {
    if (follower.latestEpoch === -1) return false
    const end = leader.endOffsetForEpoch(follower.latestEpoch) as EpochEndOffset
    return end.leaderEpoch < follower.latestEpoch || end.endOffset < follower.logEndOffset
  }
})
