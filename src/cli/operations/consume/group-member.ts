/**
 * A member of a classic group, with the range assignor: joins, is given partitions or gives them, keeps its place by heartbeats.
 * Who reads asks `isStale` between records, and joins again when it is. Over a connection of its own, as a join may wait long.
 *
 * Errors: `KafkaError` of the coordinator for what does not pass by itself. Source: KIP-62, KIP-394, KIP-345.
 */

import { ConsumerProtocolAssignment } from '../../../../protocol/data/consumer-protocol-assignment.ts'
import { ConsumerProtocolSubscription } from '../../../../protocol/data/consumer-protocol-subscription.ts'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { HeartbeatApi } from '../../../../protocol/messages/heartbeat.ts'
import { JoinGroupApi, type JoinGroupResponse } from '../../../../protocol/messages/join-group.ts'
import { LeaveGroupApi } from '../../../../protocol/messages/leave-group.ts'
import { OffsetCommitApi } from '../../../../protocol/messages/offset-commit.ts'
import { SyncGroupApi } from '../../../../protocol/messages/sync-group.ts'
import { decodeMessage, encodeToBuffer } from '../../../../protocol/schema/codec.ts'
import { Reader } from '../../../../protocol/wire/reader.ts'
import { parseTopicPartitionKey, type TopicPartition } from '../../../base/topic-partition.ts'
import { PeerClient } from '../../../client/peer-client.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { partitionLeaders } from '../cluster/partition-leaders.ts'
import { upToVersion } from '../cluster/up-to-version.ts'
import { grouped } from '../grouped.ts'
import { assignmentOf } from '../groups/describe-groups.ts'
import { check, isKafkaError, isTransient, KafkaError } from '../kafka-error.ts'
import type { GroupSettings } from './consumer-settings.ts'
import type { PositionedPartition } from './fetcher.ts'
import { assignRanges, type Subscriber } from './range-assignor.ts'

const PROTOCOL_TYPE = 'consumer'
const ASSIGNOR = 'range'
/** Of subscriptions and assignments, as this side writes them. Version 0 has all that the range assignor needs. */
const CONSUMER_PROTOCOL = 0
const HIGHEST_CONSUMER_PROTOCOL = 3
const JOIN_GRACE_MS = 5_000
const NO_GENERATION = -1
/** Ids instead of names come after this. */
const OffsetCommitByName = upToVersion(OffsetCommitApi, 9)

const REJOIN = [ErrorCode.REBALANCE_IN_PROGRESS, ErrorCode.ILLEGAL_GENERATION, ErrorCode.UNKNOWN_MEMBER_ID] as const

/** See the head of this file. */
export class GroupMember implements AsyncDisposable {
  readonly #client: ClusterClient
  readonly #settings: GroupSettings
  #coordinator: PeerClient | null = null
  #memberId = ''
  #generation = NO_GENERATION
  #lastHeartbeatMs = 0
  #isStale = true

  constructor(client: ClusterClient, settings: GroupSettings) {
    this.#client = client
    this.#settings = settings
  }

  /** What it was given is not its own any more: it has to join. */
  get isStale(): boolean {
    return this.#isStale
  }

  /** What it wants has changed: it joins again. */
  leaveGeneration(): void {
    this.#isStale = true
  }

  /** Joins, again if need be, until it has its partitions. */
  join(topics: readonly string[]): Promise<readonly TopicPartition[]> {
    return this.#client.retry('joinGroup', async () => {
      for (;;) {
        try {
          const partitions = await this.#joinOnce(topics)
          this.#isStale = false
          this.#lastHeartbeatMs = this.#nowMs()
          return partitions
        } catch (error) {
          await this.#afterFailure(error)
        }
      }
    })
  }

  /** Sends a heartbeat if it is time for one. */
  async keepAlive(): Promise<void> {
    if (this.#isStale || this.#nowMs() - this.#lastHeartbeatMs < this.#settings.heartbeatIntervalMs) return
    this.#lastHeartbeatMs = this.#nowMs()
    await this.#inGroup(async () => {
      const { groupId, instanceId } = this.#settings
      const answer = await (await this.#peer()).send(HeartbeatApi, {
        groupId,
        generationId: this.#generation,
        memberId: this.#memberId,
        groupInstanceId: instanceId,
      })
      check(answer.errorCode)
    })
  }

  /** Writes where it is. A commit that comes too late, as the partitions are another's already, is dropped. */
  async commit(offsets: readonly PositionedPartition[]): Promise<void> {
    if (offsets.length === 0 || this.#generation === NO_GENERATION) return
    const { groupId, instanceId } = this.#settings
    const topics = [...grouped(offsets, ({ topic }) => topic)].map(([name, some]) => ({
      name,
      partitions: some.map(({ partition, offset, leaderEpoch }) => ({
        partitionIndex: partition,
        committedOffset: offset,
        committedLeaderEpoch: leaderEpoch,
        committedMetadata: '',
      })),
    }))
    await this.#inGroup(async () => {
      const member = { generationIdOrMemberEpoch: this.#generation, memberId: this.#memberId, groupInstanceId: instanceId }
      const answer = await (await this.#peer()).send(OffsetCommitByName, { groupId, ...member, topics })
      for (const { partitions } of answer.topics) for (const { errorCode } of partitions) check(errorCode)
    })
  }

  /** Leaves the group, unless its place is kept for it (a static member). Whether the coordinator hears of it does not matter. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { groupId, instanceId } = this.#settings
    const peer = this.#coordinator
    if (peer === null) return
    if (this.#memberId !== '' && instanceId === null) {
      const members = [{ memberId: this.#memberId, reason: 'the consumer is being closed' }]
      await peer
        .send(LeaveGroupApi, (version) => (version < 3 ? { groupId, memberId: this.#memberId, members: [] } : { groupId, members }))
        .catch((error: unknown) => {
          if (!isTransient(error)) throw error
        })
    }
    await peer[Symbol.asyncDispose]()
    this.#coordinator = null
  }

  async #joinOnce(topics: readonly string[]): Promise<readonly TopicPartition[]> {
    const { groupId, instanceId, sessionTimeoutMs, maxPollIntervalMs } = this.#settings
    const peer = await this.#peer()
    const answer = await peer.send(JoinGroupApi, {
      groupId,
      sessionTimeoutMs,
      rebalanceTimeoutMs: maxPollIntervalMs,
      memberId: this.#memberId,
      groupInstanceId: instanceId,
      protocolType: PROTOCOL_TYPE,
      protocols: [{ name: ASSIGNOR, metadata: subscriptionBytes(topics) }],
    })
    if (answer.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      this.#memberId = answer.memberId
      return this.#joinOnce(topics)
    }
    check(answer.errorCode)
    this.#memberId = answer.memberId
    this.#generation = answer.generationId
    return this.#sync(peer, answer)
  }

  async #sync(peer: PeerClient, joined: JoinGroupResponse): Promise<readonly TopicPartition[]> {
    const isLeader = joined.leader === joined.memberId && !joined.skipAssignment
    const answer = await peer.send(SyncGroupApi, {
      groupId: this.#settings.groupId,
      generationId: joined.generationId,
      memberId: joined.memberId,
      groupInstanceId: this.#settings.instanceId,
      protocolType: PROTOCOL_TYPE,
      protocolName: joined.protocolName,
      assignments: isLeader ? await this.#divide(joined) : [],
    })
    check(answer.errorCode)
    return assignmentOf(answer.assignment)
  }

  /** As the leader of the group: who shall have what. */
  async #divide({ members }: JoinGroupResponse) {
    const subscribers = members.map(({ memberId, groupInstanceId, metadata }): Subscriber => {
      return { memberId, instanceId: groupInstanceId, topics: subscribedTopics(metadata) }
    })
    const topics = [...new Set(subscribers.flatMap((subscriber) => subscriber.topics))].toSorted()
    const assigned = assignRanges(subscribers, await this.#partitionCounts(topics))
    return subscribers.map(({ memberId }) => ({ memberId, assignment: assignmentBytes(assigned.get(memberId) ?? []) }))
  }

  async #partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>()
    for (const key of (await partitionLeaders(this.#client, topics)).keys()) {
      const topic = parseTopicPartitionKey(key)?.topic
      if (topic !== undefined && topics.includes(topic)) counts.set(topic, (counts.get(topic) ?? 0) + 1)
    }
    return counts
  }

  /** A member that the group does not know, or not in this generation, joins again; the rest is thrown. */
  async #inGroup(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (isKafkaError(error, ...REJOIN)) this.#isStale = true
      await this.#afterFailure(error)
    }
  }

  async #afterFailure(error: unknown): Promise<void> {
    if (isKafkaError(error, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.ILLEGAL_GENERATION)) this.#forgetMember()
    if (isKafkaError(error, ...REJOIN)) return
    if (!isTransient(error)) throw error
    await this.#forgetCoordinator()
    await this.#client.ports.timers.sleep(this.#client.settings.retryBackoffMs)
  }

  #forgetMember(): void {
    this.#memberId = ''
    this.#generation = NO_GENERATION
  }

  async #forgetCoordinator(): Promise<void> {
    this.#client.forget()
    const peer = this.#coordinator
    this.#coordinator = null
    await peer?.[Symbol.asyncDispose]()
  }

  async #peer(): Promise<PeerClient> {
    if (this.#coordinator !== null) return this.#coordinator
    const { groupId, maxPollIntervalMs } = this.#settings
    const { host, port } = await this.#client.retry('findCoordinator', () => this.#client.coordinatorOf(groupId))
    const { network, timers } = this.#client.ports
    const timeoutMs = Math.max(maxPollIntervalMs + JOIN_GRACE_MS, this.#client.settings.requestTimeoutMs)
    this.#coordinator = new PeerClient({ endpoint: { host, port }, network, timers, clientId: this.#client.settings.clientId, timeoutMs })
    return this.#coordinator
  }

  #nowMs(): number {
    return this.#client.ports.clock.monotonicMs()
  }
}

function withVersion(bytes: Buffer): Buffer {
  const version = Buffer.alloc(2)
  version.writeInt16BE(CONSUMER_PROTOCOL)
  return Buffer.concat([version, bytes])
}

function subscriptionBytes(topics: readonly string[]): Buffer {
  return withVersion(encodeToBuffer(ConsumerProtocolSubscription, { topics }, CONSUMER_PROTOCOL))
}

function assignmentBytes(partitions: readonly TopicPartition[]): Buffer {
  const assignedPartitions = [...grouped(partitions, ({ topic }) => topic)].map(([topic, some]) => ({
    topic,
    partitions: some.map(({ partition }) => partition),
  }))
  return withVersion(encodeToBuffer(ConsumerProtocolAssignment, { assignedPartitions }, CONSUMER_PROTOCOL))
}

function subscribedTopics(metadata: Uint8Array): readonly string[] {
  const reader = new Reader(Buffer.from(metadata.buffer, metadata.byteOffset, metadata.byteLength))
  const version = reader.int16()
  if (version < 0) throw new KafkaError(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
  return decodeMessage(ConsumerProtocolSubscription, reader, Math.min(version, HIGHEST_CONSUMER_PROTOCOL)).topics
}
