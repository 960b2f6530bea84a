import { ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { HeartbeatApi } from '../../../../protocol/messages/heartbeat.ts'
import { JoinGroupApi } from '../../../../protocol/messages/join-group.ts'
import { LeaveGroupApi } from '../../../../protocol/messages/leave-group.ts'
import { OffsetCommitApi } from '../../../../protocol/messages/offset-commit.ts'
import { OffsetFetchApi } from '../../../../protocol/messages/offset-fetch.ts'
import { SyncGroupApi } from '../../../../protocol/messages/sync-group.ts'
import type { Ports } from '../../../../src/base/ports.ts'
import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import { type End, onlyOne } from '../../actor.ts'
import { Unanswered } from '../../asker.ts'
import { KafkaClient } from '../../kafka-client.ts'
import { BROKER, isPassing, type OneNodeRole, PARTITIONS, TOPIC } from './role.ts'

const GROUP_ID = 'members'
const PROTOCOL = { protocolType: 'consumer', protocolName: 'range' }

/** What members of the group have been told. */
export class GroupModel {
  /** The greatest offset whose commit was acknowledged, by partition. */
  readonly committed = new Map<number, number>()
  /** Who was told that it owns a partition, by generation and partition. */
  readonly #owners = new Map<string, string>()

  owns(generationId: number, memberId: string, partitions: readonly number[]): void {
    for (const partition of partitions) {
      const key = `${generationId} ${partition}`
      const owner = this.#owners.get(key) ?? memberId
      ok(owner === memberId, `partition ${partition} has two owners in generation ${generationId}: ${owner} and ${memberId}`)
      this.#owners.set(key, owner)
    }
  }

  /** @param before what was acknowledged when the offsets were asked for */
  fetched(before: ReadonlyMap<number, number>, offsets: ReadonlyMap<number, number>): void {
    for (const [partition, offset] of before) {
      ok((offsets.get(partition) ?? -1) >= offset, `partition ${partition} was committed up to ${offset} and is at ${offsets.get(partition)}`)
    }
  }

  commits(offsets: ReadonlyMap<number, number>): void {
    for (const [partition, offset] of offsets) this.committed.set(partition, Math.max(offset, this.committed.get(partition) ?? 0))
  }
}

interface Membership {
  readonly memberId: string
  readonly generationId: number
  readonly owned: readonly number[]
}

/**
 * A member of a group that others are in too: joins, goes on from the committed offsets, commits, leaves or falls silent,
 * and comes again under a new name. A generation's partitions have one owner each, and committed offsets never go back.
 */
export class Member implements OneNodeRole {
  readonly #ports: Ports
  readonly #random: SeededRandom
  readonly #model: GroupModel
  #commits = 0

  constructor(ports: Ports, random: SeededRandom, model: GroupModel) {
    this.#ports = ports
    this.#random = random
    this.#model = model
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#live(end)]
  }

  get progress(): number {
    return this.#commits
  }

  async verify(client: KafkaClient): Promise<void> {
    await this.#committed(client)
  }

  async #live(end: End): Promise<void> {
    while (!end.isStopping) {
      // The connection of one that fell silent stays open.
      const client = new KafkaClient(this.#ports, BROKER)
      try {
        await this.#beMember(client, end)
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
      await this.#ports.timers.sleep(50 + this.#random.below(200))
    }
  }

  async #beMember(client: KafkaClient, end: End): Promise<void> {
    const endMs = this.#ports.clock.monotonicMs() + 500 + this.#random.below(3000)
    const isOver = () => end.isStopping || this.#ports.clock.monotonicMs() > endMs
    let memberId = ''
    while (!isOver()) {
      const membership = await this.#join(client, memberId)
      if (membership === null) return
      memberId = membership.memberId
      if (!(await this.#work(client, membership, isOver))) return
    }
    if (end.isStopping || this.#random.chance(0.8)) await client.ask(LeaveGroupApi, 3, { groupId: GROUP_ID, members: [{ memberId }] })
  }

  /** null when the broker wants to hear no more of this name. */
  async #join(client: KafkaClient, memberId: string): Promise<Membership | null> {
    const group = { groupId: GROUP_ID, sessionTimeoutMs: 6000, rebalanceTimeoutMs: 3000, protocolType: PROTOCOL.protocolType }
    const joined = await client.ask(JoinGroupApi, 9, { ...group, memberId, protocols: [{ name: PROTOCOL.protocolName, metadata: Buffer.alloc(0) }] })
    if (joined.errorCode === ErrorCode.MEMBER_ID_REQUIRED) return this.#join(client, joined.memberId)
    if (!this.#isGood(joined.errorCode)) return null
    const { generationId, leader, members } = joined
    const assignments = leader === joined.memberId ? assignmentsOf(members.map((member) => member.memberId)) : []
    const synced = await client.ask(SyncGroupApi, 5, { groupId: GROUP_ID, generationId, memberId: joined.memberId, ...PROTOCOL, assignments })
    if (!this.#isGood(synced.errorCode)) return null
    const owned = Buffer.from(synced.assignment).toString().split(',').filter(Boolean).map(Number)
    this.#model.owns(generationId, joined.memberId, owned)
    return { memberId: joined.memberId, generationId, owned }
  }

  /** True when the group rebalances, or the member's time is over. */
  async #work(client: KafkaClient, membership: Membership, isOver: () => boolean): Promise<boolean> {
    const { memberId, generationId, owned } = membership
    const committed = await this.#committed(client)
    const offsets = new Map(owned.map((partition) => [partition, committed.get(partition) ?? 0]))
    while (!isOver()) {
      await this.#ports.timers.sleep(50 + this.#random.below(150))
      const { errorCode } = await client.ask(HeartbeatApi, 4, { groupId: GROUP_ID, generationId, memberId })
      if (errorCode === ErrorCode.REBALANCE_IN_PROGRESS) return true
      if (!this.#isGood(errorCode)) return false
      for (const [partition, offset] of offsets) offsets.set(partition, offset + 1)
      if (owned.length > 0 && !(await this.#commit(client, membership, offsets))) return false
    }
    return true
  }

  async #commit(client: KafkaClient, { memberId, generationId }: Membership, offsets: ReadonlyMap<number, number>): Promise<boolean> {
    const partitions = [...offsets].map(([partitionIndex, committedOffset]) => ({ partitionIndex, committedOffset, committedMetadata: null }))
    const request = { groupId: GROUP_ID, memberId, generationIdOrMemberEpoch: generationId, topics: [{ name: TOPIC, partitions }] }
    const answer = await client.ask(OffsetCommitApi, 8, request)
    if (!onlyOne(answer.topics).partitions.every(({ errorCode }) => this.#isGood(errorCode))) return false
    this.#model.commits(offsets)
    this.#commits++
    return true
  }

  async #committed(client: KafkaClient): Promise<Map<number, number>> {
    const before = new Map(this.#model.committed)
    const group = { groupId: GROUP_ID, topics: [{ name: TOPIC, partitionIndexes: PARTITIONS }] }
    const answer = await client.askUntil(OffsetFetchApi, 8, { groups: [group] }, ({ groups }) => groups[0]?.errorCode === ErrorCode.NONE)
    const { partitions } = onlyOne(answer.groups[0]?.topics)
    const offsets = new Map(partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, Math.max(0, committedOffset)]))
    this.#model.fetched(before, offsets)
    return offsets
  }

  /** False for what ends a membership. Throws for answers that no member may get. */
  #isGood(errorCode: number): boolean {
    if (errorCode === ErrorCode.NONE) return true
    const expected: readonly number[] = [ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.ILLEGAL_GENERATION, ErrorCode.REBALANCE_IN_PROGRESS]
    ok(expected.includes(errorCode) || isPassing(errorCode), `a member was told ${errorName(errorCode)}`)
    return false
  }
}

function assignmentsOf(memberIds: readonly string[]): { memberId: string; assignment: Buffer }[] {
  return memberIds.map((memberId, index) => ({
    memberId,
    assignment: Buffer.from(PARTITIONS.filter((_partition, at) => at % memberIds.length === index).join()),
  }))
}
