import fc from 'fast-check'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { uuidFromBytes, ZERO_UUID } from '../../../../protocol/uuid.ts'
import type {
  AddVoterRequest,
  BeginEpochRequest,
  EndEpochRequest,
  EpochAnswer,
  FetchAnswer,
  FetchContent,
  FetchRequest,
  FetchSnapshotAnswer,
  FetchSnapshotRequest,
  RemoveVoterRequest,
  UpdateVoterRequest,
  VoteAnswer,
  VoteRequest,
  VoterChangeAnswer,
} from '../../../../src/raft/core/messages.ts'
import type { ReplicaKey } from '../../../../src/raft/core/replica-key.ts'

/** Any words that the nodes of a quorum may say. */

const int32 = fc.nat()
const int64 = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const uuid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => uuidFromBytes(Buffer.from(bytes)))
const directoryId = fc.oneof(fc.constant(ZERO_UUID), uuid)
const replica: fc.Arbitrary<ReplicaKey> = fc.record({ id: int32, directoryId })
const namedReplica: fc.Arbitrary<ReplicaKey> = fc.record({ id: int32, directoryId: uuid.filter((id) => id !== ZERO_UUID) })
const receiver = fc.option(replica)
const snapshotId = fc.record({ offset: int64, epoch: int32 })
const bytes = fc.uint8Array({ maxLength: 40 }).map((content) => Buffer.from(content))

export const voterEndpoints = fc.uniqueArray(
  fc.record({ name: fc.string({ maxLength: 10 }), host: fc.string({ minLength: 1, maxLength: 10 }), port: fc.nat({ max: 0xffff }) }),
  { maxLength: 3, selector: ({ name }) => name },
)

const voter = fc.record({
  id: int32,
  directoryId: uuid,
  endpoints: voterEndpoints,
  minKraftVersion: fc.nat({ max: 0x7fff }),
  maxKraftVersion: fc.nat({ max: 0x7fff }),
})

const head = {
  errorCode: fc.constantFrom(ErrorCode.NONE, ErrorCode.FENCED_LEADER_EPOCH, ErrorCode.NOT_LEADER_OR_FOLLOWER),
  epoch: int32,
  leaderId: fc.option(int32),
}

export const voteRequest: fc.Arbitrary<VoteRequest> = fc.record({
  type: fc.constant('vote'),
  voter: receiver,
  candidate: replica,
  epoch: int32,
  lastOffset: int64,
  lastEpoch: int32,
  preVote: fc.boolean(),
})

export const voteAnswer: fc.Arbitrary<VoteAnswer> = fc.record({ type: fc.constant('vote'), ...head, granted: fc.boolean() })

export const beginEpochRequest: fc.Arbitrary<BeginEpochRequest> = fc.record({
  type: fc.constant('begin-epoch'),
  voter: receiver,
  leaderId: int32,
  epoch: int32,
})

export const endEpochRequest: fc.Arbitrary<EndEpochRequest> = fc.record({
  type: fc.constant('end-epoch'),
  leaderId: int32,
  epoch: int32,
  preferredCandidates: fc.array(namedReplica, { maxLength: 4 }),
})

export const epochAnswer = <Type extends EpochAnswer['type']>(type: Type): fc.Arbitrary<EpochAnswer> => fc.record({ type: fc.constant(type), ...head })

export const fetchRequest: fc.Arbitrary<FetchRequest> = fc.record({
  type: fc.constant('fetch'),
  replica,
  epoch: int32,
  offset: int64,
  lastFetchedEpoch: int32,
  highWatermark: fc.option(int64),
  maxWaitMs: int32,
})

/** @param offset of the request: an answer does not say it again */
export const fetchAnswer = (offset: number): fc.Arbitrary<FetchAnswer> =>
  fc.record({
    type: fc.constant('fetch'),
    ...head,
    highWatermark: fc.option(int64),
    logStartOffset: int64,
    content: fc.oneof<fc.Arbitrary<FetchContent>[]>(
      fc.record({ type: fc.constant('records'), offset: fc.constant(offset), records: bytes }),
      fc.record({ type: fc.constant('diverging'), epoch: int32, endOffset: int64 }),
      fc.record({ type: fc.constant('snapshot'), id: snapshotId }),
    ),
  })

export const fetchSnapshotRequest: fc.Arbitrary<FetchSnapshotRequest> = fc.record({
  type: fc.constant('fetch-snapshot'),
  replica,
  epoch: int32,
  snapshotId,
  position: int64,
})

export const fetchSnapshotAnswer: fc.Arbitrary<FetchSnapshotAnswer> = fc.record({
  type: fc.constant('fetch-snapshot'),
  ...head,
  errorCode: fc.constant(ErrorCode.NONE),
  snapshotId,
  position: int64,
  sizeBytes: int64,
  bytes,
})

export const addVoterRequest: fc.Arbitrary<AddVoterRequest> = fc.record({
  type: fc.constant('add-voter'),
  voter: voter.map((any) => ({ ...any, minKraftVersion: 0, maxKraftVersion: 0 })),
  ackWhenCommitted: fc.boolean(),
  timeoutMs: int32,
})

export const removeVoterRequest: fc.Arbitrary<RemoveVoterRequest> = fc.record({ type: fc.constant('remove-voter'), voter: replica })

export const updateVoterRequest: fc.Arbitrary<UpdateVoterRequest> = fc.record({ type: fc.constant('update-voter'), voter, epoch: int32 })

export const voterChangeAnswer: fc.Arbitrary<VoterChangeAnswer> = fc.record({
  type: fc.constant('voter-change'),
  ...head,
  message: fc.option(fc.string({ maxLength: 20 })),
})
