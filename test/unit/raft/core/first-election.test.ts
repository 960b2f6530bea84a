import { describe, expect, it } from 'vitest'
import { Stage, sent, TIMINGS } from './stories.ts'

const FIRST_MS = 150

describe('a voter that starts where elections may be early', () => {
  it('asks whether it would be elected before the election time-out is over', () => {
    const raft = new Stage({ firstElectionMs: FIRST_MS })
    expect(sent(raft.step({ type: 'start' }))).toMatchObject([
      { type: 'vote', preVote: true },
      { type: 'vote', preVote: true },
    ])
    expect(new Stage().step({ type: 'start' }).length).toBe(1)
  })

  it('does so too when it remembers a leader that does not answer, and follows it when others say that it lives', () => {
    const raft = new Stage({ log: [1], election: { epoch: 1, leaderId: 2 }, firstElectionMs: FIRST_MS })
    raft.step({ type: 'start' })
    expect(raft.core.role).toBe('prospective')
    const refusal = { type: 'vote', errorCode: 0, epoch: 1, leaderId: 2, granted: false } as const
    for (const [index, from] of [2, 3].entries()) raft.step({ type: 'answer', from, id: index + 1, answer: refusal }, 1)
    expect([raft.core.role, raft.core.leaderId, raft.core.epoch]).toEqual(['follower', 2, 1])
    raft.step({ type: 'tick' }, TIMINGS.fetchTimeoutMs)
    expect(raft.core.role).toBe('follower')
    raft.step({ type: 'tick' }, TIMINGS.fetchTimeoutMs + 1)
    expect(raft.core.role).toBe('prospective')
  })

  it('leads as soon as one other of three grants it', () => {
    const raft = new Stage({ firstElectionMs: FIRST_MS })
    const granted = (epoch: number) => ({ type: 'vote', errorCode: 0, epoch, leaderId: null, granted: true }) as const
    raft.step({ type: 'start' })
    const asked = raft.step({ type: 'answer', from: 3, id: 2, answer: granted(0) }, 5)
    expect(raft.core.role).toBe('candidate')
    const vote = asked.find((effect) => effect.type === 'send' && effect.to === 3)
    if (vote?.type !== 'send') throw new Error('it asks for votes')
    raft.step({ type: 'answer', from: 3, id: vote.id, answer: granted(1) }, 10)
    expect([raft.core.role, raft.core.epoch]).toEqual(['leader', 1])
  })
})
