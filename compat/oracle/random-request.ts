import fc from 'fast-check'
import { AlterConfigsApi } from '../../protocol/messages/alter-configs.ts'
import { AlterPartitionReassignmentsApi } from '../../protocol/messages/alter-partition-reassignments.ts'
import { AlterReplicaLogDirsApi } from '../../protocol/messages/alter-replica-log-dirs.ts'
import { CreateAclsApi } from '../../protocol/messages/create-acls.ts'
import { CreateDelegationTokenApi } from '../../protocol/messages/create-delegation-token.ts'
import { CreatePartitionsApi } from '../../protocol/messages/create-partitions.ts'
import { CreateTopicsApi } from '../../protocol/messages/create-topics.ts'
import { DeleteAclsApi } from '../../protocol/messages/delete-acls.ts'
import { DeleteGroupsApi } from '../../protocol/messages/delete-groups.ts'
import { DeleteRecordsApi } from '../../protocol/messages/delete-records.ts'
import { DeleteTopicsApi } from '../../protocol/messages/delete-topics.ts'
import { DescribeAclsApi } from '../../protocol/messages/describe-acls.ts'
import { DescribeClusterApi } from '../../protocol/messages/describe-cluster.ts'
import { DescribeConfigsApi } from '../../protocol/messages/describe-configs.ts'
import { DescribeDelegationTokenApi } from '../../protocol/messages/describe-delegation-token.ts'
import { DescribeGroupsApi } from '../../protocol/messages/describe-groups.ts'
import { DescribeLogDirsApi } from '../../protocol/messages/describe-log-dirs.ts'
import { DescribeProducersApi } from '../../protocol/messages/describe-producers.ts'
import { DescribeQuorumApi } from '../../protocol/messages/describe-quorum.ts'
import { DescribeTopicPartitionsApi } from '../../protocol/messages/describe-topic-partitions.ts'
import { ElectLeadersApi } from '../../protocol/messages/elect-leaders.ts'
import { ExpireDelegationTokenApi } from '../../protocol/messages/expire-delegation-token.ts'
import { FetchApi } from '../../protocol/messages/fetch.ts'
import { FindCoordinatorApi } from '../../protocol/messages/find-coordinator.ts'
import { HeartbeatApi } from '../../protocol/messages/heartbeat.ts'
import { IncrementalAlterConfigsApi } from '../../protocol/messages/incremental-alter-configs.ts'
import { InitProducerIdApi } from '../../protocol/messages/init-producer-id.ts'
import { JoinGroupApi } from '../../protocol/messages/join-group.ts'
import { LeaveGroupApi } from '../../protocol/messages/leave-group.ts'
import { ListConfigResourcesApi } from '../../protocol/messages/list-config-resources.ts'
import { ListGroupsApi } from '../../protocol/messages/list-groups.ts'
import { ListOffsetsApi } from '../../protocol/messages/list-offsets.ts'
import { ListPartitionReassignmentsApi } from '../../protocol/messages/list-partition-reassignments.ts'
import { MetadataApi } from '../../protocol/messages/metadata.ts'
import { OffsetCommitApi } from '../../protocol/messages/offset-commit.ts'
import { OffsetDeleteApi } from '../../protocol/messages/offset-delete.ts'
import { OffsetFetchApi } from '../../protocol/messages/offset-fetch.ts'
import { OffsetForLeaderEpochApi } from '../../protocol/messages/offset-for-leader-epoch.ts'
import { RenewDelegationTokenApi } from '../../protocol/messages/renew-delegation-token.ts'
import { SyncGroupApi } from '../../protocol/messages/sync-group.ts'
import { UnregisterBrokerApi } from '../../protocol/messages/unregister-broker.ts'
import { UpdateFeaturesApi } from '../../protocol/messages/update-features.ts'
import type { Api, Fields } from '../../protocol/schema/notation.ts'
import { uuidFromBytes, ZERO_UUID } from '../../protocol/uuid.ts'
import { arbitraryMessage } from '../../test/support/arbitrary-message.ts'
import { versions } from './scenario.ts'

/** What the stage of the random comparison holds; requests name it, and sometimes name what is not there. */
export const TOPICS = ['one', 'three'] as const
export const GROUPS = ['stable', 'committed'] as const

/** Stand in requests for ids that the two brokers gave differently; exchanged before sending. */
export const ID_OF_ONE = uuidFromBytes(Buffer.alloc(16, 0x11))
export const ID_OF_THREE = uuidFromBytes(Buffer.alloc(16, 0x33))
export const MEMBER_OF_STABLE = '<member of stable>'
export const DIRECTORY = '<directory>'
const UNKNOWN_ID = uuidFromBytes(Buffer.alloc(16, 0x77))

export interface RandomRequest {
  readonly api: Api<Fields, Fields>
  readonly version: number
  readonly body: Record<string, unknown>
}

/** `offset.metadata.max.bytes` */
const MAX_METADATA = 4096

const topicNames = fc.constantFrom(...TOPICS, ...TOPICS, 'absent', 'not a name', '')
const topicIds = fc.constantFrom(ID_OF_ONE, ID_OF_THREE, UNKNOWN_ID, ZERO_UUID)
const partitions = fc.constantFrom(0, 0, 1, 2, 3, -1)
const groupIds = fc.constantFrom(...GROUPS, ...GROUPS, 'absent', '')
const epochs = fc.constantFrom(-1, 0, 1, -2)
const offsets = fc.constantFrom(0, 1, 3, 100, -1, -2, 2 ** 40)
const counts = fc.constantFrom(-1, 0, 1, 2, 3)

/** By field name, the same in every API. Waits are zero, so that every answer is immediate; sessions outlast the test. */
const common: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  topic: topicNames,
  name: topicNames,
  topicName: topicNames,
  topicId: topicIds,
  partition: partitions,
  partitionIndex: partitions,
  partitionIndexes: partitions,
  partitions,
  groupId: groupIds,
  groups: groupIds,
  groupsNames: groupIds,
  coordinatorKeys: groupIds,
  key: groupIds,
  // 1 and 2 are transactions and share groups, which are not served yet.
  keyType: fc.constantFrom(0, 0, 0, 9, -1),
  memberId: fc.constantFrom(MEMBER_OF_STABLE, MEMBER_OF_STABLE, 'nobody', ''),
  groupInstanceId: fc.constant('no-instance'),
  generationId: fc.constantFrom(1, 1, 2, 0, -1),
  generationIdOrMemberEpoch: fc.constantFrom(1, 1, 2, 0, -1),
  memberEpoch: fc.constantFrom(1, 1, 2, 0, -1),
  protocolType: fc.constantFrom('consumer', 'consumer', 'connect', ''),
  protocolName: fc.constantFrom('range', 'range', 'other', ''),
  sessionTimeoutMs: fc.constantFrom(1_800_000, 1_800_000, 1, -1),
  rebalanceTimeoutMs: fc.constantFrom(1_800_000, 0, -1),
  currentLeaderEpoch: epochs,
  leaderEpoch: epochs,
  lastFetchedEpoch: epochs,
  committedLeaderEpoch: epochs,
  fetchOffset: offsets,
  logStartOffset: offsets,
  committedOffset: offsets,
  committedMetadata: fc.constantFrom('', 'note', 'x'.repeat(MAX_METADATA), 'x'.repeat(MAX_METADATA + 1)),
  retentionTimeMs: fc.constantFrom(-1, 0, 1_000_000),
  timestamp: fc.constantFrom(-1n, -2n, -3n, -4n, -5n, -6n, -7n, 0n, 1_700_000_000_001n, 9_000_000_000_000n),
  isolationLevel: fc.constantFrom(0, 0, 1, 2, -1),
  replicaId: fc.constantFrom(-1, -1, -1, -2),
  maxWaitMs: fc.constant(0),
  minBytes: fc.constantFrom(0, 1, -1),
  maxBytes: fc.constantFrom(1_000_000, 100, 0, -1),
  partitionMaxBytes: fc.constantFrom(1_000_000, 100, 0, -1),
  sessionId: fc.constant(0),
  sessionEpoch: fc.constant(-1),
  clusterId: fc.constant(null),
  rackId: fc.constantFrom('', 'a-rack'),
  highWatermark: fc.constantFrom(-1n, 0n),
  replicaDirectoryId: fc.constant(ZERO_UUID),
  statesFilter: fc.constantFrom('Stable', 'empty', 'Dead', 'no such state', ''),
  typesFilter: fc.constantFrom('classic', 'Consumer', 'no such type', ''),
  endpointType: fc.constantFrom(1, 1, 2, 0, -1),
  responsePartitionLimit: fc.constantFrom(2_000, 1, 2, 0, -1),
  timeoutMs: fc.constantFrom(10_000, 1_000),
}

/** Whatever cannot be made here, so that only refusals and answers of `validateOnly` are seen. */
const creation: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  validateOnly: fc.constant(true),
  name: fc.constantFrom('one', 'three', 'new', 'a.b', 'retention.ms', 'cleanup.policy', '', '..'),
  value: fc.constantFrom('1', 'delete', 'soon', ''),
  numPartitions: counts,
  count: counts,
  replicationFactor: counts,
  brokerIds: fc.constantFrom(1, 1, 2, -1),
}

/**
 * Apache Kafka fails at a negative size with UNKNOWN_SERVER_ERROR for one partition that has records (docs/differences.md).
 */
const fetch: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  maxBytes: fc.constantFrom(1_000_000, 100, 0),
  partitionMaxBytes: fc.constantFrom(1_000_000, 100, 0),
}

/** Nothing is moved, changed or forgotten: brokers are those that are there or none, levels are only validated. */
const administration: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  electionType: fc.constantFrom(0, 1, 2, -1),
  replicas: fc.constantFrom(1, 1, 77, -1),
  brokerId: fc.constantFrom(77, 0, -1),
  feature: fc.constantFrom('metadata.version', 'group.version', 'transaction.version', 'kraft.version', 'no.such.version', ''),
  maxVersionLevel: fc.constantFrom(0, 1, 2, 3, 29, 30, 31, -1),
  upgradeType: fc.constantFrom(0, 1, 2, 3, 4, -1),
  validateOnly: fc.constant(true),
}

/** Every kind of resource, and none; settings that the two brokers are started with alike. */
const settings: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  resourceType: fc.constantFrom(2, 2, 2, 4, 4, 8, 16, 32, 0, 1, 3, 99, -1),
  resourceTypes: fc.constantFrom(2, 4, 8, 16, 32, 0, 99, -1),
  resourceName: fc.constantFrom('one', 'three', 'absent', 'a/b', '', '1', '7', '-1', ' 1', 'stable'),
  configurationKeys: fc.constantFrom('retention.ms', 'cleanup.policy', 'segment.bytes', 'log.retention.ms', 'num.io.threads', 'interval.ms', 'no.such', ''),
  name: fc.constantFrom(
    'retention.ms',
    'cleanup.policy',
    'segment.bytes',
    'min.insync.replicas',
    'log.retention.ms',
    'log.cleanup.policy',
    'num.io.threads',
    'node.id',
    'listener.name.plaintext.max.connections',
    'consumer.session.timeout.ms',
    'share.auto.offset.reset',
    'interval.ms',
    'match',
    'metrics',
    'root',
    'no.such',
    '',
  ),
  value: fc.constantFrom(
    '1',
    '0',
    '-1',
    '-2',
    '9',
    '50000',
    '9999999999999',
    'soon',
    'compact',
    'delete,compact',
    'bogus',
    'INFO',
    'earliest',
    'client_id=a',
    '',
  ),
  configOperation: fc.constantFrom(0, 0, 1, 2, 3),
  validateOnly: fc.constant(true),
}

/** Nothing can move, as each broker has one directory. */
const directories: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  path: fc.constantFrom(DIRECTORY, '/no/such', ''),
  name: fc.constantFrom(...TOPICS, 'absent', 'not a name'),
}

const producer: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  transactionalId: fc.constant(''),
  transactionTimeoutMs: fc.constantFrom(60_000, 0, -1),
  producerId: fc.constantFrom(-1, 0, 5),
  producerEpoch: fc.constantFrom(-1, 0, 1),
}

const codes = fc.constantFrom(0, 1, 1, 2, 2, 3, 3, 3, 4, 99, -1)
const rules: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  resourceType: codes,
  resourceTypeFilter: codes,
  patternTypeFilter: codes,
  resourcePatternType: codes,
  operation: codes,
  permissionType: codes,
}

const join: Readonly<Record<string, fc.Arbitrary<unknown>>> = { memberId: fc.constantFrom('nobody', ''), name: fc.constantFrom('range', 'other') }

interface Candidate {
  readonly api: Api<Fields, Fields>
  readonly versions: readonly number[]
  /** Over the common values. */
  readonly pools?: Readonly<Record<string, fc.Arbitrary<unknown>>>
  /** What is worth sending and can be compared. */
  readonly accept?: (body: Record<string, unknown>) => boolean
}

// biome-ignore lint/suspicious/noExplicitAny: an API of any two messages, whose fields the generator reads from the schema
type AnyApi = Api<any, any>

function candidate(api: AnyApi, lowest: number, highest: number, options: Pick<Candidate, 'pools' | 'accept'> = {}): Candidate {
  return { api, versions: versions(lowest, highest), ...options }
}

export const candidates: readonly Candidate[] = [
  candidate(FetchApi, 4, 12, { pools: fetch }),
  candidate(FetchApi, 13, 18, { pools: fetch, accept: hasTopicIds }),
  candidate(ListOffsetsApi, 1, 11),
  candidate(MetadataApi, 0, 13),
  candidate(OffsetCommitApi, 2, 10, { accept: storesWhatItNames }),
  candidate(OffsetFetchApi, 1, 10),
  candidate(FindCoordinatorApi, 0, 6),
  // Only members that do not exist: one that does would wait for others, and then the two brokers' clocks decide.
  candidate(JoinGroupApi, 0, 3, { pools: join, accept: ({ memberId }) => memberId !== '' }),
  candidate(JoinGroupApi, 4, 9, { pools: join, accept: ({ memberId, groupInstanceId }) => memberId !== '' || groupInstanceId === null }),
  candidate(HeartbeatApi, 0, 4),
  candidate(LeaveGroupApi, 0, 5, { pools: { memberId: fc.constantFrom('nobody', '') } }),
  candidate(SyncGroupApi, 0, 5, { pools: { assignment: fc.constant(Buffer.from('assigned')) } }),
  candidate(DescribeGroupsApi, 0, 6),
  candidate(ListGroupsApi, 0, 5),
  candidate(CreateTopicsApi, 2, 7, { pools: creation, accept: (body) => body.validateOnly === true && hasOneSettingAtMost(body) }),
  candidate(DeleteTopicsApi, 1, 6, {
    pools: {
      name: fc.constantFrom('absent', 'not a name', ''),
      topicNames: fc.constantFrom('absent', 'not a name', ''),
      topicId: fc.constantFrom(UNKNOWN_ID, ZERO_UUID),
    },
  }),
  candidate(DeleteRecordsApi, 0, 2, { pools: { offset: fc.constantFrom(0, 1, -1, -2, 100) } }),
  candidate(OffsetForLeaderEpochApi, 2, 4, { pools: { leaderEpoch: fc.constantFrom(-1, 0, 1) } }),
  candidate(CreatePartitionsApi, 0, 3, { pools: creation, accept: ({ validateOnly }) => validateOnly === true }),
  candidate(DeleteGroupsApi, 0, 2, { pools: { groupsNames: fc.constantFrom('stable', 'absent', '') } }),
  candidate(OffsetDeleteApi, 0, 0),
  candidate(DescribeClusterApi, 0, 2),
  candidate(DescribeTopicPartitionsApi, 0, 0),
  candidate(ElectLeadersApi, 0, 2, { pools: administration }),
  candidate(AlterPartitionReassignmentsApi, 0, 1, { pools: administration }),
  candidate(ListPartitionReassignmentsApi, 0, 0),
  candidate(DescribeQuorumApi, 0, 2),
  candidate(UpdateFeaturesApi, 1, 2, { pools: administration, accept: validatesOneFeature }),
  candidate(DescribeProducersApi, 0, 0),
  candidate(UnregisterBrokerApi, 0, 0, { pools: administration }),
  candidate(DescribeAclsApi, 1, 3, { pools: rules }),
  candidate(CreateAclsApi, 1, 3, { pools: rules }),
  candidate(DeleteAclsApi, 1, 3, { pools: rules }),
  candidate(DescribeConfigsApi, 1, 4, { pools: settings, accept: namesItsSettings }),
  candidate(AlterConfigsApi, 0, 2, { pools: settings, accept: validatesOneSettingEach }),
  candidate(IncrementalAlterConfigsApi, 0, 1, { pools: settings, accept: validatesOneSettingEach }),
  candidate(ListConfigResourcesApi, 0, 1, { pools: settings }),
  // What the log of the groups takes is not the same.
  candidate(DescribeLogDirsApi, 1, 5, { accept: ({ topics }) => topics !== null }),
  candidate(AlterReplicaLogDirsApi, 1, 2, { pools: directories }),
  candidate(InitProducerIdApi, 0, 5, { pools: producer }),
  // An owner with a name and no type is a mistake in which Apache Kafka fails (docs/differences.md).
  candidate(CreateDelegationTokenApi, 1, 3, { accept: ({ ownerPrincipalType }) => ownerPrincipalType !== null }),
  candidate(RenewDelegationTokenApi, 1, 2),
  candidate(ExpireDelegationTokenApi, 1, 2),
  candidate(DescribeDelegationTokenApi, 1, 3),
]

/** Of several features that are refused Apache Kafka names one by hash. */
function validatesOneFeature(body: Record<string, unknown>): boolean {
  return body.validateOnly === true && (body.featureUpdates as readonly unknown[]).length <= 1
}

/** All settings of a broker hold addresses and directories. */
function namesItsSettings(body: Record<string, unknown>): boolean {
  return (body.resources as readonly { readonly configurationKeys: unknown }[]).every(({ configurationKeys }) => configurationKeys !== null)
}

interface ConfigResource {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly unknown[]
}

/** Of several settings that are wrong Apache Kafka names the first by hash; a resource that stands twice it does not answer (docs/differences.md). */
function validatesOneSettingEach(body: Record<string, unknown>): boolean {
  const resources = body.resources as readonly ConfigResource[]
  // To Apache Kafka all types that it does not know are one.
  const kind = (type: number) => ([2, 4, 8, 16, 32].includes(type) ? type : 'unknown')
  const names = new Set(resources.map(({ resourceType, resourceName }) => `${kind(resourceType)}:${resourceName}`))
  return body.validateOnly === true && names.size === resources.length && resources.every(({ configs }) => configs.length <= 1)
}

function hasTopicIds(body: Record<string, unknown>): boolean {
  return (body.topics as readonly { readonly topicId: string }[]).every(({ topicId }) => topicId !== ZERO_UUID)
}

/** A commit that stores nothing makes a group in Apache Kafka's memory, until it is started again. */
function storesWhatItNames(body: Record<string, unknown>): boolean {
  const topics = body.topics as readonly { readonly partitions: readonly { readonly committedMetadata: string | null }[] }[]
  const isStored = topics.every(
    ({ partitions }) => partitions.length > 0 && partitions.every(({ committedMetadata }) => (committedMetadata ?? '').length <= MAX_METADATA),
  )
  return isStored || GROUPS.some((groupId) => groupId === body.groupId)
}

/** Of several settings that are wrong Apache Kafka names the first by hash. */
function hasOneSettingAtMost(body: Record<string, unknown>): boolean {
  return (body.topics as readonly { readonly configs: readonly unknown[] }[]).every(({ configs }) => configs.length <= 1)
}

/** One well-formed request: an API and version evenly, its fields from small pools of plausible values. */
export const randomRequest: fc.Arbitrary<RandomRequest> = fc.oneof(
  ...candidates.map(({ api, versions: list, pools, accept = () => true }) =>
    fc.constantFrom(...list).chain((version) =>
      arbitraryMessage(api.request, version, (fieldName) => pools?.[fieldName] ?? common[fieldName])
        .filter(accept)
        .map((body) => ({ api, version, body })),
    ),
  ),
)
