import { ApiVersionsApi, type ApiVersionsResponse } from '../../../protocol/messages/api-versions.ts'
import { DescribeClusterApi } from '../../../protocol/messages/describe-cluster.ts'
import { DescribeTopicPartitionsApi } from '../../../protocol/messages/describe-topic-partitions.ts'
import { FindCoordinatorApi } from '../../../protocol/messages/find-coordinator.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { RawClient } from '../raw-client.ts'
import { type Scenario, versions } from '../scenario.ts'
import { createTopic } from './topics.ts'

const METADATA = versions(0, 13)
const UNKNOWN_ID = 'abcdefghijklmnopqrstuA' as Uuid

/** The tables of APIs are compared only where Odradek serves the API: what it does not serve it must not advertise. */
async function apiVersions(client: RawClient, version: number) {
  return client.exchange(ApiVersionsApi, version, { clientSoftwareName: 'suite', clientSoftwareVersion: '1.0' })
}

export const discoveryScenarios: readonly Scenario[] = [
  {
    name: 'ApiVersions: features, and the ranges of what every client needs',
    unordered: ['finalizedFeatures', 'supportedFeatures'],
    versions: versions(0, 4),
    run: async ({ client }, version) => {
      const outcome = await apiVersions(client, version)
      if (outcome.kind !== 'answer') return outcome
      const { apiKeys, finalizedFeaturesEpoch, ...rest } = outcome.value as ApiVersionsResponse
      const needed = [
        0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 29, 30, 31, 37, 38, 39, 40, 41, 42, 43, 45, 46, 47, 55, 57, 60, 61, 64, 75,
      ]
      return {
        ...rest,
        hasEpoch: finalizedFeaturesEpoch >= 0,
        apiKeys: apiKeys.filter(({ apiKey }) => needed.includes(apiKey)).sort((a, b) => a.apiKey - b.apiKey),
      }
    },
  },
  {
    name: 'ApiVersions: a version from the future',
    versions: [5, 99],
    run: async ({ client }, version) => client.exchangeBody(ApiVersionsApi, version, Buffer.alloc(8)),
  },
  {
    name: 'ApiVersions: software names that are refused',
    versions: [3, 4],
    run: async ({ client }, version) => client.exchange(ApiVersionsApi, version, { clientSoftwareName: 'two words!', clientSoftwareVersion: '' }),
  },
  {
    name: 'Metadata: of one topic',
    versions: METADATA,
    run: async (stage, version) => {
      await createTopic(stage, stage.name('t'), 3)
      return stage.client.exchange(MetadataApi, version, { topics: [{ name: stage.name('t') }], allowAutoTopicCreation: true })
    },
    unordered: ['partitions'],
    keep: ['leader'],
  },
  {
    name: 'Metadata: of no topic',
    versions: METADATA.slice(1),
    run: async ({ client }, version) => client.exchange(MetadataApi, version, { topics: [] }),
  },
  {
    name: 'Metadata: of an absent topic that must not be made, and of names that are none',
    versions: METADATA.slice(4),
    run: async (stage, version) =>
      stage.client.exchange(MetadataApi, version, {
        topics: [{ name: stage.name('absent') }, { name: 'not a name' }, { name: '' }],
        allowAutoTopicCreation: false,
      }),
  },
  {
    name: 'Metadata: of a name that is none, with creation allowed',
    versions: METADATA,
    run: async ({ client }, version) => client.exchange(MetadataApi, version, { topics: [{ name: 'not a name' }, { name: '..' }] }),
  },
  {
    name: 'Metadata: by id, known and unknown',
    versions: METADATA.slice(12),
    run: async (stage, version) => {
      await createTopic(stage, stage.name('t'), 1)
      const known = await stage.client.ask(MetadataApi, 12, { topics: [{ name: stage.name('t') }], allowAutoTopicCreation: false })
      const topicId = known.topics[0]?.topicId ?? UNKNOWN_ID
      const request = { topics: [topicId, UNKNOWN_ID].map((id) => ({ topicId: id, name: null })), allowAutoTopicCreation: false }
      return stage.client.exchange(MetadataApi, version, request)
    },
    unordered: ['topics'],
  },
  {
    name: 'Metadata: by id where only names are allowed',
    versions: [10, 11],
    run: async ({ client }, version) => client.exchange(MetadataApi, version, { topics: [{ topicId: UNKNOWN_ID, name: null }], allowAutoTopicCreation: false }),
  },
  {
    name: 'Metadata: authorized operations',
    versions: [8, 9, 10],
    run: async (stage, version) => {
      await createTopic(stage, stage.name('t'), 1)
      const request = { topics: [{ name: stage.name('t') }], includeClusterAuthorizedOperations: true, includeTopicAuthorizedOperations: true }
      return stage.client.exchange(MetadataApi, version, request)
    },
  },
  {
    name: 'DescribeCluster: brokers, controllers, authorized operations',
    versions: versions(0, 2),
    run: async ({ client }, version) => [
      await client.exchange(DescribeClusterApi, version, { includeClusterAuthorizedOperations: true }),
      await client.exchange(DescribeClusterApi, version, { includeClusterAuthorizedOperations: false, ...(version >= 1 ? { endpointType: 2 } : {}) }),
      await client.exchange(DescribeClusterApi, version, { includeClusterAuthorizedOperations: false, ...(version >= 1 ? { endpointType: 7 } : {}) }),
    ],
  },
  {
    name: 'DescribeTopicPartitions: limits and cursors',
    versions: [0],
    run: async (stage, version) => {
      await createTopic(stage, stage.name('a'), 3)
      await createTopic(stage, stage.name('b'), 2)
      const topics = ['b', 'a', 'absent'].map((name) => ({ name: stage.name(name) }))
      const ask = (responsePartitionLimit: number, cursor: { topicName: string; partitionIndex: number } | null) =>
        stage.client.exchange(DescribeTopicPartitionsApi, version, { topics, responsePartitionLimit, cursor })
      return [
        await ask(2000, null),
        await ask(2, null),
        await ask(2, { topicName: stage.name('a'), partitionIndex: 2 }),
        await ask(2, { topicName: stage.name('b'), partitionIndex: 0 }),
        await ask(2, { topicName: stage.name('a'), partitionIndex: -1 }),
        await ask(0, null),
      ]
    },
    keep: ['leader'],
  },
  {
    name: 'FindCoordinator: of a group',
    versions: versions(0, 6),
    run: async (stage, version) => {
      const key = stage.name('group')
      const request = version >= 4 ? { keyType: 0, coordinatorKeys: [key, ''] } : { key, keyType: 0 }
      let outcome = await stage.client.exchange(FindCoordinatorApi, version, request)
      // Apache Kafka answers COORDINATOR_NOT_AVAILABLE until its topic of offsets is made; we never do.
      for (let attempt = 0; attempt < 100 && JSON.stringify(outcome).includes('"errorCode":15'); attempt++) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        outcome = await stage.client.exchange(FindCoordinatorApi, version, request)
      }
      return outcome
    },
  },
  {
    name: 'FindCoordinator: of an unknown kind',
    versions: versions(1, 6),
    run: async (stage, version) => {
      const key = stage.name('group')
      return stage.client.exchange(FindCoordinatorApi, version, version >= 4 ? { keyType: 9, coordinatorKeys: [key] } : { key, keyType: 9 })
    },
  },
]
