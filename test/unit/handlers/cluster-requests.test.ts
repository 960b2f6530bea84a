import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { timedOut } from '../../../src/controller/rejection.ts'
import { alterPartitionReassignmentsHandler } from '../../../src/handlers/alter-partition-reassignments.ts'
import { describeQuorumHandler } from '../../../src/handlers/describe-quorum.ts'
import { electLeadersHandler } from '../../../src/handlers/elect-leaders.ts'
import { listPartitionReassignmentsHandler } from '../../../src/handlers/list-partition-reassignments.ts'
import { unregisterBrokerHandler } from '../../../src/handlers/unregister-broker.ts'
import { updateFeaturesHandler } from '../../../src/handlers/update-features.ts'
import { knownFeatures } from '../../../src/metadata/features.ts'
import type { QuorumDescription } from '../../../src/raft/quorum-description.ts'
import { broker, brokerDirectory, partition, topic } from '../metadata/records.ts'
import { TopicNode, versions } from './topic-requests.ts'

const records = [
  broker(1, { features: knownFeatures }),
  broker(2, { features: knownFeatures }),
  topic('foo', 1),
  partition(1, 0, { replicas: [1, 2] }),
  partition(1, 1, { replicas: [2, 1], leader: 1 }),
]

const QUORUM: QuorumDescription = {
  leaderId: 1,
  leaderEpoch: 3,
  highWatermark: 40,
  voters: [
    {
      id: 1,
      directoryId: brokerDirectory(1),
      endpoints: [{ name: 'CONTROLLER', host: 'a', port: 9093 }],
      logEndOffset: 41,
      lastFetchMs: 5000,
      lastCaughtUpMs: 5000,
    },
  ],
  observers: [],
}

const quorumOf = (description: QuorumDescription | null) => ({ describe: () => description, leader: () => null, onLeaderChange: () => () => undefined })
const nodeWith = (description: QuorumDescription | null = QUORUM) => new TopicNode(records, {}, { quorum: quorumOf(description) })
const LOG = { topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }

describe('DescribeQuorum', () => {
  it.each(versions(0, 2))('tells of the leader and the voters in version %i', async (version) => {
    const { errorCode, topics, nodes } = await nodeWith().ask(describeQuorumHandler, version, { topics: [LOG] })
    expect(errorCode).toBe(0)
    const [described] = topics[0]?.partitions ?? []
    expect(described).toMatchObject({ errorCode: 0, leaderId: 1, leaderEpoch: 3, highWatermark: 40, observers: [] })
    expect(described?.currentVoters).toMatchObject([{ replicaId: 1, logEndOffset: 41, ...(version >= 1 ? { lastFetchTimestamp: 5000 } : {}) }])
    expect(nodes).toEqual(version >= 2 ? [{ nodeId: 1, listeners: [{ name: 'CONTROLLER', host: 'a', port: 9093 }] }] : [])
  })

  it('answers NOT_LEADER_OR_FOLLOWER where this node does not lead', async () => {
    const { topics } = await nodeWith(null).ask(describeQuorumHandler, 2, { topics: [LOG] })
    expect(topics[0]?.partitions[0]?.errorCode).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER)
  })

  it('knows no other log', async () => {
    const { topics } = await nodeWith().ask(describeQuorumHandler, 2, { topics: [LOG, { topicName: 'foo', partitions: [{ partitionIndex: 1 }] }] })
    expect(topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))).toEqual([3, 3])
  })
})

describe('ElectLeaders', () => {
  it.each(versions(0, 2))('elects, and answers partition by partition, in version %i', async (version) => {
    const node = nodeWith()
    const answer = await node.ask(electLeadersHandler, version, { topicPartitions: [{ topic: 'foo', partitions: [0, 1] }], timeoutMs: 1000 })
    expect(answer.errorCode).toBe(0)
    expect(answer.replicaElectionResults[0]?.partitionResult.map(({ errorCode }) => errorCode)).toEqual([ErrorCode.ELECTION_NOT_NEEDED, 0])
    expect(node.controller.image().topics.byName.get('foo')?.partitions[1]?.leader).toBe(2)
  })

  it('tells every partition why nothing was decided', async () => {
    const node = nodeWith()
    node.controller.failure = timedOut('busy')
    const answer = await node.ask(electLeadersHandler, 2, { topicPartitions: [{ topic: 'foo', partitions: [0] }], timeoutMs: 1000 })
    expect(answer.errorCode).toBe(ErrorCode.REQUEST_TIMED_OUT)
    expect(answer.replicaElectionResults[0]?.partitionResult).toMatchObject([{ partitionId: 0, errorCode: ErrorCode.REQUEST_TIMED_OUT }])
  })
})

describe('reassignments', () => {
  const cut = { timeoutMs: 1000, topics: [{ name: 'foo', partitions: [{ partitionIndex: 0, replicas: [2] }] }] }

  it('end at once where nobody has to come, and are not listed then', async () => {
    const node = nodeWith()
    const answer = await node.ask(alterPartitionReassignmentsHandler, 1, cut)
    expect(answer).toMatchObject({
      errorCode: 0,
      allowReplicationFactorChange: true,
      responses: [{ name: 'foo', partitions: [{ partitionIndex: 0, errorCode: 0 }] }],
    })
    expect((await node.ask(listPartitionReassignmentsHandler, 0, { topics: null })).topics).toEqual([])
  })

  it('are listed while they go on, by topic and by partition', async () => {
    const node = new TopicNode([...records, broker(3)])
    const topics = [{ name: 'foo', partitions: [{ partitionIndex: 1, replicas: [3, 1] }] }]
    await node.ask(alterPartitionReassignmentsHandler, 0, { timeoutMs: 1000, topics })
    const moving = { partitionIndex: 1, replicas: [3, 1, 2], addingReplicas: [3], removingReplicas: [2] }
    const listed = async (asked: readonly { name: string; partitionIndexes: readonly number[] }[] | null) =>
      (await node.ask(listPartitionReassignmentsHandler, 0, { topics: asked })).topics
    expect(await listed(null)).toEqual([{ name: 'foo', partitions: [moving] }])
    expect(await listed([{ name: 'foo', partitionIndexes: [0, 1, 9] }])).toEqual([{ name: 'foo', partitions: [moving] }])
    expect(
      await listed([
        { name: 'foo', partitionIndexes: [0] },
        { name: 'bar', partitionIndexes: [0] },
      ]),
    ).toEqual([])
  })

  it('that came with no time left are refused, each partition', async () => {
    const answer = await nodeWith().ask(alterPartitionReassignmentsHandler, 1, { ...cut, timeoutMs: 0 })
    expect(answer).toMatchObject({ errorCode: ErrorCode.REQUEST_TIMED_OUT, responses: [{ partitions: [{ errorCode: ErrorCode.REQUEST_TIMED_OUT }] }] })
  })
})

describe('UpdateFeatures', () => {
  it.each(versions(0, 2))('answers for each feature up to version 1, for all together in version %i', async (version) => {
    const featureUpdates = [{ feature: 'share.version', maxVersionLevel: 1 }]
    const answer = await nodeWith().ask(updateFeaturesHandler, version, { featureUpdates })
    expect(answer).toMatchObject({ errorCode: 0, errorMessage: null })
    expect(answer.results).toEqual(version < 2 ? [{ feature: 'share.version', errorCode: 0, errorMessage: 'NONE' }] : [])
  })

  it('takes no downgrade from version 0, which has no word for it', async () => {
    const featureUpdates = [{ feature: 'eligible.leader.replicas.version', maxVersionLevel: 0, allowDowngrade: true }]
    const answer = await nodeWith().ask(updateFeaturesHandler, 0, { featureUpdates })
    expect(answer).toMatchObject({ errorCode: ErrorCode.INVALID_UPDATE_VERSION, results: [] })
  })
})

describe('UnregisterBroker', () => {
  it('forgets a broker, and says so with an empty message as Kafka does', async () => {
    const node = nodeWith()
    expect(await node.ask(unregisterBrokerHandler, 0, { brokerId: 2 })).toEqual({ throttleTimeMs: 0, errorCode: 0, errorMessage: '' })
    expect(node.controller.image().cluster.brokers.has(2)).toBe(false)
    expect((await node.ask(unregisterBrokerHandler, 0, { brokerId: 2 })).errorCode).toBe(ErrorCode.BROKER_ID_NOT_REGISTERED)
  })
})
