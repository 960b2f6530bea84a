import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { describeClusterHandler } from '../../../src/handlers/describe-cluster.ts'
import { describeTopicPartitionsHandler } from '../../../src/handlers/describe-topic-partitions.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import type { QuorumView } from '../../../src/raft/quorum-description.ts'
import { broker, brokerDirectory, feature, partition, topic, topicId } from '../metadata/records.ts'
import { TopicNode, versions } from './topic-requests.ts'

const controller = (controllerId: number, host: string): MetadataRecord => ({
  type: 'RegisterControllerRecord',
  version: 0,
  data: {
    controllerId,
    incarnationId: topicId(90 + controllerId),
    zkMigrationReady: false,
    endPoints: [{ name: 'CONTROLLER', host, port: 9093, securityProtocol: 0 }],
    features: [],
  },
})

/** As node 1 sees a quorum that `leaderId` leads. */
const ledBy = (leaderId: number | null): QuorumView => ({
  describe: () => null,
  leader: () => (leaderId === null ? null : { id: leaderId, epoch: 1, endpoint: null }),
  onLeaderChange: () => () => {},
})

describe('DescribeCluster', () => {
  const node = new TopicNode([broker(1), broker(2, { fenced: true, rack: 'b' }), controller(1, 'c')])
  const ask = { includeClusterAuthorizedOperations: false }

  it.each(versions(0, 2))('version %i tells the live brokers', async (version) => {
    expect(await node.ask(describeClusterHandler, version, ask)).toEqual({
      throttleTimeMs: 0,
      errorCode: 0,
      errorMessage: null,
      endpointType: 1,
      clusterId: 'cluster',
      controllerId: 1,
      brokers: [{ brokerId: 1, host: 'broker-1', port: 9092, rack: null, isFenced: false }],
      clusterAuthorizedOperations: -2147483648,
    })
  })

  it('tells fenced brokers and what may be done when asked', async () => {
    const answer = await node.ask(describeClusterHandler, 2, { includeClusterAuthorizedOperations: true, includeFencedBrokers: true })
    expect(answer.brokers.map((found) => [found.brokerId, found.isFenced])).toEqual([
      [1, false],
      [2, true],
    ])
    expect(answer.clusterAuthorizedOperations).toBe(8096)
  })

  it.each([
    [2, 2],
    [1, 1],
    [null, -1],
  ])('tells the controllers on a controller listener, and of them the one that leads: %j', async (leaderId, controllerId) => {
    const on = { listenerName: 'CONTROLLER', listenerKind: 'controller' } as const
    const one = new TopicNode([broker(1), controller(1, 'c'), controller(2, 'd')], {}, { quorum: ledBy(leaderId) })
    const answer = await one.ask(describeClusterHandler, 1, { ...ask, endpointType: 2 }, on)
    const brokers = [
      { brokerId: 1, host: 'c', port: 9093 },
      { brokerId: 2, host: 'd', port: 9093 },
    ]
    expect(answer).toMatchObject({ endpointType: 2, controllerId, brokers })
  })

  it('knows no controllers at a level of the metadata at which they do not register', async () => {
    const on = { listenerName: 'CONTROLLER', listenerKind: 'controller' } as const
    const old = new TopicNode([broker(1), feature('metadata.version', 14)])
    expect(await old.ask(describeClusterHandler, 1, { ...ask, endpointType: 2 }, on)).toMatchObject({
      errorCode: ErrorCode.UNSUPPORTED_VERSION,
      errorMessage: 'Direct-to-controller communication is not supported with the current MetadataVersion.',
      brokers: [],
    })
    expect(await old.ask(describeClusterHandler, 1, ask)).toMatchObject({ errorCode: 0, brokers: [{ brokerId: 1 }] })
  })

  it.each([
    [1, 2, ErrorCode.MISMATCHED_ENDPOINT_TYPE, 'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER'],
    [1, 9, ErrorCode.UNSUPPORTED_ENDPOINT_TYPE, 'Unsupported endpoint type 9'],
  ])('version %i refuses endpoint type %i', async (version, endpointType, code, message) => {
    const answer = await node.ask(describeClusterHandler, version, { ...ask, endpointType })
    expect(answer).toMatchObject({ errorCode: code, errorMessage: message, brokers: [] })
  })
})

describe('DescribeTopicPartitions', () => {
  const topics = [1, 2, 3].flatMap((number) => [
    topic(`t${number}`, number),
    ...[0, 1, 2].map((id) => partition(number, id, { directories: [brokerDirectory(1)] })),
  ])
  const node = new TopicNode([broker(1), ...topics], { 'max.request.partition.size.limit': '5' })
  const ask = (request: { topics?: string[]; limit?: number; cursor?: { topicName: string; partitionIndex: number } | null } = {}) =>
    node.ask(describeTopicPartitionsHandler, 0, {
      topics: (request.topics ?? []).map((name) => ({ name })),
      responsePartitionLimit: request.limit ?? 2000,
      cursor: request.cursor ?? null,
    })
  const pages = ({ topics: found, nextCursor }: Awaited<ReturnType<typeof ask>>) => ({
    found: found.map(({ name, partitions }) => `${name}:${partitions.map((one) => one.partitionIndex)}`),
    next: nextCursor === null ? null : `${nextCursor.topicName}-${nextCursor.partitionIndex}`,
  })

  it('tells all topics in the order of their names, page by page', async () => {
    expect(pages(await ask())).toEqual({ found: ['t1:0,1,2', 't2:0,1'], next: 't2-2' })
    expect(pages(await ask({ cursor: { topicName: 't2', partitionIndex: 2 } }))).toEqual({ found: ['t2:2', 't3:0,1,2'], next: null })
  })

  it('begins the next page with the next topic when a page ends with one', async () => {
    expect(pages(await ask({ limit: 3 }))).toEqual({ found: ['t1:0,1,2'], next: 't2-0' })
  })

  it('tells at least one partition', async () => {
    expect(pages(await ask({ limit: 0 }))).toEqual({ found: ['t1:0'], next: 't1-1' })
  })

  it('tells of a partition what Kafka tells', async () => {
    const { topics: found } = await ask({ topics: ['t3'] })
    expect(found[0]).toMatchObject({ errorCode: 0, name: 't3', topicId: topicId(3), isInternal: false, topicAuthorizedOperations: 3576 })
    expect(found[0]?.partitions[0]).toEqual({
      errorCode: 0,
      partitionIndex: 0,
      leaderId: 1,
      leaderEpoch: 0,
      replicaNodes: [1],
      isrNodes: [1],
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      offlineReplicas: [],
    })
  })

  it('says which of the topics asked for are not there', async () => {
    const { topics: found } = await ask({ topics: ['t9', 'a b', 't1'] })
    expect(found.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['a b', ErrorCode.INVALID_TOPIC_EXCEPTION],
      ['t1', 0],
      ['t9', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ])
  })

  it('fails at an empty name, as Kafka does', async () => {
    expect((await ask({ topics: ['', 't1'] })).topics.map((found) => found.errorCode)).toEqual([-1, -1])
  })

  it.each([
    ['outside of the topics asked for', { topics: ['t1'], cursor: { topicName: 't2', partitionIndex: 0 } }],
    ['with a negative partition', { topics: ['t1'], cursor: { topicName: 't1', partitionIndex: -1 } }],
  ])('refuses a cursor %s', async (_what, request) => {
    expect((await ask(request)).topics).toMatchObject([{ name: 't1', errorCode: ErrorCode.INVALID_REQUEST, partitions: [] }])
  })
})
