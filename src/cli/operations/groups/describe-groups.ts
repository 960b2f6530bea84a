import { ConsumerProtocolAssignment } from '../../../../protocol/data/consumer-protocol-assignment.ts'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ConsumerGroupDescribeApi, type ConsumerGroupDescribeResponse } from '../../../../protocol/messages/consumer-group-describe.ts'
import { DescribeGroupsApi, type DescribeGroupsResponse } from '../../../../protocol/messages/describe-groups.ts'
import { decodeMessage } from '../../../../protocol/schema/codec.ts'
import { Reader } from '../../../../protocol/wire/reader.ts'
import type { TopicPartition } from '../../../base/topic-partition.ts'
import type { Broker, ClusterClient } from '../cluster/cluster-client.ts'
import { check } from '../kafka-error.ts'

export interface MemberDescription {
  readonly memberId: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly host: string
  readonly assignment: readonly TopicPartition[]
  /** Of the groups of KIP-848 only; empty for classic ones. */
  readonly targetAssignment: readonly TopicPartition[]
  readonly epoch: number | null
  /** Whether the member speaks the protocol of KIP-848; null where that is not told. */
  readonly isUpgraded: boolean | null
}

export interface GroupDescription {
  readonly groupId: string
  readonly coordinator: Broker
  readonly type: 'Classic' | 'Consumer'
  readonly state: string
  readonly assignor: string
  /** Of the groups of KIP-848 only. */
  readonly groupEpoch: number | null
  readonly targetAssignmentEpoch: number | null
  readonly members: readonly MemberDescription[]
}

const NO_CLASSIC = new Set<number>([ErrorCode.GROUP_ID_NOT_FOUND, ErrorCode.UNSUPPORTED_VERSION])

/** Errors: GROUP_ID_NOT_FOUND with Kafka's sentence; others as the coordinator answers. */
export function describeGroup(client: ClusterClient, groupId: string): Promise<GroupDescription> {
  return client.retry('describeConsumerGroups', async () => {
    const coordinator = await client.coordinatorOf(groupId)
    return (await describeConsumerGroup(client, groupId, coordinator)) ?? describeClassicGroup(client, groupId, coordinator)
  })
}

/** null where it is no group of KIP-848, or the broker knows none. */
async function describeConsumerGroup(client: ClusterClient, groupId: string, coordinator: Broker): Promise<GroupDescription | null> {
  if ((await client.versionOf(ConsumerGroupDescribeApi)) === null) return null
  const { groups } = await client.askCoordinator(groupId, ConsumerGroupDescribeApi, { groupIds: [groupId], includeAuthorizedOperations: false })
  const group = groups[0]
  if (group === undefined || NO_CLASSIC.has(group.errorCode)) return null
  check(group.errorCode, group.errorMessage)
  return {
    groupId,
    coordinator,
    type: 'Consumer',
    state: group.groupState,
    assignor: group.assignorName,
    groupEpoch: group.groupEpoch,
    targetAssignmentEpoch: group.assignmentEpoch,
    members: group.members.map(consumerMember),
  }
}

type ConsumerMember = ConsumerGroupDescribeResponse['groups'][number]['members'][number]

function consumerMember(member: ConsumerMember): MemberDescription {
  const { memberId, instanceId, clientId, clientHost, assignment, targetAssignment, memberEpoch, memberType } = member
  return {
    memberId,
    instanceId,
    clientId,
    host: clientHost,
    assignment: partitionsOf(assignment.topicPartitions.map(({ topicName, partitions }) => ({ topic: topicName, partitions }))),
    targetAssignment: partitionsOf(targetAssignment.topicPartitions.map(({ topicName, partitions }) => ({ topic: topicName, partitions }))),
    epoch: memberEpoch,
    isUpgraded: memberType < 0 ? null : memberType === 1,
  }
}

async function describeClassicGroup(client: ClusterClient, groupId: string, coordinator: Broker): Promise<GroupDescription> {
  const { groups } = await client.askCoordinator(groupId, DescribeGroupsApi, (version) => ({
    groups: [groupId],
    ...(version < 3 ? {} : { includeAuthorizedOperations: false }),
  }))
  const group = groups[0] as DescribeGroupsResponse['groups'][number]
  check(group.errorCode, group.errorMessage)
  return {
    groupId,
    coordinator,
    type: 'Classic',
    state: group.groupState,
    assignor: group.protocolData,
    groupEpoch: null,
    targetAssignmentEpoch: null,
    members: group.members.map(classicMember),
  }
}

function classicMember(member: DescribeGroupsResponse['groups'][number]['members'][number]): MemberDescription {
  const { memberId, groupInstanceId, clientId, clientHost, memberAssignment } = member
  const assignment = assignmentOf(memberAssignment)
  return { memberId, instanceId: groupInstanceId, clientId, host: clientHost, assignment, targetAssignment: [], epoch: null, isUpgraded: null }
}

/** As consumers write it: a version, then the fields. Empty where the member has none yet. */
export function assignmentOf(bytes: Uint8Array): readonly TopicPartition[] {
  if (bytes.length === 0) return []
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const version = Math.min(reader.int16(), HIGHEST_ASSIGNMENT)
  return partitionsOf(decodeMessage(ConsumerProtocolAssignment, reader, version).assignedPartitions)
}

/** Later versions begin with the fields of this one. Source: KIP-429. */
const HIGHEST_ASSIGNMENT = 3

function partitionsOf(topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[]): TopicPartition[] {
  return topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))
}
