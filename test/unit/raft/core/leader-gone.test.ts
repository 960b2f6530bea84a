import { describe, expect, it } from 'vitest'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { RaftEffect } from '../../../../src/raft/core/effects.ts'
import { Stage, TIMINGS } from './stories.ts'

const GRACE_MS = 300
const CONTENT = { type: 'records', offset: 1, records: null } as const
const NOTHING_NEW = { type: 'fetch', errorCode: 0, epoch: 1, leaderId: 2, highWatermark: 1, logStartOffset: 0, content: CONTENT } as const

/** Follows node 2 in epoch 1, from which it has fetched; gives the fetch that is under way. */
function follower(connectionGraceMs: number) {
  const raft = new Stage({ log: [1], election: { epoch: 1, leaderId: 2 }, connectionGraceMs })
  const first = fetchOf(raft.step({ type: 'start' }))
  const next = fetchOf(raft.step({ type: 'answer', from: 2, id: first.id, answer: NOTHING_NEW }))
  return { raft, gone: (nowMs: number, id = next.id) => raft.step({ type: 'unanswered', from: 2, id, unsupported: false, isGone: true }, nowMs) }
}

function fetchOf(effects: readonly RaftEffect[]) {
  const found = effects.find((effect) => effect.type === 'send' && effect.request.type === 'fetch')
  if (found?.type !== 'send') throw new Error('it fetches')
  return found
}

function preVoteOf(raft: Stage, nowMs: number): boolean {
  const candidate = { id: 3, directoryId: ZERO_UUID }
  const voter = { id: 1, directoryId: ZERO_UUID }
  const asked = { type: 'vote', voter, candidate, epoch: 1, lastOffset: 1, lastEpoch: 1, preVote: true } as const
  const [reply] = raft.step({ type: 'request', id: 1, request: asked }, nowMs).filter((effect) => effect.type === 'reply')
  if (reply?.type !== 'reply' || reply.answer.type !== 'vote') throw new Error('it answers')
  return reply.answer.granted
}

describe('a follower whose leader is gone', () => {
  it('waits for a part of the grace, not for the whole time-out; who follows the leader in the ring of ids comes first', () => {
    const { raft, gone } = follower(GRACE_MS)
    gone(1000)
    // Node 3 stands after 75 ms, then this one.
    raft.step({ type: 'tick' }, 1000 + 224)
    expect(raft.core.role).toBe('follower')
    raft.step({ type: 'tick' }, 1000 + 225)
    expect(raft.core.role).toBe('prospective')
  })

  it('would elect another one meanwhile', () => {
    const { raft, gone } = follower(GRACE_MS)
    expect(preVoteOf(raft, 999)).toBe(false)
    gone(1000)
    expect(preVoteOf(raft, 1000)).toBe(true)
  })

  it('goes on following when the leader answers again', () => {
    const { raft, gone } = follower(GRACE_MS)
    gone(1000)
    const again = fetchOf(raft.step({ type: 'tick' }, 1000 + TIMINGS.retryBackoffMs))
    raft.step({ type: 'answer', from: again.to, id: again.id, answer: NOTHING_NEW }, 1050)
    raft.step({ type: 'tick' }, 1050 + GRACE_MS)
    expect(raft.core.role).toBe('follower')
    expect(preVoteOf(raft, 1050 + GRACE_MS)).toBe(false)
  })

  it('waits for the whole time-out where the setting says so', () => {
    const { raft, gone } = follower(-1)
    gone(1000)
    expect(preVoteOf(raft, 1000)).toBe(false)
    raft.step({ type: 'tick' }, TIMINGS.fetchTimeoutMs - 1)
    expect(raft.core.role).toBe('follower')
  })
})
