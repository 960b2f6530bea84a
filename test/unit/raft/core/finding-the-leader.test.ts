import { describe, expect, it } from 'vitest'
import type { RaftEffect } from '../../../../src/raft/core/effects.ts'
import { Stage, TIMINGS } from './stories.ts'

const SERVERS = [-2, -3]

/** Node 9, which observes voters 1, 2 and 3 that its log names. */
function observer(bootstrapIds: readonly number[]): Stage {
  return new Stage({ nodeId: 9, log: [1], election: { epoch: 1, leaderId: null }, bootstrapIds })
}

function asked(effects: readonly RaftEffect[]): { readonly to: number; readonly id: number } {
  const [fetch, ...others] = effects.filter((effect) => effect.type === 'send')
  expect(others).toEqual([])
  if (fetch?.type !== 'send') throw new Error('it asks somebody')
  expect(fetch.request.type).toBe('fetch')
  return fetch
}

function silent(raft: Stage, { to, id }: { readonly to: number; readonly id: number }, nowMs: number): readonly RaftEffect[] {
  return raft.step({ type: 'unanswered', from: to, id, unsupported: false, isGone: false }, nowMs)
}

describe('an observer that looks for the leader', () => {
  it('asks the configured servers first, one at a time, and the voters of its log when none of those answers', () => {
    const raft = observer(SERVERS)
    const first = asked(raft.step({ type: 'start' }))
    const second = asked(silent(raft, first, 1))
    const third = asked(silent(raft, second, 2))
    expect([first.to, second.to, third.to]).toEqual([-2, -3, 1])
    // The servers come first again when they may be asked again.
    expect(asked(silent(raft, third, TIMINGS.retryBackoffMs + 2)).to).toBe(-2)
  })

  it('asks the voters where no server is configured', () => {
    expect(asked(observer([]).step({ type: 'start' })).to).toBe(1)
  })
})
