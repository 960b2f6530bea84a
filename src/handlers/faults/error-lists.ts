import type { VersionRange } from '../../../protocol/schema/notation.ts'

/** Stands for the element itself, in a list of names or numbers. */
export const ITSELF = ''
/** As the response's field: what is inside the elements stands where they would. */
export const LEFT_OUT = ''

/** A list of a response that answers, one by one, what a list of the request names. */
export interface ErrorList {
  /** The field of the request, and that of the response. */
  readonly from: string
  readonly to: string
  /** Fields of the response's elements, and the request's field from which each is taken. */
  readonly keys: Readonly<Record<string, string>>
  /** Stands for a key that the request left null; null where not given. */
  readonly unnamed?: string
  /** Whether each element has an error code. */
  readonly fails: boolean
  /** What an element holds when it failed, where that is not the schema's default. */
  readonly values?: Readonly<Record<string, unknown>>
  /** The list inside each element. */
  readonly inner?: ErrorList
  /** The elements are topics: the request's fields for name and id. */
  readonly topic?: { readonly name?: string; readonly id?: string }
  /** The versions in which a request that fails as a whole says so here; all where not given. */
  readonly whole?: VersionRange
}

const NAME = { name: 'name' }
const NAME_AND_ID = { name: 'name', topicId: 'topicId' }
const TOPIC_BY_NAME = { name: 'name' }
const TOPIC_BY_NAME_OR_ID = { name: 'name', id: 'topicId' }

/** Partitions that both sides hold under the same names. */
const PARTITIONS: ErrorList = { from: 'partitions', to: 'partitions', keys: { partitionIndex: 'partitionIndex' }, fails: true }
/** Partitions that the request names by number only. */
const PARTITION_INDEXES: ErrorList = { from: 'partitionIndexes', to: 'partitions', keys: { partitionIndex: ITSELF }, fails: true }

const TOPICS: ErrorList = { from: 'topics', to: 'topics', keys: NAME, fails: false, topic: TOPIC_BY_NAME, inner: PARTITIONS }
/** Each topic fails, and nothing is said of its partitions. */
const WHOLE_TOPICS: ErrorList = { from: 'topics', to: 'topics', keys: NAME, fails: true, topic: TOPIC_BY_NAME }
const RESOURCES = { from: 'resources', keys: { resourceType: 'resourceType', resourceName: 'resourceName' }, fails: true }
const NOT_COMMITTED = { committedOffset: -1 }

/**
 * Where each API says what failed, beside the error code of the response as a whole, which every response that has one
 * carries. An API that is not here has only that one.
 * Source: `getErrorResponse` of the request classes of Apache Kafka 4.3.1.
 */
export const ERROR_LISTS: Readonly<Record<string, readonly ErrorList[]>> = {
  Produce: [
    {
      from: 'topicData',
      to: 'responses',
      keys: NAME_AND_ID,
      fails: false,
      topic: TOPIC_BY_NAME_OR_ID,
      inner: { from: 'partitionData', to: 'partitionResponses', keys: { index: 'index' }, fails: true, values: { baseOffset: -1 } },
    },
  ],
  Fetch: [
    {
      from: 'topics',
      to: 'responses',
      keys: { topic: 'topic', topicId: 'topicId' },
      fails: false,
      topic: { name: 'topic', id: 'topicId' },
      inner: { from: 'partitions', to: 'partitions', keys: { partitionIndex: 'partition' }, fails: true, values: { highWatermark: -1 } },
      whole: '0-12',
    },
  ],
  ListOffsets: [TOPICS],
  Metadata: [{ ...WHOLE_TOPICS, keys: NAME_AND_ID, unnamed: '', topic: TOPIC_BY_NAME_OR_ID }],
  OffsetCommit: [{ ...TOPICS, keys: NAME_AND_ID, topic: TOPIC_BY_NAME_OR_ID }],
  OffsetFetch: [
    { ...TOPICS, inner: { ...PARTITION_INDEXES, values: NOT_COMMITTED }, whole: '0-1' },
    {
      from: 'groups',
      to: 'groups',
      keys: { groupId: 'groupId' },
      fails: true,
      inner: {
        ...TOPICS,
        keys: NAME_AND_ID,
        topic: TOPIC_BY_NAME_OR_ID,
        inner: { ...PARTITION_INDEXES, values: NOT_COMMITTED },
        whole: 'none',
      },
    },
  ],
  FindCoordinator: [{ from: 'coordinatorKeys', to: 'coordinators', keys: { key: ITSELF }, fails: true, values: { nodeId: -1, port: -1 } }],
  DescribeGroups: [{ from: 'groups', to: 'groups', keys: { groupId: ITSELF }, fails: true }],
  CreateTopics: [WHOLE_TOPICS],
  DeleteTopics: [
    { from: 'topicNames', to: 'responses', keys: { name: ITSELF }, fails: true, topic: { name: ITSELF } },
    { ...WHOLE_TOPICS, to: 'responses', keys: NAME_AND_ID, topic: TOPIC_BY_NAME_OR_ID },
  ],
  DeleteRecords: [{ ...TOPICS, inner: { ...PARTITIONS, values: { lowWatermark: -1 } } }],
  OffsetForLeaderEpoch: [
    {
      ...TOPICS,
      keys: { topic: 'topic' },
      topic: { name: 'topic' },
      inner: { from: 'partitions', to: 'partitions', keys: { partition: 'partition' }, fails: true },
    },
  ],
  CreateAcls: [{ from: 'creations', to: 'results', keys: {}, fails: true }],
  DeleteAcls: [{ from: 'filters', to: 'filterResults', keys: {}, fails: true }],
  DescribeConfigs: [{ ...RESOURCES, to: 'results' }],
  AlterConfigs: [{ ...RESOURCES, to: 'responses' }],
  IncrementalAlterConfigs: [{ ...RESOURCES, to: 'responses' }],
  AlterReplicaLogDirs: [
    {
      from: 'dirs',
      to: LEFT_OUT,
      keys: {},
      fails: false,
      inner: {
        from: 'topics',
        to: 'results',
        keys: { topicName: 'name' },
        fails: false,
        topic: TOPIC_BY_NAME,
        inner: { from: 'partitions', to: 'partitions', keys: { partitionIndex: ITSELF }, fails: true },
      },
    },
  ],
  CreatePartitions: [{ ...WHOLE_TOPICS, to: 'results' }],
  DeleteGroups: [{ from: 'groupsNames', to: 'results', keys: { groupId: ITSELF }, fails: true }],
  ElectLeaders: [
    {
      from: 'topicPartitions',
      to: 'replicaElectionResults',
      keys: { topic: 'topic' },
      fails: false,
      topic: { name: 'topic' },
      inner: { from: 'partitions', to: 'partitionResult', keys: { partitionId: ITSELF }, fails: true },
    },
  ],
  AlterPartitionReassignments: [{ ...TOPICS, to: 'responses' }],
  ListPartitionReassignments: [{ from: 'topics', to: 'topics', keys: NAME, fails: false, inner: { ...PARTITION_INDEXES, fails: false } }],
  OffsetDelete: [{ ...TOPICS, whole: 'none' }],
  DescribeTopicPartitions: [WHOLE_TOPICS],
  DescribeProducers: [{ ...TOPICS, inner: PARTITION_INDEXES }],
}

/** What a response as a whole holds when it failed, where that is not the schema's default. */
export const ERROR_VALUES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  FindCoordinator: { nodeId: -1, port: -1 },
  InitProducerId: { producerEpoch: -1 },
  JoinGroup: { protocolName: null },
  DescribeClientQuotas: { entries: null },
  CreateDelegationToken: {
    principalType: 'User',
    principalName: 'ANONYMOUS',
    tokenRequesterPrincipalType: 'User',
    tokenRequesterPrincipalName: 'ANONYMOUS',
    issueTimestampMs: -1,
    expiryTimestampMs: -1,
    maxTimestampMs: -1,
  },
}

/** Fields that a response as a whole takes from its request. */
export const ERROR_KEYS: Readonly<Record<string, readonly string[]>> = {
  Fetch: ['sessionId'],
}
