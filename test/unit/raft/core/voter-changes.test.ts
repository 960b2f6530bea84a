import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { RaftRequest } from '../../../../src/raft/core/messages.ts'
import { replies, Stage, types, voter } from './stories.ts'

const add = (id: number): RaftRequest => ({ type: 'add-voter', voter: voter(id), ackWhenCommitted: true, timeoutMs: 5000 })
const remove = (id: number): RaftRequest => ({ type: 'remove-voter', voter: { id, directoryId: ZERO_UUID } })

/** Leads a quorum of one whose log names it as the voter, committed; node 2 follows as an observer and has all. */
function leader(): Stage {
  const raft = new Stage({ voterIds: [1] })
  raft.step({ type: 'start' })
  raft.log.append({ epoch: 1, value: '' })
  raft.step({ type: 'appended', voters: [{ offset: 0, voters: [voter(1)], kraftVersion: 1 }] })
  raft.step({ type: 'flushed', endOffset: 1 })
  fetch(raft, 2)
  return raft
}

function fetch(raft: Stage, id: number) {
  const offset = raft.log.logEndOffset
  const request = { type: 'fetch', replica: { id, directoryId: ZERO_UUID }, epoch: 1, offset, lastFetchedEpoch: 1, highWatermark: null, maxWaitMs: 0 } as const
  return raft.step({ type: 'request', id: 99, request })
}

/** Does what `append-voters` says. */
function write(raft: Stage, voterIds: readonly number[]) {
  const offset = raft.log.logEndOffset
  raft.log.append({ epoch: 1, value: '' })
  raft.step({ type: 'appended', voters: [{ offset, voters: voterIds.map(voter), kraftVersion: 1 }] })
  return raft.step({ type: 'flushed', endOffset: offset + 1 })
}

describe('voters that change', () => {
  it('a voter that has all is added, and counts as soon as that is written', () => {
    const raft = leader()
    expect(raft.step({ type: 'request', id: 5, request: add(2) })).toMatchObject([{ type: 'append-voters', epoch: 1, voters: [{ id: 1 }, { id: 2 }] }])
    expect(replies(write(raft, [1, 2]))).toEqual([])
    expect(fetch(raft, 2)).toMatchObject([
      { type: 'commit', highWatermark: 2 },
      { type: 'reply', id: 99 },
      { type: 'reply', id: 5, answer: { errorCode: ErrorCode.NONE } },
    ])
  })

  it.each([
    ['one that is there', add(1), ErrorCode.DUPLICATE_VOTER],
    ['one that never fetched', add(3), ErrorCode.REQUEST_TIMED_OUT],
  ])('%s is not added', (_name, request, errorCode) => {
    expect(replies(leader().step({ type: 'request', id: 5, request }))).toMatchObject([{ errorCode }])
  })

  it('one that is not there is not removed, nor the last', () => {
    const raft = leader()
    for (const id of [7, 1])
      expect(replies(raft.step({ type: 'request', id: 5, request: remove(id) }))).toMatchObject([{ errorCode: ErrorCode.VOTER_NOT_FOUND }])
  })

  it('one change waits for the one before', () => {
    const raft = leader()
    raft.step({ type: 'request', id: 5, request: add(2) })
    write(raft, [1, 2])
    expect(replies(raft.step({ type: 'request', id: 6, request: remove(2) }))).toMatchObject([{ errorCode: ErrorCode.REQUEST_TIMED_OUT }])
  })

  it('a change that is not committed in time says so', () => {
    const raft = leader()
    raft.step({ type: 'request', id: 5, request: add(2) })
    write(raft, [1, 2])
    expect(replies(raft.step({ type: 'tick' }, 5000)).filter(({ type }) => type === 'voter-change')).toMatchObject([{ errorCode: expect.any(Number) }])
  })

  it('a leader that is removed leads until that is committed, and then goes', () => {
    const raft = leader()
    raft.step({ type: 'request', id: 5, request: add(2) })
    write(raft, [1, 2])
    fetch(raft, 2)
    raft.step({ type: 'request', id: 6, request: remove(1) })
    write(raft, [2])
    expect(raft.core.role).toBe('leader')
    expect(types(fetch(raft, 2))).toEqual(expect.arrayContaining(['commit', 'step-down']))
    expect(raft.core.role).toBe('resigned')
  })

  it('a static quorum changes no voters, and who does not lead is no one to ask', () => {
    const follower = new Stage({ election: { epoch: 3, leaderId: 2 } })
    follower.step({ type: 'start' })
    expect(replies(follower.step({ type: 'request', id: 5, request: add(4) }))).toMatchObject([{ errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, leaderId: 2 }])
    const raft = new Stage({ voterIds: [1] })
    raft.step({ type: 'start' })
    raft.write(1)
    expect(replies(raft.step({ type: 'request', id: 5, request: add(4) }))).toMatchObject([{ errorCode: ErrorCode.UNSUPPORTED_VERSION }])
  })
})
