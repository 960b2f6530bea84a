import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrom, encodeToBuffer } from '../../../../protocol/schema/codec.ts'
import type { AnyApi } from '../../../../protocol/schema/notation.ts'
import { parseVersions } from '../../../../protocol/schema/versions.ts'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { RaftAnswer, RaftRequest } from '../../../../src/raft/core/messages.ts'
import type { ReplicaKey } from '../../../../src/raft/core/replica-key.ts'
import { addVoterResponse, readAddVoter } from '../../../../src/raft/wire/add-voter.ts'
import { beginEpochResponse, readBeginEpoch } from '../../../../src/raft/wire/begin-epoch.ts'
import { endEpochResponse, readEndEpoch } from '../../../../src/raft/wire/end-epoch.ts'
import { exchangeOf } from '../../../../src/raft/wire/exchange-of.ts'
import { fetchResponse, readFetch } from '../../../../src/raft/wire/fetch.ts'
import { fetchSnapshotResponse, readFetchSnapshot } from '../../../../src/raft/wire/fetch-snapshot.ts'
import type { Inbound } from '../../../../src/raft/wire/inbound.ts'
import { readRemoveVoter, removeVoterResponse } from '../../../../src/raft/wire/remove-voter.ts'
import type { AnswerContext } from '../../../../src/raft/wire/told-leader.ts'
import { readUpdateVoter, updateVoterResponse } from '../../../../src/raft/wire/update-voter.ts'
import { readVote, voteResponse } from '../../../../src/raft/wire/vote.ts'
import * as words from './arbitrary-words.ts'

const CLUSTER = 'a-cluster'
const ENDPOINTS = [{ name: 'CONTROLLER', host: 'here', port: 9093 }]
const SENDER = { clusterId: CLUSTER, endpoints: ENDPOINTS, fetchMaxBytes: 1000, snapshotMaxBytes: 2000 }
const LEADER = { host: 'leader', port: 9093 }
const contextOf = (apiVersion: number): AnswerContext => ({
  apiVersion,
  listenerName: 'CONTROLLER',
  leaderEndpoints: [
    { name: 'OTHER', host: 'elsewhere', port: 1 },
    { name: 'CONTROLLER', ...LEADER },
  ],
})

/** One API: its words, both ways, and what of them its older versions leave out. */
interface Way<Request extends RaftRequest, Answer extends RaftAnswer> {
  readonly requests: fc.Arbitrary<Request>
  readonly answers: (request: Request) => fc.Arbitrary<Answer>
  // biome-ignore lint/suspicious/noExplicitAny: the message of any API
  readonly read: (message: any, clusterId: string) => Inbound<Request, object>
  readonly respond: (answer: Answer, context: AnswerContext) => Record<string, unknown>
  readonly heard: (request: Request, version: number) => RaftRequest
  readonly answered: (answer: Answer, version: number) => RaftAnswer
  /** From which version on the leader's end point is told; infinite for never. */
  readonly toldFrom: number
  readonly maxBytes?: number
}

const way = <Request extends RaftRequest, Answer extends RaftAnswer>(name: string, one: Way<Request, Answer>) =>
  [name, one as unknown as Way<RaftRequest, RaftAnswer>] as const

const same = <T>(said: T): T => said
const unnamed = <K extends ReplicaKey | null>(key: K): K => (key === null ? key : { ...key, directoryId: ZERO_UUID })
const nothingOfLeaders = (answer: RaftAnswer): RaftAnswer => ({ ...answer, epoch: -1, leaderId: null })

const ways = [
  way('Vote', {
    requests: words.voteRequest,
    answers: () => words.voteAnswer,
    read: readVote,
    respond: voteResponse,
    heard: (request, version) => (version < 1 ? { ...request, voter: null, candidate: unnamed(request.candidate) } : request),
    answered: same,
    toldFrom: 1,
  }),
  way('BeginQuorumEpoch', {
    requests: words.beginEpochRequest,
    answers: () => words.epochAnswer('begin-epoch'),
    read: readBeginEpoch,
    respond: beginEpochResponse,
    heard: (request, version) => (version < 1 ? { ...request, voter: null } : request),
    answered: same,
    toldFrom: 1,
  }),
  way('EndQuorumEpoch', {
    requests: words.endEpochRequest,
    answers: () => words.epochAnswer('end-epoch'),
    read: readEndEpoch,
    respond: endEpochResponse,
    heard: (request, version) => (version < 1 ? { ...request, preferredCandidates: request.preferredCandidates.map(unnamed) } : request),
    answered: same,
    toldFrom: 1,
  }),
  way('Fetch', {
    requests: words.fetchRequest,
    answers: ({ offset }) => words.fetchAnswer(offset),
    read: readFetch,
    respond: fetchResponse,
    heard: (request, version) => ({
      ...request,
      replica: version < 17 ? unnamed(request.replica) : request.replica,
      highWatermark: version < 18 ? null : request.highWatermark,
    }),
    answered: same,
    toldFrom: 17,
    maxBytes: SENDER.fetchMaxBytes,
  }),
  way('FetchSnapshot', {
    requests: words.fetchSnapshotRequest,
    answers: () => words.fetchSnapshotAnswer,
    read: readFetchSnapshot,
    respond: fetchSnapshotResponse,
    heard: (request, version) => (version < 1 ? { ...request, replica: unnamed(request.replica) } : request),
    answered: same,
    toldFrom: 1,
    maxBytes: SENDER.snapshotMaxBytes,
  }),
  way('AddRaftVoter', {
    requests: words.addVoterRequest,
    answers: () => words.voterChangeAnswer,
    read: readAddVoter,
    respond: addVoterResponse,
    heard: same,
    answered: nothingOfLeaders,
    toldFrom: Number.POSITIVE_INFINITY,
  }),
  way('RemoveRaftVoter', {
    requests: words.removeVoterRequest,
    answers: () => words.voterChangeAnswer,
    read: readRemoveVoter,
    respond: removeVoterResponse,
    heard: same,
    answered: nothingOfLeaders,
    toldFrom: Number.POSITIVE_INFINITY,
  }),
  way('UpdateRaftVoter', {
    requests: words.updateVoterRequest,
    answers: () => words.voterChangeAnswer,
    read: (message, clusterId) => readUpdateVoter(message, { clusterId, head: { epoch: 3, leaderId: 2 }, context: contextOf(0) }),
    respond: updateVoterResponse,
    heard: same,
    answered: (answer) => ({ ...answer, message: null }),
    toldFrom: 0,
  }),
]

function versionsOf(api: AnyApi, oldestVersion: number): readonly number[] {
  const { highest } = parseVersions(api.request.versions)
  return Array.from({ length: highest - oldestVersion + 1 }, (_, index) => oldestVersion + index)
}

describe.each(ways)('%s', (_name, { requests, answers, read, respond, heard, answered, toldFrom, maxBytes = 0 }) => {
  const sent = requests.chain((request) => {
    const exchange = exchangeOf(request, SENDER)
    return fc.record({
      request: fc.constant(request),
      exchange: fc.constant(exchange),
      version: fc.constantFrom(...versionsOf(exchange.api, exchange.oldestVersion)),
    })
  })

  it('is heard as it was said, in every version that can say it', () => {
    fc.assert(
      fc.property(sent, ({ request, exchange, version }) => {
        const bytes = encodeToBuffer(exchange.api.request, exchange.request(version), version)
        const inbound = read(decodeFrom(exchange.api.request, bytes, version), CLUSTER)
        expect(inbound).toMatchObject({ kind: 'request', request: heard(request, version) })
        expect(inbound.kind === 'request' && inbound.extras.maxBytes).toBe(maxBytes)
      }),
    )
  })

  it('is answered in every version, with where the leader listens', () => {
    const both = sent.chain((said) => fc.record({ said: fc.constant(said), answer: answers(said.request) }))
    fc.assert(
      fc.property(both, ({ said: { exchange, version }, answer }) => {
        const bytes = encodeToBuffer(exchange.api.response, respond(answer, contextOf(version)), version)
        const reply = exchange.read(decodeFrom(exchange.api.response, bytes, version))
        const leaderEndpoint = answer.leaderId === null || version < toldFrom ? null : LEADER
        expect(reply).toEqual({ kind: 'answer', answer: answered(answer, version), leaderEndpoint })
      }),
    )
  })

  it('of another cluster is refused, and of none it is heard', () => {
    fc.assert(
      fc.property(sent, ({ exchange, version }) => {
        const message = decodeFrom(exchange.api.request, encodeToBuffer(exchange.api.request, exchange.request(version), version), version)
        expect(read(message, 'another')).toMatchObject({ kind: 'refused', response: { errorCode: 104 } })
        expect(read({ ...message, clusterId: null }, 'another')).toMatchObject({ kind: 'request' })
      }),
    )
  })
})
