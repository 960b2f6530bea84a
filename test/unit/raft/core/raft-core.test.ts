import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { FetchRequest, VoteRequest } from '../../../../src/raft/core/messages.ts'
import { replies, type Setting, Stage, sent, types } from './stories.ts'

const key = (id: number) => ({ id, directoryId: ZERO_UUID })

describe('a quorum of one', () => {
  const alone = (setting: Setting = {}) => new Stage({ voterIds: [1], ...setting })

  it('persists its own vote in the next epoch, then that it leads, before it opens the epoch', () => {
    const effects = alone({ election: { epoch: 4 } }).step({ type: 'start' })
    expect(types(effects)).toEqual(['persist-election', 'persist-election', 'open-epoch'])
    expect(effects[0]).toMatchObject({ state: { epoch: 5, leaderId: null, voted: { id: 1 } } })
    expect(effects[1]).toMatchObject({ state: { epoch: 5, leaderId: 1, voted: null } })
    expect(effects[2]).toMatchObject({ epoch: 5, leaderId: 1, voterIds: [1], grantingVoterIds: [1] })
  })

  it('leads the next epoch after it led one, with nobody to wait for', () => {
    expect(
      alone({ election: { epoch: 4, leaderId: 1 } })
        .step({ type: 'start' })
        .at(-1),
    ).toMatchObject({ type: 'open-epoch', epoch: 5 })
  })

  it('commits what is flushed, and says nothing when a flush brought nothing new', () => {
    const raft = alone()
    raft.step({ type: 'start' })
    expect(raft.write(1)).toEqual([{ type: 'commit', highWatermark: 1 }])
    expect(raft.step({ type: 'flushed', endOffset: 1 })).toEqual([])
  })

  it('commits nothing of earlier epochs before a record of its own is durable', () => {
    const raft = alone({ log: [1, 1, 2] })
    raft.step({ type: 'start' })
    expect(raft.step({ type: 'flushed', endOffset: 3 })).toEqual([])
    expect(raft.write(3)).toEqual([{ type: 'commit', highWatermark: 4 }])
  })

  it('has nothing to do at any time, unless something happens', () => {
    const raft = alone()
    raft.step({ type: 'start' })
    expect(raft.core.deadlineMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('commits nothing after it stopped', () => {
    const raft = alone()
    raft.step({ type: 'start' })
    raft.log.append({ epoch: 1, value: 'x' })
    expect(raft.step({ type: 'stop' })).toEqual([{ type: 'step-down', epoch: 1 }])
    expect(raft.step({ type: 'flushed', endOffset: 1 })).toEqual([])
    expect(raft.core.role).toBe('resigned')
  })
})

describe('a voter that hears of no leader', () => {
  it('asks first whether it would be elected, in the epoch in which it is, and persists nothing for that', () => {
    const raft = new Stage({ log: [1, 1] })
    raft.step({ type: 'start' })
    const effects = raft.step({ type: 'tick' }, 1000)
    expect(raft.core.role).toBe('prospective')
    expect(types(effects)).toEqual(['send', 'send'])
    expect(sent(effects)[0]).toMatchObject({
      to: 2,
      type: 'vote',
      preVote: true,
      epoch: 1,
      lastOffset: 2,
      lastEpoch: 1,
      candidate: { id: 1 },
      voter: { id: 2 },
    })
  })

  it('begins an epoch when a majority would elect it, and votes for itself before it asks for votes', () => {
    const raft = new Stage({ log: [1, 1] })
    raft.step({ type: 'start' })
    const effects = raft.grant(raft.step({ type: 'tick' }, 1000), 1000)
    expect(raft.core.role).toBe('candidate')
    expect(types(effects).slice(0, 2)).toEqual(['persist-election', 'send'])
    expect(effects[0]).toMatchObject({ state: { epoch: 2, voted: { id: 1 } } })
    expect(sent(effects)[0]).toMatchObject({ type: 'vote', preVote: false, epoch: 2 })
  })

  it('leads with the votes of a majority, opens its epoch and tells the others', () => {
    const raft = new Stage({ log: [1, 1] })
    raft.step({ type: 'start' })
    const effects = raft.grant(raft.grant(raft.step({ type: 'tick' }, 1000), 1000), 1000)
    expect(types(effects).slice(0, 2)).toEqual(['persist-election', 'open-epoch'])
    expect(effects[1]).toMatchObject({ epoch: 2, grantingVoterIds: [1, 2] })
    expect(sent(effects)).toMatchObject([
      { to: 2, type: 'begin-epoch', epoch: 2 },
      { to: 3, type: 'begin-epoch', epoch: 2 },
    ])
  })

  it('stays in its epoch when a majority would not elect it', () => {
    const raft = new Stage({ log: [1, 1] })
    raft.step({ type: 'start' })
    for (const { to, id } of raft.step({ type: 'tick' }, 1000).flatMap((effect) => (effect.type === 'send' ? [effect] : []))) {
      raft.step({ type: 'answer', from: to, id, answer: { type: 'vote', errorCode: 0, epoch: 1, leaderId: null, granted: false } }, 1000)
    }
    expect([raft.core.role, raft.core.epoch]).toEqual(['unattached', 1])
  })

  it('takes it for elected who knows no pre-vote, since the election itself will tell', () => {
    const raft = new Stage({ log: [1, 1] })
    raft.step({ type: 'start' })
    const [asked] = raft.step({ type: 'tick' }, 1000)
    if (asked?.type !== 'send') throw new Error('it asks')
    raft.step({ type: 'unanswered', from: asked.to, id: asked.id, unsupported: true, isGone: false }, 1000)
    expect([raft.core.role, raft.core.epoch]).toEqual(['candidate', 2])
  })

  it('never leads again the epoch that it led before it started', () => {
    const raft = new Stage({ log: [1], election: { epoch: 1, leaderId: 1 } })
    raft.step({ type: 'start' })
    expect(raft.core.role).toBe('resigned')
    raft.step({ type: 'tick' }, 1000)
    expect([raft.core.role, raft.core.epoch]).toEqual(['prospective', 2])
  })

  it('does not stand when it is no voter, and looks for the leader', () => {
    const raft = new Stage({ nodeId: 4 })
    expect(sent(raft.step({ type: 'start' }))).toMatchObject([{ to: 1, type: 'fetch', epoch: 0, offset: 0, lastFetchedEpoch: 0 }])
    raft.step({ type: 'tick' }, 10_000)
    expect(raft.core.role).toBe('unattached')
  })
})

describe('a vote', () => {
  const asks = (request: Partial<VoteRequest>): VoteRequest => ({
    type: 'vote',
    voter: key(1),
    candidate: key(2),
    epoch: 3,
    lastOffset: 2,
    lastEpoch: 2,
    preVote: false,
    ...request,
  })
  const cases: readonly {
    readonly name: string
    readonly setting?: Setting
    readonly request: VoteRequest
    readonly granted: boolean
    readonly error?: number
  }[] = [
    { name: 'goes to whose log is as far', request: asks({}), granted: true },
    {
      name: 'goes to whose log ends in a later epoch, however short it is',
      setting: { log: [1, 1, 1] },
      request: asks({ lastOffset: 1, lastEpoch: 2 }),
      granted: true,
    },
    { name: 'does not go to whose log is shorter', request: asks({ lastOffset: 1 }), granted: false },
    { name: 'does not go to whose log ends in an earlier epoch', request: asks({ lastOffset: 9, lastEpoch: 1 }), granted: false },
    { name: 'is given once in an epoch', setting: { election: { epoch: 3, voted: key(3) } }, request: asks({}), granted: false },
    { name: 'is given again to the same', setting: { election: { epoch: 3, voted: key(2) } }, request: asks({}), granted: true },
    { name: 'is not given in an epoch that has a leader', setting: { election: { epoch: 3, leaderId: 3 } }, request: asks({}), granted: false },
    {
      name: 'of before is given to whose log is as far, whoever was voted for',
      setting: { election: { epoch: 3, voted: key(3) } },
      request: asks({ preVote: true }),
      granted: true,
    },
    { name: 'of an earlier epoch is refused', setting: { election: { epoch: 5 } }, request: asks({}), granted: false, error: ErrorCode.FENCED_LEADER_EPOCH },
    { name: 'with a record of the very epoch is none', request: asks({ lastEpoch: 3 }), granted: false, error: ErrorCode.INVALID_REQUEST },
    { name: 'with a record of the very epoch may be asked for before', request: asks({ lastEpoch: 3, preVote: true }), granted: true },
    {
      name: 'is not for another disk of this node',
      request: asks({ voter: { id: 2, directoryId: ZERO_UUID } }),
      granted: false,
      error: ErrorCode.INVALID_VOTER_KEY,
    },
  ]

  it.each(cases)('$name', ({ setting, request, granted, error }) => {
    const raft = new Stage({ log: [1, 2], ...setting })
    raft.step({ type: 'start' })
    expect(replies(raft.step({ type: 'request', id: 7, request }))).toMatchObject([{ type: 'vote', granted, errorCode: error ?? ErrorCode.NONE }])
  })

  it('is durable before it is heard of', () => {
    const raft = new Stage({ log: [1, 2] })
    raft.step({ type: 'start' })
    const effects = raft.step({ type: 'request', id: 7, request: asks({}) })
    const order = types(effects)
    expect(order.lastIndexOf('persist-election')).toBeLessThan(order.indexOf('reply'))
    expect(effects.findLast(({ type }) => type === 'persist-election')).toMatchObject({ state: { epoch: 3, voted: key(2) } })
  })

  it('of before is refused by who hears from a leader', () => {
    const raft = new Stage({ log: [1, 2], election: { epoch: 3, leaderId: 3 } })
    const [fetch] = raft.step({ type: 'start' })
    if (fetch?.type !== 'send') throw new Error('it fetches')
    const content = { type: 'records', offset: 2, records: Buffer.alloc(0) } as const
    raft.step({
      type: 'answer',
      from: 3,
      id: fetch.id,
      answer: { type: 'fetch', errorCode: 0, epoch: 3, leaderId: 3, highWatermark: 2, logStartOffset: 0, content },
    })
    expect(replies(raft.step({ type: 'request', id: 7, request: asks({ preVote: true }) }))).toMatchObject([{ granted: false }])
  })
})

describe('a leader', () => {
  const fetches = (from: number, request: Partial<FetchRequest>): FetchRequest => ({
    type: 'fetch',
    replica: key(from),
    epoch: 3,
    offset: 3,
    lastFetchedEpoch: 3,
    highWatermark: 0,
    maxWaitMs: 500,
    ...request,
  })
  const leader = () => {
    const raft = new Stage({ log: [1, 2] })
    raft.lead()
    return raft
  }

  it('commits what a majority has fetched past', () => {
    expect(leader().step({ type: 'request', id: 1, request: fetches(2, {}) }, 1000)).toMatchObject([{ type: 'commit', highWatermark: 3 }, { type: 'reply' }])
  })

  it('tells no high watermark before something of its own epoch is committed: more may be than it knows', () => {
    const raft = new Stage({ log: [1, 2], election: { epoch: 2, leaderId: 3 } })
    const [fetch] = raft.step({ type: 'start' })
    if (fetch?.type !== 'send') throw new Error('it fetches')
    const content = { type: 'records', offset: 2, records: Buffer.alloc(0) } as const
    const told = { type: 'fetch', errorCode: 0, epoch: 2, leaderId: 3, highWatermark: 1, logStartOffset: 0, content } as const
    raft.step({ type: 'answer', from: 3, id: fetch.id, answer: told })
    raft.grant(raft.grant(raft.step({ type: 'tick' }, 2000), 2000), 2000)
    raft.write(3, 2000)
    const asked = (offset: number, lastFetchedEpoch: number) =>
      replies(raft.step({ type: 'request', id: 1, request: fetches(2, { offset, lastFetchedEpoch, maxWaitMs: 0 }) }, 2000))
    expect(asked(2, 2)).toMatchObject([{ type: 'fetch', errorCode: ErrorCode.NONE, highWatermark: null }])
    expect(asked(3, 3)).toMatchObject([{ type: 'fetch', errorCode: ErrorCode.NONE, highWatermark: 3 }])
  })

  it('does not count who is no voter', () => {
    expect(types(leader().step({ type: 'request', id: 1, request: fetches(9, {}) }, 1000))).toEqual([])
  })

  it('does not take for another who fetches with its own id', () => {
    expect(replies(leader().step({ type: 'request', id: 1, request: fetches(1, {}) }, 1000))).toMatchObject([{ errorCode: ErrorCode.UNKNOWN_SERVER_ERROR }])
  })

  it('gives the snapshots that it has, but not what formatting wrote', () => {
    const raft = leader()
    const [kept, formatted] = [
      { offset: 2, epoch: 2 },
      { offset: 0, epoch: 0 },
    ]
    raft.log.snapshots = [formatted, kept].map((id) => ({ id, sizeBytes: 100, entries: [] }))
    const ask = (change: object) => {
      const request = { type: 'fetch-snapshot', replica: key(2), epoch: 3, snapshotId: kept, position: 0, ...change } as const
      return replies(raft.step({ type: 'request', id: 1, request }, 1000))
    }
    expect(ask({})).toMatchObject([{ errorCode: ErrorCode.NONE, sizeBytes: 100 }])
    expect(ask({ snapshotId: formatted })).toMatchObject([{ errorCode: ErrorCode.SNAPSHOT_NOT_FOUND }])
    expect(ask({ snapshotId: { offset: 1, epoch: 1 } })).toMatchObject([{ errorCode: ErrorCode.SNAPSHOT_NOT_FOUND }])
    for (const position of [-1, 100]) expect(ask({ position })).toMatchObject([{ errorCode: ErrorCode.POSITION_OUT_OF_RANGE }])
    expect(ask({ epoch: 2 })).toMatchObject([{ errorCode: ErrorCode.FENCED_LEADER_EPOCH }])
  })

  it('tells where logs part, and takes the fetch for no progress', () => {
    const effects = leader().step({ type: 'request', id: 1, request: fetches(2, { offset: 5, lastFetchedEpoch: 1 }) }, 1000)
    expect(replies(effects)).toMatchObject([{ content: { type: 'diverging', epoch: 1, endOffset: 1 } }])
    expect(types(effects)).toEqual(['reply'])
  })

  it('holds a fetch that has all until there is more, the high watermark moves, or its time is over', () => {
    const raft = leader()
    raft.step({ type: 'request', id: 1, request: fetches(2, { highWatermark: 3 }) }, 1000)
    expect(replies(raft.step({ type: 'tick' }, 1499))).toEqual([])
    expect(replies(raft.step({ type: 'tick' }, 1500))).toMatchObject([{ type: 'fetch', highWatermark: 3, content: { type: 'records', offset: 3 } }])
    raft.step({ type: 'request', id: 2, request: fetches(2, { highWatermark: 3 }) }, 1500)
    expect(replies(raft.write(3, 1500))).toMatchObject([{ content: { offset: 3, records: null } }])
  })

  it.each([
    ['an earlier epoch', { epoch: 2, lastFetchedEpoch: 2 }, ErrorCode.FENCED_LEADER_EPOCH],
    ['a later epoch', { epoch: 4 }, ErrorCode.UNKNOWN_LEADER_EPOCH],
    ['a record of a later epoch than the own', { lastFetchedEpoch: 4 }, ErrorCode.INVALID_REQUEST],
    ['an offset that is none', { offset: -1 }, ErrorCode.INVALID_REQUEST],
  ])('refuses a fetch of %s', (_name, request, errorCode) => {
    expect(replies(leader().step({ type: 'request', id: 1, request: fetches(2, request) }, 1000))).toMatchObject([{ errorCode, epoch: 3, leaderId: 1 }])
  })

  it('resigns when no majority fetches for one and a half fetch time-outs, and names who should follow', () => {
    const raft = leader()
    raft.step({ type: 'request', id: 1, request: fetches(3, {}) }, 1100)
    expect(types(raft.step({ type: 'tick' }, 4099))).not.toContain('step-down')
    const effects = raft.step({ type: 'tick' }, 4100)
    expect(types(effects)).toContain('step-down')
    expect(sent(effects)[0]).toMatchObject({ type: 'end-epoch', epoch: 3, preferredCandidates: [{ id: 3 }, { id: 2 }] })
  })

  it('answers those who wait that it leads no longer, when another does', () => {
    const raft = leader()
    raft.step({ type: 'request', id: 1, request: fetches(2, { highWatermark: 3 }) }, 1000)
    const effects = raft.step({ type: 'request', id: 2, request: { type: 'begin-epoch', voter: key(1), leaderId: 2, epoch: 4 } }, 1000)
    expect(types(effects)).toEqual(expect.arrayContaining(['step-down', 'persist-election', 'follow']))
    expect(replies(effects)).toMatchObject([
      { type: 'begin-epoch', errorCode: ErrorCode.NONE, leaderId: 2 },
      { type: 'fetch', errorCode: ErrorCode.FENCED_LEADER_EPOCH, leaderId: 2 },
    ])
  })

  it('believes nobody who says to lead the same epoch', () => {
    const raft = leader()
    const effects = raft.step({ type: 'request', id: 2, request: { type: 'begin-epoch', voter: key(1), leaderId: 2, epoch: 3 } }, 1000)
    expect(replies(effects)).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST, leaderId: 1 }])
    expect(raft.core.role).toBe('leader')
  })
})

describe('a follower', () => {
  const follower = (setting: Setting = {}) => {
    const raft = new Stage({ log: [1, 2, 2], election: { epoch: 3, leaderId: 2 }, ...setting })
    const [fetch] = raft.step({ type: 'start' })
    if (fetch?.type !== 'send') throw new Error('it fetches')
    return { raft, fetchId: fetch.id }
  }
  const answer = { type: 'fetch', errorCode: 0, epoch: 3, leaderId: 2, highWatermark: 4, logStartOffset: 0 } as const

  it('appends what the leader sends, and asks for more and commits when that is durable', () => {
    const { raft, fetchId } = follower()
    const records = Buffer.from('a batch')
    const effects = raft.step({ type: 'answer', from: 2, id: fetchId, answer: { ...answer, content: { type: 'records', offset: 3, records } } })
    expect(effects).toEqual([{ type: 'append', records }])
    raft.log.append({ epoch: 3, value: 'x' })
    expect(raft.step({ type: 'appended', voters: [] })).toEqual([])
    expect(raft.step({ type: 'flushed', endOffset: 4 })).toMatchObject([
      { type: 'commit', highWatermark: 4 },
      { type: 'send', request: { type: 'fetch', offset: 4 } },
    ])
  })

  it('cuts its log where it parts from the leader, and fetches from there', () => {
    const { raft, fetchId } = follower()
    const effects = raft.step({ type: 'answer', from: 2, id: fetchId, answer: { ...answer, content: { type: 'diverging', epoch: 2, endOffset: 2 } } })
    expect(effects).toEqual([{ type: 'truncate', endOffset: 2 }])
    raft.log.truncateTo(2)
    expect(sent(raft.step({ type: 'truncated' }))).toMatchObject([{ to: 2, type: 'fetch', offset: 2, lastFetchedEpoch: 2 }])
  })

  it('halts rather than cut what it knows to be committed', () => {
    const { raft, fetchId } = follower()
    const empty = { type: 'records', offset: 3, records: Buffer.alloc(0) } as const
    const [, next] = raft.step({ type: 'answer', from: 2, id: fetchId, answer: { ...answer, content: empty } })
    if (next?.type !== 'send') throw new Error('it fetches')
    const effects = raft.step({ type: 'answer', from: 2, id: next.id, answer: { ...answer, content: { type: 'diverging', epoch: 2, endOffset: 2 } } })
    expect(types(effects)).toContain('halt')
    expect(types(effects)).not.toContain('truncate')
  })

  it('fetches the snapshot that the leader names, piece by piece, and goes on behind it', () => {
    const { raft, fetchId } = follower()
    const id = { offset: 10, epoch: 2 }
    const effects = raft.step({ type: 'answer', from: 2, id: fetchId, answer: { ...answer, content: { type: 'snapshot', id } } })
    const [asked] = effects
    expect(sent(effects)).toMatchObject([{ to: 2, type: 'fetch-snapshot', snapshotId: id, position: 0 }])
    if (asked?.type !== 'send') throw new Error('it asks')
    const piece = { type: 'fetch-snapshot', errorCode: 0, epoch: 3, leaderId: 2, snapshotId: id, position: 0, sizeBytes: 2, bytes: Buffer.from('[]') } as const
    expect(types(raft.step({ type: 'answer', from: 2, id: asked.id, answer: piece }))).toEqual(['write-snapshot', 'install-snapshot'])
    raft.log.install(id, Buffer.from('[]'))
    expect(raft.step({ type: 'snapshot-installed', id, voters: null })).toMatchObject([
      { type: 'commit', highWatermark: 10 },
      { type: 'send', request: { type: 'fetch', offset: 10, lastFetchedEpoch: 2 } },
    ])
  })

  it('wants to lead when its leader is silent for a fetch time-out, and follows it again where nobody wants that', () => {
    const { raft } = follower()
    const asked = raft.step({ type: 'tick' }, 2000).flatMap((effect) => (effect.type === 'send' ? [effect] : []))
    expect([raft.core.role, raft.core.epoch]).toEqual(['prospective', 3])
    for (const { to, id } of asked) {
      raft.step({ type: 'answer', from: to, id, answer: { type: 'vote', errorCode: 0, epoch: 3, leaderId: 2, granted: false } }, 2000)
    }
    expect([raft.core.role, raft.core.epoch, raft.core.leaderId]).toEqual(['follower', 3, 2])
  })

  it.each([
    ['at once as the first', [1, 3], 0],
    ['later as the second', [3, 1], 500],
    ['last when it is not named', [3], 1000],
  ])('stands %s of those whom a leader that goes would have follow it', (_name, ids, delayMs) => {
    const { raft } = follower()
    raft.step({ type: 'request', id: 1, request: { type: 'end-epoch', leaderId: 2, epoch: 3, preferredCandidates: ids.map(key) } }, 100)
    if (delayMs > 0) expect(raft.step({ type: 'tick' }, 100 + delayMs - 1) && raft.core.role).toBe('follower')
    raft.step({ type: 'tick' }, 100 + delayMs)
    expect(raft.core.role).toBe('prospective')
  })
})
