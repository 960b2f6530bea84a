import { DescribeQuorumApi } from '../../../../protocol/messages/describe-quorum.ts'
import { FetchApi, type FetchResponse } from '../../../../protocol/messages/fetch.ts'
import { FetchSnapshotApi } from '../../../../protocol/messages/fetch-snapshot.ts'
import { batches } from '../../../../protocol/records/batch.ts'
import type { RawClient } from '../../raw-client.ts'
import { type Scenario, versions } from '../../scenario.ts'
import { DIRECTORY, FAKE, FakeReplica, inTurn, REAL, TOPIC, topicsOf, twistedTopics } from './fake-replica.ts'

const FAR = 1_000_000_000
const TOPIC_IDS = 13
const REPLICA_STATE = 15
const DIRECTORIES = 17

/** How far the log goes differs between two nodes; that it goes there does not. */
function shapeOf(outcome: unknown, { epoch, highWatermark }: FakeReplica): unknown {
  const answer = outcome as { readonly value?: FetchResponse }
  if (answer.value === undefined) return outcome
  const responses = answer.value.responses.map(({ topic, topicId, partitions }) => ({
    topic,
    topicId,
    partitions: partitions.map(({ records, divergingEpoch, ...partition }) => ({
      ...partition,
      highWatermark: partition.highWatermark >= highWatermark ? 'known' : partition.highWatermark,
      divergingEpoch: divergingEpoch.epoch === epoch ? 'the last' : divergingEpoch,
      records: records === null ? null : records.length === 0 ? 'none' : [...batches(records)].length > 0 ? 'some' : 'half a batch',
    })),
  }))
  return { ...answer.value, responses }
}

const fetches: Scenario = {
  name: 'Fetch of the metadata log: by an observer that there is not',
  versions: versions(4, 18),
  async run(stage, version) {
    const replica = await FakeReplica.of(stage)
    const { epoch, clusterId } = replica
    const ofReplica = (id: number) => (version < REPLICA_STATE ? { replicaId: id } : { replicaState: { replicaId: id, replicaEpoch: -1 } })
    const partition = {
      partition: 0,
      currentLeaderEpoch: version < 9 ? -1 : epoch,
      fetchOffset: 0,
      lastFetchedEpoch: version < 12 ? -1 : 0,
      partitionMaxBytes: 0,
      ...(version < DIRECTORIES ? {} : { replicaDirectoryId: DIRECTORY }),
    }
    const around = { clusterId, ...ofReplica(FAKE), maxWaitMs: 0, minBytes: 0, maxBytes: 1_000_000, forgottenTopicsData: [] }
    const fetch = async (change: object = {}, other: object = {}) =>
      shapeOf(await replica.says(FetchApi, version, { ...around, topics: topicsOf({ ...partition, ...change }), ...other }), replica)
    if (version < TOPIC_IDS) return [await fetch(), await fetch({}, { topics: [] })]
    return [
      await fetch(),
      await fetch({}, { maxBytes: 1 }),
      await fetch({ fetchOffset: FAR, lastFetchedEpoch: epoch }),
      await fetch({ fetchOffset: FAR, lastFetchedEpoch: epoch }, { maxWaitMs: 100 }),
      await fetch({ fetchOffset: 1, lastFetchedEpoch: 0 }),
      await fetch({ fetchOffset: 0, lastFetchedEpoch: epoch }),
      await fetch({ currentLeaderEpoch: epoch - 1 }),
      await fetch({ currentLeaderEpoch: epoch + 1 }),
      await fetch({ currentLeaderEpoch: -1 }),
      await fetch({ lastFetchedEpoch: epoch + 1 }),
      await fetch({ lastFetchedEpoch: -1 }),
      await fetch({ fetchOffset: -1 }),
      await fetch({}, { maxWaitMs: -1 }),
      await fetch({}, ofReplica(-1)),
      await fetch({}, ofReplica(REAL)),
      await fetch({}, { clusterId: 'another' }),
      await fetch({}, { clusterId: null }),
      ...(await inTurn(twistedTopics(topicsOf(partition)), (topics) => fetch({}, { topics }))),
    ]
  },
}

/** What is refused for its partition alone is not asked for: Apache Kafka fails to write such an answer. */
const snapshots: Scenario = {
  name: 'FetchSnapshot: refused as a whole',
  versions: versions(0, 1),
  async run(stage, version) {
    const replica = await FakeReplica.of(stage)
    const { epoch } = replica
    const partition = { partition: 0, currentLeaderEpoch: epoch, snapshotId: { endOffset: 7, epoch }, position: 0 }
    const directory = version < 1 ? {} : { replicaDirectoryId: DIRECTORY }
    const request = { clusterId: 'another', replicaId: FAKE, maxBytes: 100, topics: topicsOf({ ...partition, ...directory }) }
    return replica.says(FetchSnapshotApi, version, request)
  },
}

const observed: Scenario = {
  name: 'DescribeQuorum: observers, as far as they have fetched',
  versions: versions(0, 2),
  mask: ['lastFetchTimestamp', 'lastCaughtUpTimestamp'],
  async run(stage, version) {
    const replica = await FakeReplica.of(stage)
    const { epoch, highWatermark } = replica
    const id = FAKE + 1 + version
    const describe = async (client: RawClient) => {
      const { topics, nodes } = await client.ask(DescribeQuorumApi, version, { topics: [{ topicName: TOPIC, partitions: [{ partitionIndex: 0 }] }] })
      const { observers = [], currentVoters = [], errorCode } = topics[0]?.partitions[0] ?? {}
      const isTold = (offset: number) => (offset >= highWatermark ? 'all' : offset)
      const told = (replicas: typeof observers) => replicas.map((one) => ({ ...one, logEndOffset: isTold(one.logEndOffset) }))
      return { errorCode, observers: told(observers.filter(({ replicaId }) => replicaId === id)), voters: told(currentVoters), nodes }
    }
    const fetch = (offset: number, lastEpoch: number) => replica.fetch({ id, directoryId: DIRECTORY }, { offset, epoch: lastEpoch })
    const client = await stage.openController()
    const before = await describe(client)
    await fetch(0, 0)
    const begun = await describe(client)
    await fetch(highWatermark, epoch)
    return [before, begun, await describe(client), await describe(stage.client)]
  },
}

export const metadataFetchScenarios: readonly Scenario[] = [fetches, snapshots, observed]
