/**
 * A member of a classic group, with the range assignor: joins, is given partitions or gives them, keeps its place by heartbeats.
 * Who reads asks `isStale` between records, and joins again when it is. Over a connection of its own, as a join may wait long; it
 * leaves over another, since nothing is heard on a connection behind a join that waits.
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
import type { Api, Fields, Message, Value } from '../../../../protocol/schema/notation.ts'
import { Reader } from '../../../../protocol/wire/reader.ts'
import { OdradekError } from '../../../base/errors.ts'
import { parseTopicPartitionKey, type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import type { PeerClient, RequestFor } from '../../../client/peer-client.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { partitionLeaders } from '../cluster/partition-leaders.ts'
import { upToVersion } from '../cluster/up-to-version.ts'
import { grouped } from '../grouped.ts'
import { assignmentOf } from '../groups/describe-groups.ts'
import { check, isKafkaError, isTransient, KafkaError } from '../kafka-error.ts'
import { inTime, unlessAborted } from '../within.ts'
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
  #heartbeatDueMs = 0
  #isStale = true

  constructor(client: ClusterClient, settings: GroupSettings) {
    this.#client = client
    this.#settings = settings
  }

  /** What it was given is not its own any more: it has to join. */
  get isStale(): boolean {
    return this.#isStale
  }

  /** On the monotonic clock. */
  get heartbeatDueMs(): number {
    return this.#heartbeatDueMs
  }

  /** What it wants has changed: it joins again. */
  leaveGeneration(): void {
    this.#isStale = true
  }

  /**
   * Joins, again if need be, until it has its partitions: as long as the other members take.
   * @param signal ends it, with its reason; the group may take it for one that joins, until it leaves
   */
  async join(topics: readonly string[], signal: AbortSignal): Promise<readonly TopicPartition[]> {
    const { timers } = this.#client.ports
    for (;;) {
      try {
        const partitions = await this.#joinOnce(topics, signal)
        this.#isStale = false
        this.#heartbeatDueMs = this.#nowMs() + this.#settings.heartbeatIntervalMs
        return partitions
      } catch (error) {
        await this.#afterFailure(error, signal.aborted)
        signal.throwIfAborted()
        if (!(isTransient(error) || isKafkaError(error, ...REJOIN))) throw error
        if (isTransient(error)) await timers.sleep(this.#client.settings.retryBackoffMs, signal)
      }
    }
  }

  /** Sends a heartbeat if it is time for one. */
  async keepAlive(): Promise<void> {
    if (this.#isStale || this.#nowMs() < this.#heartbeatDueMs) return
    this.#heartbeatDueMs = this.#nowMs() + this.#settings.heartbeatIntervalMs
    const { groupId, instanceId: groupInstanceId } = this.#settings
    try {
      const { errorCode } = await this.#inTime(this.#send(HeartbeatApi, { groupId, generationId: this.#generation, memberId: this.#memberId, groupInstanceId }))
      check(errorCode)
    } catch (error) {
      await this.#afterFailure(error)
      if (isTransient(error)) this.#heartbeatDueMs = this.#nowMs() + this.#client.settings.retryBackoffMs
      else if (!isKafkaError(error, ...REJOIN)) throw error
    }
  }

  /**
   * Writes where it is, once.
   * @returns what was taken: nothing where the partitions are another's already, and no partitions that are not there any more
   * Errors: also what passes by itself.
   */
  async commit(offsets: readonly PositionedPartition[]): Promise<readonly PositionedPartition[]> {
    if (offsets.length === 0 || this.#generation === NO_GENERATION) return []
    try {
      const failed = await this.#inTime(this.#commitOnce(offsets))
      return offsets.filter(({ topic, partition }) => !failed.has(topicPartitionKey(topic, partition)))
    } catch (error) {
      await this.#afterFailure(error)
      if (isKafkaError(error, ...REJOIN)) return []
      throw error
    }
  }

  /** Leaves the group, unless its place is kept for it (a static member). Whether the coordinator hears of it does not matter. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { groupId, instanceId } = this.#settings
    await this.#forgetCoordinator()
    if (this.#memberId === '' || instanceId !== null) return
    const members = [{ memberId: this.#memberId, reason: 'the consumer is being closed' }]
    const request = (version: number) => (version < 3 ? { groupId, memberId: this.#memberId, members: [] } : { groupId, members })
    this.#forgetMember()
    try {
      await this.#inTime(this.#client.askCoordinator(groupId, LeaveGroupApi, request))
    } catch (error) {
      if (!isTransient(error)) throw error
    }
  }

  /** @returns the keys of partitions that are not there any more */
  async #commitOnce(offsets: readonly PositionedPartition[]): Promise<ReadonlySet<string>> {
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
    const member = { generationIdOrMemberEpoch: this.#generation, memberId: this.#memberId, groupInstanceId: instanceId }
    const answer = await this.#send(OffsetCommitByName, { groupId, ...member, topics })
    const gone = new Set<string>()
    for (const { name, partitions } of answer.topics) {
      for (const { partitionIndex, errorCode } of partitions) {
        if (errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) gone.add(topicPartitionKey(name, partitionIndex))
        else check(errorCode)
      }
    }
    return gone
  }

  async #joinOnce(topics: readonly string[], signal: AbortSignal): Promise<readonly TopicPartition[]> {
    const { groupId, instanceId, sessionTimeoutMs, maxPollIntervalMs } = this.#settings
    const joining = this.#send(JoinGroupApi, {
      groupId,
      sessionTimeoutMs,
      rebalanceTimeoutMs: maxPollIntervalMs,
      memberId: this.#memberId,
      groupInstanceId: instanceId,
      protocolType: PROTOCOL_TYPE,
      protocols: [{ name: ASSIGNOR, metadata: subscriptionBytes(topics) }],
    })
    const answer = await unlessAborted(signal, joining)
    if (answer.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      this.#memberId = answer.memberId
      return this.#joinOnce(topics, signal)
    }
    check(answer.errorCode)
    this.#memberId = answer.memberId
    this.#generation = answer.generationId
    return this.#sync(answer, signal)
  }

  async #sync(joined: JoinGroupResponse, signal: AbortSignal): Promise<readonly TopicPartition[]> {
    const isLeader = joined.leader === joined.memberId && !joined.skipAssignment
    const assignments = isLeader ? await unlessAborted(signal, this.#divide(joined)) : []
    const syncing = this.#send(SyncGroupApi, {
      groupId: this.#settings.groupId,
      generationId: joined.generationId,
      memberId: joined.memberId,
      groupInstanceId: this.#settings.instanceId,
      protocolType: PROTOCOL_TYPE,
      protocolName: joined.protocolName,
      assignments,
    })
    const answer = await unlessAborted(signal, syncing)
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

  /** A member that the group does not know, or not in this generation, joins again; a coordinator that cannot be one is looked for anew. */
  async #afterFailure(error: unknown, isGivenUp = false): Promise<void> {
    if (isKafkaError(error, ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.ILLEGAL_GENERATION)) this.#forgetMember()
    if (isKafkaError(error, ...REJOIN)) this.#isStale = true
    else if (isGivenUp || isTransient(error)) await this.#forgetCoordinator()
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

  async #send<Q extends Fields, A extends Fields>(api: Api<Q, A>, request: RequestFor<Q>): Promise<Value<Message<A>>> {
    return (await this.#peer()).send(api, request)
  }

  /** What is answered at once; the connection has the patience that a join takes. */
  #inTime<T>(work: Promise<T>): Promise<T> {
    const { groupId } = this.#settings
    const { requestTimeoutMs } = this.#client.settings
    const late = () => new OdradekError('CLIENT_TIMEOUT', `The coordinator of ${groupId} did not answer within ${requestTimeoutMs} ms`, { fields: { groupId } })
    return inTime(this.#client.ports.timers, requestTimeoutMs, work, late)
  }

  async #peer(): Promise<PeerClient> {
    if (this.#coordinator !== null) return this.#coordinator
    const { groupId, maxPollIntervalMs } = this.#settings
    const coordinator = await this.#client.retry('findCoordinator', () => this.#client.coordinatorOf(groupId))
    this.#coordinator = this.#client.connectionTo(coordinator, Math.max(maxPollIntervalMs + JOIN_GRACE_MS, this.#client.settings.requestTimeoutMs))
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
