/**
 * Consumers of one group come, work, leave and die, lose their connections and come back on others, while their coordinator loses its leadership, crashes (and haunts its
 * successor for a while, since nobody told it), cannot write, and waits for its replicas.
 *
 * What must hold: a partition has one owner in each generation, and the owners of a generation are told the same assignment; an
 * acknowledged commit is never forgotten, nor taken back by someone of an earlier generation; every request is answered; and once
 * all is quiet the members that are left share all partitions, and stay members though their connections break.
 */
import { ErrorCode, errorName } from '../../protocol/error-codes.ts'
import { JoinGroupResponse } from '../../protocol/messages/join-group.ts'
import { OffsetCommitResponse } from '../../protocol/messages/offset-commit.ts'
import { OffsetFetchResponse } from '../../protocol/messages/offset-fetch.ts'
import { SyncGroupResponse } from '../../protocol/messages/sync-group.ts'
import { assert } from '../../src/base/assert.ts'
import { deferred } from '../../src/base/deferred.ts'
import type { Ports } from '../../src/base/ports.ts'
import type { GroupCoordinator, GroupRequestContext } from '../../src/group/group-coordinator.ts'
import { GroupService } from '../../src/group/group-service.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import type { SeededRandom } from '../support/world/seeded-random.ts'
import type { World } from '../support/world/world.ts'
import { MemoryLog } from '../unit/coordinator/memory-log.ts'
import {
  commitRequest,
  context,
  defaultSettings,
  fetchRequest,
  groupTopics,
  heartbeatRequest,
  joinRequest,
  leaveRequest,
  received,
  syncRequest,
} from '../unit/group/group-bench.ts'
import type { Scenario } from './scenario.ts'

const PARTITIONS = ['t-0', 't-1', 'u-0', 'u-1']
const CHAOS_MS = 180_000
/** Beyond the longest that a dead member, or a rebalance without it, can hold up the others. */
const QUIET_MS = 60_000
/** The end of the quiet, in which nobody has a reason to leave. */
const SETTLED_MS = 20_000
const SESSION_TIMEOUT_MS = 6_000
const REBALANCE_TIMEOUT_MS = 8_000
const REQUEST_TIMEOUT_MS = 15_000

export const groupMembers: Scenario = {
  name: 'group-members',
  promise: 'one owner for each partition, and no acknowledged offset lost, whatever members and coordinator suffer',
  async play(world) {
    const stage = new Stage(world)
    await stage.elect()
    while (world.nowMs < CHAOS_MS) {
      await world.run(world.random.below(4000))
      stage.checkNobodyFailed()
      await stage.disturb()
    }
    await stage.calm()
    await world.run(QUIET_MS - SETTLED_MS)
    stage.settle()
    await world.run(SETTLED_MS)
    stage.checkNobodyFailed()
    stage.checkAllIsShared()
  },
}

class Stage {
  readonly world: World
  readonly model = new Model()
  readonly #log = new MemoryLog()
  readonly #consumers = new Set<Consumer>()
  readonly #random: SeededRandom
  #service: GroupService | null = null
  #epoch = 0
  #born = 0
  #connectionCount = 0
  #failure: unknown = null
  #isCalm = false
  /** Nobody is removed from the group any more. */
  isSettled = false

  constructor(world: World) {
    this.world = world
    this.#random = world.random.fork('stage')
  }

  /** Whom the clients find. */
  get coordinator(): GroupCoordinator {
    assert(this.#service !== null, 'the stage begins with an election')
    return this.#service
  }

  /** A new node takes over. The old one is left as it is: it finds out when it writes. */
  async elect(): Promise<void> {
    const { clock, timers, random } = this.world.node('coordinator').ports
    const memberConnectionGraceMs = this.#random.pick([-1, 0, 1000])
    const settings = { ...defaultSettings, initialRebalanceDelayMs: this.#random.below(2000), memberConnectionGraceMs }
    const openLog = (_topic: string, _partition: number, leaderEpoch: number) => this.#log.open(leaderEpoch)
    this.#epoch += 1
    this.#service = new GroupService({ settings, openLog, topics: groupTopics, clock, timers, random, logger: silentLogger })
    this.#service.onElection(0, this.#epoch)
    await this.world.complete(this.#service.whenServing(0))
  }

  async disturb(): Promise<void> {
    const chance = this.#random.fraction()
    if (chance < 0.35 && this.#consumers.size < 5) this.#start()
    else if (chance < 0.5) this.#stop('leaves')
    else if (chance < 0.65) this.#stop('dies')
    else if (chance < 0.75) this.#log.failNext(this.#random.pick([ErrorCode.NOT_ENOUGH_REPLICAS, ErrorCode.KAFKA_STORAGE_ERROR]))
    else if (chance < 0.85) this.#log.hold()
    else if (chance < 0.93) this.#log.release()
    else if (chance < 0.96) await this.elect()
    else {
      await this.coordinator[Symbol.asyncDispose]()
      await this.elect()
    }
  }

  /** @param old the connection that the client had, 0 for none */
  reconnect(old: number): number {
    this.#service?.onConnectionClosed(old)
    return ++this.#connectionCount
  }

  /** Whether something untoward happens to a client. */
  happens(probability: number): boolean {
    return !this.#isCalm && this.#random.chance(probability)
  }

  async calm(): Promise<void> {
    this.#isCalm = true
    this.#log.release()
    if (this.#consumers.size === 0) this.#start()
    await this.elect()
  }

  settle(): void {
    this.isSettled = true
  }

  /** A connection breaks now and then, however quiet it is. */
  loses(): boolean {
    return this.#random.chance(0.03)
  }

  /** What a client that was fenced does: another has its name now, and be it one that died with a request under way. Somebody is always left. */
  retire(consumer: Consumer): void {
    this.#consumers.delete(consumer)
    consumer.stop('dies')
    if (this.#isCalm && this.#consumers.size === 0) this.#start()
  }

  checkNobodyFailed(): void {
    if (this.#failure !== null) throw this.#failure
  }

  checkAllIsShared(): void {
    const consumers = [...this.#consumers]
    const owned = consumers.flatMap((consumer) => consumer.owned).sort()
    assert(
      owned.join() === PARTITIONS.join(),
      `all partitions have one owner when all is quiet, and of ${consumers.length} members these have: ${owned.join()}`,
    )
    const generations = new Set(consumers.map(({ generationId }) => generationId))
    assert(generations.size === 1, 'all members are of one generation when all is quiet')
  }

  #start(): void {
    this.#born += 1
    const consumer = new Consumer(this, `c${this.#born}`, this.#random.chance(0.3) ? `i${this.#born % 3}` : null)
    this.#consumers.add(consumer)
    consumer.run().catch((error: unknown) => {
      this.#failure ??= error
    })
  }

  #stop(how: 'leaves' | 'dies'): void {
    if (this.#consumers.size === 0) return
    const consumer = this.#random.pick([...this.#consumers])
    this.#consumers.delete(consumer)
    consumer.stop(how)
  }
}

/** What has been promised. */
class Model {
  /** The greatest offset whose commit was acknowledged, by partition. */
  readonly acknowledged = new Map<string, number>()
  /** By generation and partition: who was told that it owns the partition. */
  readonly #owners = new Map<string, string>()

  /** The newest of which somebody was told its part. */
  assignedGeneration = 0

  owns(generationId: number, memberId: string, partitions: readonly string[]): void {
    this.assignedGeneration = Math.max(generationId, this.assignedGeneration)
    for (const partition of partitions) {
      const key = `${generationId} ${partition}`
      const owner = this.#owners.get(key) ?? memberId
      assert(owner === memberId, `${partition} has two owners in generation ${generationId}: ${owner} and ${memberId}`)
      this.#owners.set(key, owner)
    }
  }

  commits(partition: string, offset: number): void {
    this.acknowledged.set(partition, Math.max(offset, this.acknowledged.get(partition) ?? 0))
  }
}

/** A client of the classic protocol, as small as it can be. */
class Consumer {
  readonly #stage: Stage
  readonly #name: string
  readonly #groupInstanceId: string | null
  #memberId = ''
  generationId = -1
  owned: string[] = []
  #stopping: 'leaves' | 'dies' | null = null
  #connectionId: number

  constructor(stage: Stage, name: string, groupInstanceId: string | null) {
    this.#stage = stage
    this.#connectionId = stage.reconnect(0)
    this.#name = name
    this.#groupInstanceId = groupInstanceId
  }

  get #ports(): Ports {
    return this.#stage.world.node('clients').ports
  }

  stop(how: 'leaves' | 'dies'): void {
    this.#stopping = how
    if (how === 'dies') this.#stage.reconnect(this.#connectionId)
  }

  #context(apiVersion: number): GroupRequestContext {
    return context(apiVersion, this.#name, this.#connectionId)
  }

  async run(): Promise<void> {
    while (this.#stopping === null) {
      if (!(await this.#join())) await this.#ports.timers.sleep(200)
      else await this.#work()
      this.owned = []
    }
    if (this.#stopping === 'leaves') await this.#leave()
  }

  /** True when the member has its assignment. */
  async #join(): Promise<boolean> {
    const request = joinRequest({
      memberId: this.#memberId,
      groupInstanceId: this.#groupInstanceId,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
    })
    const answer = await this.#ask((coordinator) => coordinator.joinGroup(this.#context(9), request))
    if (answer === null) return false
    const { errorCode, memberId, generationId, leader, members, skipAssignment } = received(JoinGroupResponse, answer, 9)
    if (errorCode === ErrorCode.MEMBER_ID_REQUIRED) this.#memberId = memberId
    if (errorCode !== ErrorCode.NONE) return this.#retryable(errorCode)
    this.#memberId = memberId
    this.generationId = generationId
    return this.#sync(leader === memberId && !skipAssignment ? members.map((member) => member.memberId) : [])
  }

  async #sync(memberIds: readonly string[]): Promise<boolean> {
    const assignments = memberIds.map((memberId, index) => ({
      memberId,
      assignment: Buffer.from(PARTITIONS.filter((_partition, at) => at % memberIds.length === index).join()),
    }))
    const request = syncRequest({ memberId: this.#memberId, generationId: this.generationId, groupInstanceId: this.#groupInstanceId, assignments })
    const answer = await this.#ask((coordinator) => coordinator.syncGroup(this.#context(5), request))
    if (answer === null) return false
    const { errorCode, assignment } = received(SyncGroupResponse, answer, 5)
    if (errorCode !== ErrorCode.NONE) return this.#retryable(errorCode)
    this.owned = Buffer.from(assignment).toString().split(',').filter(Boolean)
    this.#stage.model.owns(this.generationId, this.#groupInstanceId ?? this.#memberId, this.owned)
    return true
  }

  /** Reads on from the committed offsets and commits, until it is told to join again. */
  async #work(): Promise<void> {
    const offsets = await this.#committed()
    while (this.#stopping === null && offsets !== null) {
      await this.#ports.timers.sleep(500 + this.#ports.random.below(500))
      // A consumer that is slow to notice: its heartbeats are another thread's business.
      if (!this.#stage.happens(0.7) && !(await this.#heartbeat())) return
      for (const partition of this.owned) offsets.set(partition, (offsets.get(partition) ?? 0) + 1)
      if (!(await this.#commit(offsets))) return
    }
  }

  async #committed(): Promise<Map<string, number> | null> {
    const before = new Map(this.#stage.model.acknowledged)
    const answer = await this.#ask((coordinator) => coordinator.offsetFetch(this.#context(9), fetchRequest('g')))
    const group = answer === null ? undefined : received(OffsetFetchResponse, answer, 9).groups[0]
    if (group === undefined || group.errorCode !== ErrorCode.NONE) return null
    const offsets = new Map<string, number>()
    for (const { name, partitions } of group.topics)
      for (const { partitionIndex, committedOffset } of partitions) offsets.set(`${name}-${partitionIndex}`, committedOffset)
    for (const [partition, offset] of before) {
      assert((offsets.get(partition) ?? -1) >= offset, `${partition} was committed up to ${offset} and is at ${offsets.get(partition)}`)
    }
    return new Map([...offsets].filter(([partition]) => this.owned.includes(partition)))
  }

  async #heartbeat(): Promise<boolean> {
    const request = heartbeatRequest({ memberId: this.#memberId, generationId: this.generationId, groupInstanceId: this.#groupInstanceId })
    const answer = await this.#ask((coordinator) => coordinator.heartbeat(this.#context(4), request))
    return answer !== null && this.#stays(Number(answer.errorCode))
  }

  async #commit(offsets: ReadonlyMap<string, number>): Promise<boolean> {
    if (this.owned.length === 0) return true
    const { generationId } = this
    const request = commitRequest(Object.fromEntries(offsets), {
      memberId: this.#memberId,
      generationIdOrMemberEpoch: generationId,
      groupInstanceId: this.#groupInstanceId,
    })
    let assignedGeneration = 0
    const answer = await this.#ask((coordinator) => {
      assignedGeneration = this.#stage.model.assignedGeneration
      return coordinator.offsetCommit(this.#context(9), request)
    })
    if (answer === null) return false
    const codes = received(OffsetCommitResponse, answer, 9).topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))
    if (codes.every((code) => code === ErrorCode.NONE)) {
      assert(generationId >= assignedGeneration, `a commit of generation ${generationId} was taken after generation ${assignedGeneration} had begun`)
      for (const [partition, offset] of offsets) this.#stage.model.commits(partition, offset)
    }
    return codes.every((code) => this.#stays(code))
  }

  async #leave(): Promise<void> {
    await this.#ask((coordinator) =>
      coordinator.leaveGroup(this.#context(5), leaveRequest([{ memberId: this.#memberId, groupInstanceId: this.#groupInstanceId }])),
    )
  }

  #stays(errorCode: number): boolean {
    return errorCode === ErrorCode.NONE || this.#retryable(errorCode)
  }

  /** Always false: the caller tries again. Throws for answers that no member may get. */
  #retryable(errorCode: number): false {
    const expected: readonly number[] = [
      ErrorCode.MEMBER_ID_REQUIRED,
      ErrorCode.UNKNOWN_MEMBER_ID,
      ErrorCode.FENCED_INSTANCE_ID,
      ErrorCode.ILLEGAL_GENERATION,
      ErrorCode.REBALANCE_IN_PROGRESS,
      ErrorCode.NOT_COORDINATOR,
      ErrorCode.COORDINATOR_NOT_AVAILABLE,
      ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
      ErrorCode.GROUP_ID_NOT_FOUND,
    ]
    assert(expected.includes(errorCode), `${this.#name} was told ${errorName(errorCode)}`)
    assert(!this.#stage.isSettled || errorCode !== ErrorCode.UNKNOWN_MEMBER_ID, `${this.#name} lives and was removed from its group`)
    if (errorCode === ErrorCode.UNKNOWN_MEMBER_ID) this.#memberId = ''
    if (errorCode === ErrorCode.FENCED_INSTANCE_ID) this.#stage.retire(this)
    return false
  }

  /** null when there is no answer in time: the coordinator may be one that nobody hears any more. Some requests travel for long. */
  async #ask<T>(request: (coordinator: GroupCoordinator) => Promise<T>): Promise<T | null> {
    if (this.#stage.happens(0.1)) await this.#ports.timers.sleep(this.#ports.random.below(SESSION_TIMEOUT_MS))
    if (this.#stopping === 'dies') return null
    if (this.#stage.loses()) this.#connectionId = this.#stage.reconnect(this.#connectionId)
    const answered = deferred<T | null>()
    request(this.#stage.coordinator).then(answered.resolve, answered.reject)
    const timer = this.#ports.timers.schedule(REQUEST_TIMEOUT_MS, () => answered.resolve(null))
    const answer = await answered.promise
    timer.cancel()
    return answer
  }
}
