import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { METADATA_TOPIC_ID, parseUuid, type Uuid, ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { RaftRequest } from '../../../../src/raft/core/messages.ts'
import { invalidAddVoter } from '../../../../src/raft/wire/add-voter.ts'
import { readBeginEpoch } from '../../../../src/raft/wire/begin-epoch.ts'
import { readEndEpoch } from '../../../../src/raft/wire/end-epoch.ts'
import { exchangeOf } from '../../../../src/raft/wire/exchange-of.ts'
import { readFetch } from '../../../../src/raft/wire/fetch.ts'
import { readFetchSnapshot } from '../../../../src/raft/wire/fetch-snapshot.ts'
import { invalidRemoveVoter } from '../../../../src/raft/wire/remove-voter.ts'
import { isValidUpdate } from '../../../../src/raft/wire/update-voter.ts'
import { readVote } from '../../../../src/raft/wire/vote.ts'

const SENDER = { clusterId: 'c', endpoints: [], fetchMaxBytes: 1000, snapshotMaxBytes: 2000 }
const DIRECTORY = parseUuid('5gyYKj1OTxyX0ccC0ZHvTA') as Uuid
const replica = { id: 2, directoryId: DIRECTORY }
const voter = { ...replica, endpoints: [{ name: 'CONTROLLER', host: 'b', port: 9093 }], minKraftVersion: 0, maxKraftVersion: 1 }

const vote: RaftRequest = { type: 'vote', voter: null, candidate: replica, epoch: 3, lastOffset: 4, lastEpoch: 2, preVote: false }
const fetch: RaftRequest = { type: 'fetch', replica, epoch: 3, offset: 4, lastFetchedEpoch: 2, highWatermark: null, maxWaitMs: 5 }
const fetchSnapshot: RaftRequest = { type: 'fetch-snapshot', replica, epoch: 3, snapshotId: { offset: 4, epoch: 2 }, position: 0 }
const beginEpoch: RaftRequest = { type: 'begin-epoch', voter: null, leaderId: 2, epoch: 3 }
const endEpoch: RaftRequest = { type: 'end-epoch', leaderId: 2, epoch: 3, preferredCandidates: [] }

/** Of topics: the log, in as many ways as it must not be said. */
type Topics = readonly { readonly partitions: readonly object[] }[]
const twisted: readonly (readonly [string, (topics: Topics) => Topics])[] = [
  ['no topic', () => []],
  ['two topics', (topics) => [...topics, ...topics]],
  ['no partition', (topics) => topics.map((topic) => ({ ...topic, partitions: [] }))],
  ['two partitions', (topics) => topics.map((topic) => ({ ...topic, partitions: [...topic.partitions, ...topic.partitions] }))],
]
const elsewhere: typeof twisted = [
  ['another topic', (topics) => topics.map((topic) => ({ ...topic, topicName: 'other', topicId: DIRECTORY, name: 'other' }))],
  [
    'another partition',
    (topics) => topics.map((topic) => ({ ...topic, partitions: topic.partitions.map((p) => ({ ...p, partitionIndex: 1, partition: 1 })) })),
  ],
]

// biome-ignore lint/suspicious/noExplicitAny: the message of any API
const messageOf = (request: RaftRequest): any => exchangeOf(request, SENDER).request(exchangeOf(request, SENDER).oldestVersion)

describe('a request that is not of the metadata log alone', () => {
  const apis = [
    ['Vote', vote, readVote],
    ['BeginQuorumEpoch', beginEpoch, readBeginEpoch],
    ['EndQuorumEpoch', endEpoch, readEndEpoch],
    ['Fetch', { ...fetch }, readFetch],
  ] as const

  describe.each(apis)('as %s', (_name, request, read) => {
    it.each([...twisted, ...elsewhere])('with %s is INVALID_REQUEST', (_what, twist) => {
      const message = messageOf(request)
      expect(read({ ...message, topics: twist(message.topics) }, 'c')).toMatchObject({ kind: 'refused', response: { errorCode: ErrorCode.INVALID_REQUEST } })
    })
  })

  it.each(twisted)('as FetchSnapshot with %s is INVALID_REQUEST', (_what, twist) => {
    const message = messageOf(fetchSnapshot)
    expect(readFetchSnapshot({ ...message, topics: twist(message.topics) }, 'c')).toMatchObject({
      kind: 'refused',
      response: { errorCode: ErrorCode.INVALID_REQUEST },
    })
  })

  it.each(elsewhere)('as FetchSnapshot with %s is told so in its place', (_what, twist) => {
    const message = messageOf(fetchSnapshot)
    const errorCode = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    expect(readFetchSnapshot({ ...message, topics: twist(message.topics) }, 'c')).toMatchObject({
      kind: 'refused',
      response: { errorCode: ErrorCode.NONE, topics: [{ partitions: [{ errorCode }] }] },
    })
  })
})

describe('an answer that is none', () => {
  const partition = { partitionIndex: 0, errorCode: 0, leaderId: 1, leaderEpoch: 3, voteGranted: true }
  const topics = [{ topicName: '__cluster_metadata', partitions: [partition] }]
  const exchange = exchangeOf(vote, SENDER)

  it('is taken for a refusal, with its error', () => {
    expect(exchange.read({ errorCode: ErrorCode.INCONSISTENT_CLUSTER_ID, topics: [], nodeEndpoints: [] })).toEqual({ kind: 'refused', errorCode: 104 })
    expect(exchange.read({ errorCode: 0, topics, nodeEndpoints: [] }).kind).toBe('answer')
  })

  it.each([...twisted, elsewhere[1] as (typeof twisted)[number]])('with %s is taken for a refusal', (_what, twist) => {
    expect(exchange.read({ errorCode: 0, topics: twist(topics), nodeEndpoints: [] })).toEqual({ kind: 'refused', errorCode: ErrorCode.INVALID_REQUEST })
  })

  it('of a fetch, when it says half of a snapshot or of where logs part', () => {
    const unknown = { epoch: -1, endOffset: -1 }
    const base = { partitionIndex: 0, errorCode: 0, highWatermark: 1, logStartOffset: 0, currentLeader: { leaderId: 1, leaderEpoch: 3 }, records: null }
    const read = (parts: object) =>
      exchangeOf(fetch, SENDER).read({
        errorCode: 0,
        responses: [{ topic: '', topicId: METADATA_TOPIC_ID, partitions: [{ ...base, divergingEpoch: unknown, snapshotId: unknown, ...parts }] }],
        nodeEndpoints: [],
      })
    expect(read({}).kind).toBe('answer')
    expect(read({ divergingEpoch: { epoch: 2, endOffset: -1 } }).kind).toBe('refused')
    expect(read({ snapshotId: { epoch: -1, endOffset: 4 } }).kind).toBe('refused')
    expect(read({ snapshotId: { epoch: 2, endOffset: -1 } }).kind).toBe('refused')
  })
})

describe('a voter that is not said in full', () => {
  it('cannot be added without its directory or without the listener of the quorum', () => {
    const add = { type: 'add-voter', voter, ackWhenCommitted: true, timeoutMs: 1 } as const
    expect(invalidAddVoter(add, 'CONTROLLER')).toBeNull()
    expect(invalidAddVoter({ ...add, voter: { ...voter, directoryId: ZERO_UUID } }, 'CONTROLLER')).toMatchObject({
      errorCode: ErrorCode.INVALID_REQUEST,
      errorMessage: "Add voter request didn't include a valid voter",
    })
    expect(invalidAddVoter(add, 'QUORUM')).toMatchObject({
      errorMessage:
        "Add voter request didn't include the endpoint (Endpoints(endpoints={ListenerName(CONTROLLER)=b/<unresolved>:9093})) for the default listener ListenerName(QUORUM)",
    })
  })

  it('cannot be removed', () => {
    expect(invalidRemoveVoter({ type: 'remove-voter', voter: replica })).toBeNull()
    expect(invalidRemoveVoter({ type: 'remove-voter', voter: { ...replica, id: -1 } })).toMatchObject({
      errorMessage: "Remove voter request didn't include a valid voter",
    })
  })

  it('cannot be updated, nor to a range of versions that is none', () => {
    const update = { type: 'update-voter', voter, epoch: 3 } as const
    expect(isValidUpdate(update, 'CONTROLLER')).toBe(true)
    expect(isValidUpdate(update, 'QUORUM')).toBe(false)
    expect(isValidUpdate({ ...update, voter: { ...voter, minKraftVersion: 2 } }, 'CONTROLLER')).toBe(false)
    expect(isValidUpdate({ ...update, voter: { ...voter, minKraftVersion: -1 } }, 'CONTROLLER')).toBe(false)
  })
})

describe('the version in which a node can be asked', () => {
  it('is one with pre-votes for a pre-vote, and one with the short answer for that', () => {
    expect(exchangeOf(vote, SENDER).oldestVersion).toBe(0)
    expect(exchangeOf({ ...vote, preVote: true }, SENDER).oldestVersion).toBe(2)
    expect(exchangeOf({ type: 'add-voter', voter, ackWhenCommitted: false, timeoutMs: 1 }, SENDER).oldestVersion).toBe(1)
  })
})
