import { ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { HeartbeatApi } from '../../../protocol/messages/heartbeat.ts'
import { JoinGroupApi } from '../../../protocol/messages/join-group.ts'
import { LeaveGroupApi } from '../../../protocol/messages/leave-group.ts'
import { OffsetCommitApi } from '../../../protocol/messages/offset-commit.ts'
import { OffsetFetchApi, type OffsetFetchResponse } from '../../../protocol/messages/offset-fetch.ts'
import { SyncGroupApi } from '../../../protocol/messages/sync-group.ts'
import type { Ports } from '../../../src/base/ports.ts'
import type { SeededRandom } from '../../support/world/seeded-random.ts'
import { type End, onlyOne, type Role } from '../actor.ts'
import { type Asker, askUntil, Unanswered } from '../asker.ts'

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

export interface MemberOptions {
  readonly ports: Ports
  readonly random: SeededRandom
  readonly group: GroupModel
  readonly groupId: string
  readonly topic: string
  readonly partitions: readonly number[]
  /** A connection to the group's coordinator for each membership: that of one that fell silent stays open. */
  connect(): Asker
  /** Whether this answer is one after which clients ask again. */
  isPassing(errorCode: number): boolean
  /** For how long it is a member under one name, at most. */
  readonly lifeMs: number
  /** Between heartbeats, each with a commit, at most. */
  readonly pauseMs: number
  /** Before offsets are fetched again. */
  readonly retryMs: number
  /** Whether the coordinator that answers is the one that there is: in a cluster a former one may not know it yet. */
  isCertain(): boolean
}

/**
 * A member of a group that others are in too: joins, goes on from the committed offsets, commits, leaves or falls silent,
 * and comes again under a new name. A generation's partitions have one owner each, and committed offsets never go back.
 */
export class Member implements Role {
  readonly #options: MemberOptions
  #commits = 0

  constructor(options: MemberOptions) {
    this.#options = options
  }

  get progress(): number {
    return this.#commits
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#live(end)]
  }

  /** At the end: what was acknowledged is there. */
  async verify(client: Asker): Promise<void> {
    await this.#committed(client)
  }

  async #live(end: End): Promise<void> {
    while (!end.isStopping) {
      // The connection of one that fell silent stays open.
      const client = this.#options.connect()
      try {
        await this.#beMember(client, end)
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
      client.lookAgain()
      await this.#options.ports.timers.sleep(50 + this.#options.random.below(200))
    }
  }

  async #beMember(client: Asker, end: End): Promise<void> {
    const { ports, random, groupId, lifeMs } = this.#options
    const endMs = ports.clock.monotonicMs() + random.between(lifeMs / 7, lifeMs)
    const isOver = () => end.isStopping || ports.clock.monotonicMs() > endMs
    let memberId = ''
    while (!isOver()) {
      const membership = await this.#join(client, memberId)
      if (membership === null) return
      memberId = membership.memberId
      if (!(await this.#work(client, membership, isOver))) return
    }
    if (end.isStopping || random.chance(0.8)) await client.ask(LeaveGroupApi, 3, { groupId, members: [{ memberId }] })
  }

  /** null when the broker wants to hear no more of this name. */
  async #join(client: Asker, memberId: string): Promise<Membership | null> {
    const { groupId } = this.#options
    const group = { groupId, sessionTimeoutMs: 6000, rebalanceTimeoutMs: 3000, protocolType: PROTOCOL.protocolType }
    const joined = await client.ask(JoinGroupApi, 9, { ...group, memberId, protocols: [{ name: PROTOCOL.protocolName, metadata: Buffer.alloc(0) }] })
    if (joined.errorCode === ErrorCode.MEMBER_ID_REQUIRED) return this.#join(client, joined.memberId)
    if (!this.#isGood(joined.errorCode)) return null
    const { generationId, leader, members } = joined
    const assignments = leader === joined.memberId ? this.#assign(members.map((member) => member.memberId)) : []
    const synced = await client.ask(SyncGroupApi, 5, { groupId, generationId, memberId: joined.memberId, ...PROTOCOL, assignments })
    if (!this.#isGood(synced.errorCode)) return null
    const owned = Buffer.from(synced.assignment).toString().split(',').filter(Boolean).map(Number)
    this.#options.group.owns(generationId, joined.memberId, owned)
    return { memberId: joined.memberId, generationId, owned }
  }

  /** True when the group rebalances, or the member's time is over. */
  async #work(client: Asker, membership: Membership, isOver: () => boolean): Promise<boolean> {
    const { ports, random, groupId, pauseMs } = this.#options
    const { memberId, generationId, owned } = membership
    const committed = await this.#committed(client)
    const offsets = new Map(owned.map((partition) => [partition, committed.get(partition) ?? 0]))
    while (!isOver()) {
      await ports.timers.sleep(random.between(pauseMs / 4, pauseMs))
      const { errorCode } = await client.ask(HeartbeatApi, 4, { groupId, generationId, memberId })
      if (errorCode === ErrorCode.REBALANCE_IN_PROGRESS) return true
      if (!this.#isGood(errorCode)) return false
      for (const [partition, offset] of offsets) offsets.set(partition, offset + 1)
      if (owned.length > 0 && !(await this.#commit(client, membership, offsets))) return false
    }
    return true
  }

  async #commit(client: Asker, { memberId, generationId }: Membership, offsets: ReadonlyMap<number, number>): Promise<boolean> {
    const { groupId, topic } = this.#options
    const partitions = [...offsets].map(([partitionIndex, committedOffset]) => ({ partitionIndex, committedOffset, committedMetadata: null }))
    const request = { groupId, memberId, generationIdOrMemberEpoch: generationId, topics: [{ name: topic, partitions }] }
    const answer = await client.ask(OffsetCommitApi, 8, request)
    if (!onlyOne(answer.topics).partitions.every(({ errorCode }) => this.#isGood(errorCode))) return false
    this.#options.group.commits(offsets)
    this.#commits++
    return true
  }

  async #committed(client: Asker): Promise<Map<number, number>> {
    const { ports, group, groupId, topic, partitions, retryMs, isCertain } = this.#options
    const [before, wasCertain] = [new Map(group.committed), isCertain()]
    const request = { groups: [{ groupId, topics: [{ name: topic, partitionIndexes: partitions }] }] }
    const isGood = ({ groups }: OffsetFetchResponse) => groups[0]?.errorCode === ErrorCode.NONE
    const retrying = { timers: ports.timers, backoffMs: retryMs, maxBackoffMs: retryMs }
    const answer = await askUntil(client, { api: OffsetFetchApi, version: 8, request, isGood, ...retrying })
    const found = onlyOne(onlyOne(answer.groups).topics).partitions
    const offsets = new Map(found.map(({ partitionIndex, committedOffset }) => [partitionIndex, Math.max(0, committedOffset)]))
    if (wasCertain && isCertain()) group.fetched(before, offsets)
    return offsets
  }

  /** False for what ends a membership. Throws for answers that no member may get. */
  #isGood(errorCode: number): boolean {
    if (errorCode === ErrorCode.NONE) return true
    const expected: readonly number[] = [ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.ILLEGAL_GENERATION, ErrorCode.REBALANCE_IN_PROGRESS]
    ok(expected.includes(errorCode) || this.#options.isPassing(errorCode), `a member was told ${errorName(errorCode)}`)
    return false
  }

  #assign(memberIds: readonly string[]): { memberId: string; assignment: Buffer }[] {
    return memberIds.map((memberId, index) => ({
      memberId,
      assignment: Buffer.from(this.#options.partitions.filter((_partition, at) => at % memberIds.length === index).join()),
    }))
  }
}
