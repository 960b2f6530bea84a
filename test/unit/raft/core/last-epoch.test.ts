import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { VoteRequest } from '../../../../src/raft/core/messages.ts'
import { replies, type Setting, Stage, sent, TIMINGS, types } from './stories.ts'

const LAST_EPOCH = 2 ** 31 - 1
const HOUR_MS = 3_600_000

const key = (id: number) => ({ id, directoryId: ZERO_UUID })
const vote = (epoch: number): VoteRequest => ({ type: 'vote', voter: key(1), candidate: key(9), epoch, lastOffset: 5, lastEpoch: 1, preVote: false })

/** Everything that a node sends or writes while time passes; each question is left without an answer. */
function pass(raft: Stage, fromMs: number) {
  const effects = []
  for (
    let nowMs = fromMs;
    nowMs < fromMs + HOUR_MS && Number.isFinite(raft.core.deadlineMs) && effects.length < 100;
    nowMs = Math.max(nowMs + 1, raft.core.deadlineMs)
  )
    effects.push(...raft.step({ type: 'tick' }, nowMs))
  return effects
}

describe('the last epoch that can be written', () => {
  const named = (setting: Setting = {}) => {
    const raft = new Stage({ log: [1], ...setting })
    raft.step({ type: 'start' })
    const effects = raft.step({ type: 'request', id: 1, request: vote(LAST_EPOCH) })
    expect(replies(effects)).toMatchObject([{ type: 'vote', errorCode: ErrorCode.NONE, epoch: LAST_EPOCH, granted: true }])
    return raft
  }

  it('is not left again by a voter that heard of it: it looks for the leader of it, and begins none', () => {
    const raft = named()
    const effects = pass(raft, 0)
    expect(new Set(sent(effects).map(({ type }) => type))).toEqual(new Set(['fetch']))
    expect(types(effects)).not.toContain('persist-election')
    expect([raft.core.role, raft.core.epoch]).toEqual(['unattached', LAST_EPOCH])
  })

  it('is not left by the only voter of a quorum, nor when that starts again', () => {
    const raft = named({ voterIds: [1] })
    expect(pass(raft, 0)).toEqual([])
    const again = new Stage({ voterIds: [1], log: [1], election: { epoch: LAST_EPOCH } })
    expect(again.step({ type: 'start' })).toEqual([])
    expect(again.core.leaderId).toBeNull()
  })

  it('is led by who is elected in it, until that one resigns', () => {
    const raft = new Stage({ log: [1], election: { epoch: LAST_EPOCH - 1 } })
    raft.lead()
    expect([raft.core.role, raft.core.epoch]).toEqual(['leader', LAST_EPOCH])
    raft.step({ type: 'resign' }, 2000)
    expect(types(pass(raft, 2000))).not.toContain('persist-election')
    expect([raft.core.role, raft.core.epoch]).toEqual(['resigned', LAST_EPOCH])
  })

  it('is where a candidate goes on asking for votes', () => {
    const raft = new Stage({ log: [1], election: { epoch: LAST_EPOCH, voted: key(1) } })
    raft.step({ type: 'start' })
    const laterMs = 10 * TIMINGS.electionTimeoutMs
    raft.step({ type: 'tick' }, laterMs)
    const effects = raft.step({ type: 'tick' }, laterMs + TIMINGS.retryBackoffMs)
    expect(sent(effects)).toMatchObject([
      { type: 'vote', preVote: false, epoch: LAST_EPOCH, to: 2 },
      { type: 'vote', preVote: false, epoch: LAST_EPOCH, to: 3 },
    ])
    raft.grant(effects, laterMs + TIMINGS.retryBackoffMs)
    expect(raft.core.role).toBe('leader')
  })

  it('is where a follower goes on asking a leader that is silent', () => {
    const raft = new Stage({ log: [1], election: { epoch: LAST_EPOCH, leaderId: 2 } })
    raft.step({ type: 'start' })
    const effects = pass(raft, 10 * TIMINGS.fetchTimeoutMs)
    expect(new Set(sent(effects).map(({ type }) => type))).toEqual(new Set(['fetch']))
    expect([raft.core.role, raft.core.leaderId]).toEqual(['follower', 2])
  })
})
