import { BeginQuorumEpochApi } from '../../../../protocol/messages/begin-quorum-epoch.ts'
import { EndQuorumEpochApi } from '../../../../protocol/messages/end-quorum-epoch.ts'
import { VoteApi } from '../../../../protocol/messages/vote.ts'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import { type Scenario, versions } from '../../scenario.ts'
import { DIRECTORY, FAKE, FakeReplica, inTurn, REAL, topicsOf, twistedTopics } from './fake-replica.ts'

const FAR = 1_000_000_000

const votes: Scenario = {
  name: 'Vote: a leader does not vote for others in its epoch, nor for what is no candidate',
  versions: versions(0, 2),
  async run(stage, version) {
    const replica = await FakeReplica.of(stage)
    const { epoch, clusterId } = replica
    const partition = { partitionIndex: 0, replicaEpoch: epoch, replicaId: FAKE, lastOffsetEpoch: epoch - 1, lastOffset: FAR, preVote: false }
    const directories = version < 1 ? {} : { replicaDirectoryId: DIRECTORY, voterDirectoryId: ZERO_UUID }
    const vote = (change: object = {}, around: object = {}) =>
      replica.says(VoteApi, version, { clusterId, voterId: REAL, topics: topicsOf({ ...partition, ...directories, ...change }), ...around })
    return [
      await vote(),
      await vote({ replicaEpoch: epoch - 1, lastOffsetEpoch: 0 }),
      await vote({ lastOffsetEpoch: epoch }),
      await vote({ lastOffsetEpoch: epoch + 1 }),
      await vote({ lastOffsetEpoch: -1 }),
      await vote({ lastOffset: -1 }),
      await vote({ replicaId: -1 }),
      await vote({ replicaEpoch: -1, lastOffsetEpoch: -2 }),
      await vote({}, { clusterId: 'another' }),
      await vote({}, { clusterId: null }),
      ...(version < 1 ? [] : [await vote({}, { voterId: FAKE }), await vote({ voterDirectoryId: DIRECTORY }), await vote({}, { voterId: -1 })]),
      ...(version < 2
        ? []
        : [await vote({ preVote: true }), await vote({ preVote: true, lastOffsetEpoch: epoch }), await vote({ preVote: true, lastOffsetEpoch: epoch + 1 })]),
      ...(await inTurn(twistedTopics(topicsOf({ ...partition, ...directories })), (topics) => vote({}, { topics }))),
    ]
  },
}

/** Each of them begins an epoch, after which the one node has to be elected anew. */
const newEpochs: Scenario = {
  name: 'Vote: a later epoch ends that of a leader, and who is up to date gets the vote',
  versions: versions(0, 2),
  async run(stage, version) {
    const replica = await FakeReplica.of(stage)
    const { clusterId } = replica
    const vote = (change: object, around: object = {}) => {
      const partition = { partitionIndex: 0, replicaEpoch: replica.epoch + 1, replicaId: FAKE, lastOffsetEpoch: replica.epoch, lastOffset: FAR, preVote: false }
      const directories = version < 1 ? {} : { replicaDirectoryId: DIRECTORY, voterDirectoryId: ZERO_UUID }
      return replica.says(VoteApi, version, { clusterId, voterId: REAL, topics: topicsOf({ ...partition, ...directories, ...change }), ...around })
    }
    const begun = [await vote({}), await vote({}), await vote({ replicaId: FAKE + 1 })]
    await replica.findLeader()
    const behind = [await vote({ lastOffset: 0 }), await vote({})]
    await replica.findLeader()
    const older = [await vote({ lastOffsetEpoch: replica.epoch - 1 })]
    await replica.findLeader()
    const pre = version < 2 ? [] : [await vote({ preVote: true }), await vote({ preVote: true, lastOffset: 0 })]
    await replica.findLeader()
    const wrongVoter = version < 1 ? [] : [await vote({}, { voterId: FAKE })]
    await replica.findLeader()
    return [begun, behind, older, pre, wrongVoter]
  },
}

/** Another leader of the same epoch is not asked for: Apache Kafka's controller ends when it hears of one. */
const begins: Scenario = {
  name: 'BeginQuorumEpoch: of the leader itself, and of former epochs',
  versions: versions(0, 1),
  async run(stage, version) {
    const replica = await FakeReplica.of(stage)
    const { epoch, clusterId } = replica
    const partition = { partitionIndex: 0, leaderId: REAL, leaderEpoch: epoch, ...(version < 1 ? {} : { voterDirectoryId: ZERO_UUID }) }
    const begin = (change: object = {}, around: object = {}) =>
      replica.says(BeginQuorumEpochApi, version, { clusterId, topics: topicsOf({ ...partition, ...change }), ...around })
    return [
      await begin(),
      await begin({ leaderId: FAKE, leaderEpoch: epoch - 1 }),
      await begin({ leaderEpoch: epoch - 1 }),
      await begin({ leaderId: -1 }),
      await begin({ leaderEpoch: -1 }),
      await begin({}, { clusterId: 'another' }),
      await begin({}, { clusterId: null }),
      ...(version < 1 ? [] : [await begin({}, { voterId: FAKE }), await begin({ voterDirectoryId: DIRECTORY }, { voterId: REAL })]),
      ...(await inTurn(twistedTopics(topicsOf(partition)), (topics) => begin({}, { topics }))),
    ]
  },
}

const ends: Scenario = {
  name: 'EndQuorumEpoch: of the leader itself, and of former epochs',
  versions: versions(0, 1),
  async run(stage, version) {
    const replica = await FakeReplica.of(stage)
    const { epoch, clusterId } = replica
    const partition = {
      partitionIndex: 0,
      leaderId: REAL,
      leaderEpoch: epoch,
      ...(version < 1 ? { preferredSuccessors: [REAL] } : { preferredCandidates: [{ candidateId: REAL, candidateDirectoryId: DIRECTORY }] }),
    }
    const end = (change: object = {}, around: object = {}) =>
      replica.says(EndQuorumEpochApi, version, { clusterId, topics: topicsOf({ ...partition, ...change }), ...around })
    return [
      await end(),
      await end({ leaderId: FAKE, leaderEpoch: epoch - 1 }),
      await end({ leaderEpoch: epoch - 1 }),
      await end({ leaderId: -1 }),
      await end({ preferredSuccessors: [], preferredCandidates: [] }),
      await end({}, { clusterId: 'another' }),
      await end({}, { clusterId: null }),
      ...(await inTurn(twistedTopics(topicsOf(partition)), (topics) => end({}, { topics }))),
    ]
  },
}

export const electionScenarios: readonly Scenario[] = [votes, newEpochs, begins, ends]
