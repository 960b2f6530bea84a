import { errorName } from '../../../protocol/error-codes.ts'
import type { HeartbeatRequest } from '../../../protocol/messages/heartbeat.ts'
import type { JoinGroupRequest } from '../../../protocol/messages/join-group.ts'
import type { LeaveGroupRequest } from '../../../protocol/messages/leave-group.ts'
import type { OffsetCommitRequest } from '../../../protocol/messages/offset-commit.ts'
import { type OffsetFetchRequest, OffsetFetchResponse } from '../../../protocol/messages/offset-fetch.ts'
import type { SyncGroupRequest } from '../../../protocol/messages/sync-group.ts'
import { decodeFrom, encodeToBuffer } from '../../../protocol/schema/codec.ts'
import type { Fields, Input, Message, Value } from '../../../protocol/schema/notation.ts'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import type { GroupRequestContext } from '../../../src/group/group-coordinator.ts'
import { GroupService } from '../../../src/group/group-service.ts'
import type { GroupSettings } from '../../../src/group/group-settings.ts'
import type { TopicDirectory } from '../../../src/group/topic-directory.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { World } from '../../support/world/world.ts'
import { MemoryLog } from '../coordinator/memory-log.ts'

export const defaultSettings: GroupSettings = {
  writeTimeoutMs: 5000,
  appendLingerMs: -1,
  loadBufferBytes: 5_242_880,
  compression: 'none',
  offsetsTopicPartitionCount: 1,
  minSessionTimeoutMs: 6000,
  maxSessionTimeoutMs: 1_800_000,
  initialRebalanceDelayMs: 3000,
  memberConnectionGraceMs: -1,
  maxGroupSize: 2_147_483_647,
  offsetMetadataMaxLength: 4096,
  offsetsRetentionMs: 7 * 24 * 3_600_000,
  offsetsRetentionCheckIntervalMs: 600_000,
}

/** Topics `t` and `u` of two partitions each. */
export const topicIds: Readonly<Record<string, Uuid>> = { t: 'AAAAAAAAAAAAAAAAAAAAdA' as Uuid, u: 'AAAAAAAAAAAAAAAAAAAAdQ' as Uuid }

export const groupTopics: TopicDirectory = {
  topicId: (name) => topicIds[name] ?? ZERO_UUID,
  topicName: (id) => Object.keys(topicIds).find((name) => topicIds[name] === id) ?? null,
  hasTopic: (name) => name in topicIds,
  hasPartition: (name, partition) => name in topicIds && partition < 2,
}

/** A group coordinator with one partition, in simulated time, over a log in memory. */
export class GroupBench {
  readonly world = new World({ seed: 1 })
  readonly log = new MemoryLog()
  readonly settings: GroupSettings
  groups: GroupService
  #epoch = 0

  private constructor(settings: Partial<GroupSettings>) {
    this.settings = { ...defaultSettings, ...settings }
    this.groups = this.#newService()
  }

  static async start(settings: Partial<GroupSettings> = {}): Promise<GroupBench> {
    const bench = new GroupBench(settings)
    await bench.#load()
    return bench
  }

  /** As by a crash and restart of the node. */
  async reload(): Promise<void> {
    await this.groups[Symbol.asyncDispose]()
    this.groups = this.#newService()
    await this.#load()
  }

  complete<T>(promise: Promise<T>): Promise<T> {
    return this.world.complete(promise)
  }

  async #load(): Promise<void> {
    this.#epoch += 1
    this.groups.onElection(0, this.#epoch)
    await this.world.complete(this.groups.whenServing(0))
  }

  #newService(): GroupService {
    const { clock, timers, random } = this.world.node('a').ports
    const openLog = (_topic: string, _partition: number, leaderEpoch: number) => this.log.open(leaderEpoch)
    return new GroupService({ settings: this.settings, openLog, topics: groupTopics, clock, timers, random, logger: silentLogger })
  }
}

/** An answer as the client has it: encoded and decoded in the version of its request. */
export function received<F extends Fields>(message: Message<F>, answer: Input<Message<F>>, apiVersion: number): Value<Message<F>> {
  return decodeFrom(message, encodeToBuffer(message, answer, apiVersion), apiVersion)
}

const STAYS_OPEN = new AbortController().signal

export function context(apiVersion: number, clientId = 'client', connectionId = 1): GroupRequestContext {
  return { apiVersion, clientId, clientHost: '/10.0.0.9', connectionId, closed: STAYS_OPEN }
}

export function joinRequest(fields: Partial<JoinGroupRequest> = {}): JoinGroupRequest {
  return {
    groupId: 'g',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    memberId: '',
    groupInstanceId: null,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: subscription('t') }],
    reason: null,
    ...fields,
  }
}

export function syncRequest(fields: Partial<SyncGroupRequest>): SyncGroupRequest {
  return { groupId: 'g', generationId: 1, memberId: '', groupInstanceId: null, protocolType: 'consumer', protocolName: 'range', assignments: [], ...fields }
}

export function heartbeatRequest(fields: Partial<HeartbeatRequest>): HeartbeatRequest {
  return { groupId: 'g', generationId: 1, memberId: '', groupInstanceId: null, ...fields }
}

export function leaveRequest(members: Partial<LeaveGroupRequest['members'][number]>[], fields: Partial<LeaveGroupRequest> = {}): LeaveGroupRequest {
  return { groupId: 'g', memberId: '', members: members.map((member) => ({ memberId: '', groupInstanceId: null, reason: null, ...member })), ...fields }
}

/** @param offsets by `topic-partition` */
export function commitRequest(offsets: Readonly<Record<string, number>>, fields: Partial<OffsetCommitRequest> = {}): OffsetCommitRequest {
  const topics = Object.entries(offsets).map(([key, committedOffset]) => {
    const [name = '', partitionIndex] = key.split('-')
    return {
      name,
      topicId: topicIds[name] ?? ZERO_UUID,
      partitions: [{ partitionIndex: Number(partitionIndex), committedOffset, committedLeaderEpoch: -1, committedMetadata: null }],
    }
  })
  return { groupId: 'g', generationIdOrMemberEpoch: -1, memberId: '', groupInstanceId: null, retentionTimeMs: -1, topics, ...fields }
}

export function fetchRequest(groupId: string, options: { readonly requireStable?: boolean } = {}): OffsetFetchRequest {
  return { groupId: '', topics: [], groups: [{ groupId, memberId: null, memberEpoch: -1, topics: null }], requireStable: options.requireStable ?? false }
}

/** What a consumer says of itself: ConsumerProtocolSubscription version 0. */
export function subscription(...topicNames: string[]): Buffer {
  const names = topicNames.map((name) => Buffer.concat([int16(name.length), Buffer.from(name)]))
  return Buffer.concat([int16(0), int32(topicNames.length), ...names, int32(-1)])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** The committed offsets of a group by `topic-partition`, as a client is told them; errors by name. */
export async function committedOffsets(
  bench: GroupBench,
  groupId = 'g',
  options: { readonly requireStable?: boolean } = {},
): Promise<Record<string, number | string>> {
  const answer = await bench.complete(bench.groups.offsetFetch(context(9), fetchRequest(groupId, options)))
  const [group] = received(OffsetFetchResponse, answer, 9).groups
  const offsets: Record<string, number | string> = {}
  for (const { name, partitions } of group?.topics ?? []) {
    for (const { partitionIndex, errorCode, committedOffset } of partitions) {
      offsets[`${name}-${partitionIndex}`] = errorCode === 0 ? committedOffset : errorName(errorCode)
    }
  }
  return group?.errorCode === 0 ? offsets : { group: errorName(group?.errorCode ?? -1) }
}
