import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { type Uuid, ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { RaftEffect } from '../../../../src/raft/core/effects.ts'
import type { RaftRequest } from '../../../../src/raft/core/messages.ts'
import { replies, type Setting, Stage, sent, types, voter } from './stories.ts'

const DIRECTORY = 'Adirectory000000AAAAAA' as Uuid

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

/** Asks for the addition, and lets the voter say that it supports both levels. */
function asked(raft: Stage, id: number, request: RaftRequest) {
  raft.step({ type: 'request', id, request })
  return raft.step({ type: 'versions', id, errorCode: 0, range: { min: 0, max: 1 } })
}

describe('voters that change', () => {
  it('a voter that has all is asked what it supports, is added, and counts as soon as that is written', () => {
    const raft = leader()
    expect(raft.step({ type: 'request', id: 5, request: add(2) })).toEqual([{ type: 'ask-versions', id: 5, voter: voter(2) }])
    expect(raft.step({ type: 'versions', id: 5, errorCode: 0, range: { min: 0, max: 1 } })).toMatchObject([
      { type: 'append-voters', epoch: 1, voters: [{ id: 1 }, { id: 2, maxKraftVersion: 1 }] },
    ])
    expect(replies(write(raft, [1, 2]))).toEqual([])
    expect(fetch(raft, 2)).toMatchObject([
      { type: 'commit', highWatermark: 2 },
      { type: 'reply', id: 99 },
      { type: 'reply', id: 5, answer: { errorCode: ErrorCode.NONE, message: null } },
    ])
  })

  it('who does not wait for the commit is answered when the addition is written', () => {
    const request: RaftRequest = { type: 'add-voter', voter: voter(2), ackWhenCommitted: false, timeoutMs: 5000 }
    const raft = leader()
    expect(types(asked(raft, 5, request))).toEqual(['append-voters', 'reply'])
    write(raft, [1, 2])
    expect(fetch(raft, 2).filter((effect) => effect.type === 'reply' && effect.id === 5)).toEqual([])
  })

  it('one that is there is not added', () => {
    expect(replies(leader().step({ type: 'request', id: 5, request: add(1) }))).toMatchObject([
      {
        errorCode: ErrorCode.DUPLICATE_VOTER,
        message: 'The voter id for ReplicaKey(id=1, directoryId=<undefined>) is already part of the set of voters [ReplicaKey(id=1, directoryId=<undefined>)].',
      },
    ])
  })

  it('one that never fetched is not added', () => {
    expect(replies(asked(leader(), 5, add(3)))).toMatchObject([
      {
        errorCode: ErrorCode.REQUEST_TIMED_OUT,
        message: 'Aborted add voter operation for ReplicaKey(id=3, directoryId=<undefined>) since it is lagging behind',
      },
    ])
  })

  it.each([
    [
      'cannot be reached',
      ErrorCode.BROKER_NOT_AVAILABLE,
      null,
      ErrorCode.REQUEST_TIMED_OUT,
      'Aborted add voter operation for since API_VERSIONS returned an error BROKER_NOT_AVAILABLE',
    ],
    [
      'knows no voters that change',
      0,
      { min: 0, max: 0 },
      ErrorCode.INVALID_REQUEST,
      "since the kraft.version range (min: 0, max: 0 doesn't support the finalized version 1",
    ],
    ['says nothing of it', 0, null, ErrorCode.INVALID_REQUEST, "since the kraft.version range (min: 0, max: 0) doesn't support the finalized version 1"],
  ])('one that %s is not added, and the next change is taken', (_what, error, range, errorCode, message) => {
    const raft = leader()
    raft.step({ type: 'request', id: 5, request: add(2) })
    expect(replies(raft.step({ type: 'versions', id: 5, errorCode: error, range }))).toMatchObject([{ errorCode, message: expect.stringContaining(message) }])
    expect(types(asked(raft, 6, add(2)))).toEqual(['append-voters'])
  })

  it('one that says nothing in time is not added, whatever it says later', () => {
    const raft = leader()
    raft.step({ type: 'request', id: 5, request: add(2) })
    expect(replies(raft.step({ type: 'tick' }, 2000))).toMatchObject([{ errorCode: ErrorCode.REQUEST_TIMED_OUT, message: 'The request timed out.' }])
    expect(raft.step({ type: 'versions', id: 5, errorCode: 0, range: { min: 0, max: 1 } }, 2000)).toEqual([])
  })

  it('one that is not there is not removed, nor the last', () => {
    const raft = leader()
    for (const id of [7, 1])
      expect(replies(raft.step({ type: 'request', id: 5, request: remove(id) }))).toMatchObject([{ errorCode: ErrorCode.VOTER_NOT_FOUND }])
  })

  it('one change waits for the one before', () => {
    const raft = leader()
    raft.step({ type: 'request', id: 5, request: add(2) })
    expect(replies(raft.step({ type: 'request', id: 6, request: remove(2) }))).toMatchObject([{ errorCode: ErrorCode.REQUEST_TIMED_OUT }])
    raft.step({ type: 'versions', id: 5, errorCode: 0, range: { min: 0, max: 1 } })
    write(raft, [1, 2])
    expect(replies(raft.step({ type: 'request', id: 7, request: remove(2) }))).toMatchObject([{ errorCode: ErrorCode.REQUEST_TIMED_OUT }])
  })

  it('a change that is not committed in time says so, and the next waits until it is', () => {
    const raft = leader()
    asked(raft, 5, add(2))
    write(raft, [1, 2])
    expect(replies(raft.step({ type: 'tick' }, 2000)).filter(({ type }) => type === 'voter-change')).toMatchObject([{ errorCode: ErrorCode.REQUEST_TIMED_OUT }])
    expect(replies(raft.step({ type: 'request', id: 6, request: remove(2) }, 2000))).toMatchObject([
      { message: 'Request timed out waiting for voters to commit the latest voter change at Optional[1] with HWM 1' },
    ])
  })

  it('a leader that was alone for long has the whole time to hear of the second voter', () => {
    const raft = leader()
    raft.step({ type: 'tick' }, 100_000)
    fetch(raft, 2)
    asked(raft, 5, add(2))
    write(raft, [1, 2])
    raft.step({ type: 'tick' }, 102_900)
    expect(raft.core.role).toBe('leader')
    raft.step({ type: 'tick' }, 103_000)
    expect(raft.core.role).toBe('resigned')
  })

  it('a leader that is removed leads until that is committed, and then goes', () => {
    const raft = leader()
    asked(raft, 5, add(2))
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
    expect(replies(follower.step({ type: 'request', id: 5, request: add(4) }))).toMatchObject([
      { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, leaderId: 2, message: '' },
    ])
    const raft = new Stage({ voterIds: [1] })
    raft.step({ type: 'start' })
    raft.write(1)
    expect(replies(raft.step({ type: 'request', id: 5, request: add(4) }))).toMatchObject([{ errorCode: ErrorCode.UNSUPPORTED_VERSION }])
  })
})

describe('a voter that is updated', () => {
  const moved = { ...voter(1), endpoints: [{ name: 'CONTROLLER', host: 'there', port: 1 }] }
  const update = (change: object = {}): RaftRequest => ({ type: 'update-voter', voter: { ...moved, ...change }, epoch: 1 })

  it('is named anew, and answered at once', () => {
    const raft = leader()
    expect(raft.step({ type: 'request', id: 5, request: update() })).toMatchObject([
      { type: 'append-voters', voters: [moved] },
      { type: 'reply', answer: { errorCode: ErrorCode.NONE } },
    ])
  })

  it.each([
    ['that is none', { id: 7 }, ErrorCode.VOTER_NOT_FOUND],
    ['that knows the level no longer', { minKraftVersion: 2, maxKraftVersion: 3 }, ErrorCode.INVALID_REQUEST],
  ])('one %s is refused', (_what, change, errorCode) => {
    expect(replies(leader().step({ type: 'request', id: 5, request: update(change) }))).toMatchObject([{ errorCode }])
  })

  it('in a static quorum is remembered, until all are known and the voters can be named', () => {
    const raft = new Stage({ own: voter(1) })
    raft.lead()
    raft.step({ type: 'request', id: 1, request: { ...request(2), offset: 1 } }, 1000)
    expect(raft.core.heardVoters).toBeNull()
    for (const id of [2, 3]) {
      const effects = raft.step({ type: 'request', id: 10 + id, request: { type: 'update-voter', voter: { ...moved, id }, epoch: raft.core.epoch } }, 1000)
      expect(effects).toMatchObject([{ type: 'reply', answer: { errorCode: ErrorCode.NONE } }])
    }
    expect(raft.core.heardVoters).toEqual([voter(1), { ...moved, id: 2 }, { ...moved, id: 3 }])
  })

  it('is the same replica when its directory is known', () => {
    const raft = new Stage({ own: voter(1) })
    raft.lead()
    raft.step({ type: 'request', id: 1, request: { ...request(2), offset: 1 } }, 1000)
    const named = [voter(1), { ...voter(2), directoryId: DIRECTORY }, voter(3)]
    raft.step({ type: 'appended', voters: [{ offset: 1, voters: named, kraftVersion: 1 }] }, 1000)
    expect(raft.core.progress?.voters).toMatchObject([{}, { key: { id: 2, directoryId: DIRECTORY }, endOffset: 1 }, {}])
    expect(raft.core.progress?.observers).toEqual([])
  })

  function request(id: number) {
    return { type: 'fetch', replica: { id, directoryId: ZERO_UUID }, epoch: 1, lastFetchedEpoch: 1, highWatermark: null, maxWaitMs: 0 } as const
  }
})

describe('a follower that has something to say of itself', () => {
  const here = { ...voter(1), directoryId: DIRECTORY, endpoints: [{ name: 'CONTROLLER', host: 'here', port: 1 }] }
  const following = (setting: Setting) => {
    const raft = new Stage({ ...setting, election: { epoch: 3, leaderId: 2 }, log: [3] })
    return { raft, asking: raft.step({ type: 'start' }) }
  }
  /** Answers the fetch under way, twice, and gives what it says when a fetch time-out has passed. */
  const later = ({ raft, asking }: ReturnType<typeof following>, fromMs = 0) => {
    const content = { type: 'records', offset: 1, records: Buffer.alloc(0) } as const
    const answer = { type: 'fetch', errorCode: 0, epoch: 3, leaderId: 2, highWatermark: 1, logStartOffset: 0, content } as const
    const answerTo = (effects: readonly RaftEffect[], nowMs: number) => {
      const { to, id } = effects.find((effect) => effect.type === 'send') ?? { to: 0, id: 0 }
      return raft.step({ type: 'answer', from: to, id, answer }, nowMs)
    }
    return answerTo(answerTo(asking, fromMs + 1500), fromMs + 2500)
  }

  it('says where it listens by now', () => {
    const story = following({ voters: [{ ...here, endpoints: [] }, voter(2), voter(3)], kraftVersion: 1, own: here })
    expect(sent(later(story))).toEqual([{ to: 2, type: 'update-voter', voter: here, epoch: 3 }])
  })

  it('says nothing where the voters name it as it is', () => {
    const story = following({ voters: [here, voter(2), voter(3)], kraftVersion: 1, own: here })
    expect(sent(later(story))).toMatchObject([{ type: 'fetch' }])
  })

  it('says once what it is in a static quorum, which does not know directories', () => {
    const story = following({ own: here })
    expect(sent(later(story))).toEqual([{ to: 2, type: 'update-voter', voter: here, epoch: 3 }])
    const answer = { type: 'voter-change', errorCode: 0, epoch: 3, leaderId: 2, message: null } as const
    const asking = story.raft.step({ type: 'answer', from: 2, id: 3, answer }, 2500)
    expect(sent(later({ ...story, asking }, 2500))).toMatchObject([{ type: 'fetch' }])
  })

  it('asks to become a voter where it joins by itself', () => {
    const story = following({ voters: [voter(2), voter(3)], kraftVersion: 1, own: here, joins: true })
    expect(sent(later(story))).toEqual([{ to: 2, type: 'add-voter', voter: here, ackWhenCommitted: false, timeoutMs: 2000 }])
    expect(sent(later(following({ voters: [voter(2), voter(3)], kraftVersion: 1, own: here })))).toMatchObject([{ type: 'fetch' }])
  })

  it('has the disk that it lost removed first', () => {
    const former = { ...here, directoryId: 'former' as never }
    const story = following({ voters: [former, voter(2), voter(3)], kraftVersion: 1, own: here, joins: true })
    expect(sent(later(story))).toEqual([{ to: 2, type: 'remove-voter', voter: { id: 1, directoryId: 'former' } }])
  })
})

describe('a leader of a dynamic quorum, as it begins its epoch', () => {
  const here = { ...voter(1), endpoints: [{ name: 'CONTROLLER', host: 'here', port: 1 }] }
  const opened = (setting: Setting) => {
    const raft = new Stage({ kraftVersion: 1, own: here, voterEntries: [], ...setting })
    return raft.step({ type: 'start' }).find((effect) => effect.type === 'open-epoch')?.named
  }

  it('names the voters that formatting wrote, with itself as it is', () => {
    expect(opened({ voters: [voter(1)] })).toEqual({ kraftVersion: 1, voters: [here] })
  })

  it('names them anew only where it is not named as it is', () => {
    const entry = (voters: Setting['voters'] = []) => [{ offset: 0, voters, kraftVersion: 1 }]
    expect(opened({ voters: [here], voterEntries: entry([here]) })).toBeNull()
    expect(opened({ voters: [here], voterEntries: entry([voter(1)]) })).toEqual({ kraftVersion: 1, voters: [here] })
  })
})
