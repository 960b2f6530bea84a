/**
 * A classic consumer group: members, generation and the state of its rebalance, with the rules that hold whatever the request.
 *
 * Generation, protocol, leader and members with their assignments are what a GroupMetadata record holds. Everything else is
 * soft: who waits for an answer, who was given an id and has not joined, who has not synced; after loading it starts empty.
 * What requests and timers do to a group stands in the files beside (`join.ts`, `rebalance.ts`, `sync.ts`, …).
 *
 * Source: org.apache.kafka.coordinator.group.classic.ClassicGroup.
 */
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { assert } from '../../base/assert.ts'
import type { Clock, TimestampMs } from '../../base/ports.ts'
import { ClassicMember, type OfferedProtocol } from './member.ts'
import { ProtocolOffers } from './protocol-offers.ts'
import { mostVoted } from './protocol-votes.ts'
import { fencedJoin, fencedSync, type JoinReply, joinError, type RespondToJoin } from './replies.ts'
import { type ClassicState, mayFollow } from './state.ts'
import { subscribedByAny } from './subscription.ts'

export const CONSUMER_PROTOCOL_TYPE = 'consumer'

export interface ClassicGroupInit {
  readonly state: 'Empty' | 'Stable'
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leaderId: string | null
  /** When the group came into its state; null where a record did not say. */
  readonly stateSinceMs: TimestampMs | null
}

export class ClassicGroup {
  readonly kind = 'classic'
  readonly groupId: string
  readonly #clock: Clock
  #state: ClassicState
  #previousState: ClassicState = 'Dead'
  #stateSinceMs: TimestampMs | null
  #generationId: number
  #protocolType: string | null
  #protocolName: string | null
  #leaderId: string | null
  readonly #members = new Map<string, ClassicMember>()
  /** Member ids by group instance id. */
  readonly #staticMembers = new Map<string, string>()
  readonly #offers = new ProtocolOffers()
  /** null: not known, since no member speaks the consumer protocol. */
  #subscribedTopics: ReadonlySet<string> | null = null
  /** Given a member id and told to join with it. */
  readonly pendingJoin = new Set<string>()
  /** Told of the new generation and not yet heard of. */
  readonly pendingSync = new Set<string>()
  #awaitingJoinCount = 0
  /** Someone joined since the initial rebalance was last put off. */
  newMemberAdded = false

  constructor(groupId: string, clock: Clock, init?: ClassicGroupInit) {
    this.groupId = groupId
    this.#clock = clock
    this.#state = init?.state ?? 'Empty'
    this.#generationId = init?.generationId ?? 0
    this.#protocolType = init?.protocolType ?? null
    this.#protocolName = init?.protocolName ?? null
    this.#leaderId = init?.leaderId ?? null
    this.#stateSinceMs = init === undefined ? clock.nowMs() : init.stateSinceMs
  }

  get state(): ClassicState {
    return this.#state
  }

  get previousState(): ClassicState {
    return this.#previousState
  }

  get stateSinceMs(): TimestampMs | null {
    return this.#stateSinceMs
  }

  get generationId(): number {
    return this.#generationId
  }

  get protocolType(): string | null {
    return this.#protocolType
  }

  get protocolName(): string | null {
    return this.#protocolName
  }

  get leaderId(): string | null {
    return this.#leaderId
  }

  get memberCount(): number {
    return this.#members.size
  }

  get awaitingJoinCount(): number {
    return this.#awaitingJoinCount
  }

  get isEmpty(): boolean {
    return this.#state === 'Empty'
  }

  /** Offsets were committed for it, and no member ever joined. */
  get isSimple(): boolean {
    return this.#protocolType === null && this.isEmpty && this.pendingJoin.size === 0
  }

  get usesConsumerProtocol(): boolean {
    return this.#protocolType === CONSUMER_PROTOCOL_TYPE
  }

  get canRebalance(): boolean {
    return mayFollow('PreparingRebalance', this.#state)
  }

  get haveAllJoined(): boolean {
    return this.#members.size === this.#awaitingJoinCount && this.pendingJoin.size === 0
  }

  /** The longest that any member wants to be waited for. */
  get rebalanceTimeoutMs(): number {
    let longest = 0
    for (const member of this.#members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs)
    return longest
  }

  members(): readonly ClassicMember[] {
    return [...this.#members.values()]
  }

  member(memberId: string): ClassicMember | undefined {
    return this.#members.get(memberId)
  }

  staticMemberId(groupInstanceId: string): string | undefined {
    return this.#staticMembers.get(groupInstanceId)
  }

  isLeader(memberId: string): boolean {
    return this.#leaderId === memberId
  }

  transitionTo(state: ClassicState): void {
    assert(mayFollow(state, this.#state), `a classic group does not go from ${this.#state} to ${state}`)
    this.#previousState = this.#state
    this.#state = state
    this.#stateSinceMs = this.#clock.nowMs()
  }

  /** @param respond null: the member waits for nothing (it comes from a record) */
  add(member: ClassicMember, respond: RespondToJoin | null): void {
    if (member.groupInstanceId !== null) {
      assert(!this.#staticMembers.has(member.groupInstanceId), 'a group instance id has one member')
      this.#staticMembers.set(member.groupInstanceId, member.memberId)
    }
    if (this.#members.size === 0) this.#protocolType = member.protocolType
    assert(this.#protocolType === member.protocolType, 'the members of a group have its protocol type')
    this.#leaderId ??= member.memberId
    this.#members.set(member.memberId, member)
    this.#offers.add(member.protocols)
    this.#setAwaitingJoin(member, respond)
    this.pendingJoin.delete(member.memberId)
  }

  /** Of a member, or of an id that has not joined yet. */
  remove(memberId: string): void {
    const member = this.#members.get(memberId)
    if (member !== undefined) {
      this.#members.delete(memberId)
      this.#offers.remove(member.protocols)
      if (member.isAwaitingJoin) this.#awaitingJoinCount -= 1
      if (member.groupInstanceId !== null) this.#staticMembers.delete(member.groupInstanceId)
    }
    if (this.isLeader(memberId)) this.#leaderId = this.#members.keys().next().value ?? null
    this.pendingJoin.delete(memberId)
    this.pendingSync.delete(memberId)
  }

  /** The member's new terms; its JoinGroup waits now, or (null) no longer. */
  update(
    member: ClassicMember,
    terms: { readonly protocols: readonly OfferedProtocol[]; readonly rebalanceTimeoutMs: number; readonly sessionTimeoutMs: number },
    respond: RespondToJoin | null,
  ): void {
    this.#offers.remove(member.protocols)
    member.protocols = terms.protocols
    this.#offers.add(member.protocols)
    member.rebalanceTimeoutMs = terms.rebalanceTimeoutMs
    member.sessionTimeoutMs = terms.sessionTimeoutMs
    this.#setAwaitingJoin(member, respond)
  }

  /** A static member came back under a new member id: whoever still uses the old one is fenced. Source: KIP-345. */
  replaceStaticMember(groupInstanceId: string, oldMemberId: string, newMemberId: string): ClassicMember {
    const old = this.#members.get(oldMemberId)
    assert(old !== undefined, 'the member to replace is in the group')
    this.#members.delete(oldMemberId)
    this.completeJoin(old, fencedJoin(oldMemberId))
    old.completeSync(fencedSync())
    const { clientId, clientHost } = old
    const successor = new ClassicMember({ memberId: newMemberId, groupInstanceId: old.groupInstanceId, clientId, clientHost }, old, old.assignment)
    this.#members.set(newMemberId, successor)
    if (this.isLeader(oldMemberId)) this.#leaderId = newMemberId
    this.#staticMembers.set(groupInstanceId, newMemberId)
    return successor
  }

  /** NONE, or why a request in the name of this member is refused. */
  validateMember(memberId: string, groupInstanceId: string | null): number {
    if (groupInstanceId !== null) {
      const current = this.#staticMembers.get(groupInstanceId)
      if (current === undefined) return ErrorCode.UNKNOWN_MEMBER_ID
      if (current !== memberId) return ErrorCode.FENCED_INSTANCE_ID
    }
    return this.#members.has(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID
  }

  /** Whether a member that offers `protocols` can be in the group. */
  supports(protocolType: string, protocols: readonly OfferedProtocol[]): boolean {
    if (this.isEmpty) return protocolType !== '' && protocols.length > 0
    return this.#protocolType === protocolType && protocols.some(({ name }) => this.#offers.countOf(name) === this.#members.size)
  }

  /** The protocol that the members' votes give: of those that all offer, the one that most prefer. */
  selectProtocol(): string | null {
    const candidates = this.#offers.madeBy(this.#members.size)
    return mostVoted(this.members().map((member) => member.vote(candidates)))
  }

  /** Makes sure that the leader is one who has rejoined. False when there is none. */
  electJoinedLeader(): boolean {
    const leader = this.#leaderId === null ? undefined : this.#members.get(this.#leaderId)
    if (leader === undefined) return false
    if (leader.isAwaitingJoin) return true
    const successor = this.members().find((member) => member.isAwaitingJoin)
    if (successor === undefined) return false
    this.#leaderId = successor.memberId
    return true
  }

  startNextGeneration(): void {
    // Kafka counts in 32 bits; clients take a negative generation for none.
    this.#generationId = (this.#generationId + 1) | 0
    this.#protocolName = this.#members.size > 0 ? this.selectProtocol() : null
    this.refreshSubscribedTopics()
    this.transitionTo(this.#members.size > 0 ? 'CompletingRebalance' : 'Empty')
    this.pendingSync.clear()
  }

  refreshSubscribedTopics(): void {
    this.#subscribedTopics = this.usesConsumerProtocol ? subscribedByAny(this.members(), this.#protocolName) : null
  }

  /** Whether the offsets of `topic` are in use. Where that cannot be known they are taken to be. */
  isSubscribedTo(topic: string): boolean {
    return this.#subscribedTopics?.has(topic) ?? this.usesConsumerProtocol
  }

  /** null: not known. */
  get subscribedTopics(): ReadonlySet<string> | null {
    return this.#subscribedTopics
  }

  get knowsSubscribedTopics(): boolean {
    return this.#subscribedTopics !== null
  }

  completeJoin(member: ClassicMember, reply: JoinReply): void {
    const respond = member.awaitingJoin
    if (respond === null) return
    this.#setAwaitingJoin(member, null)
    respond(reply)
  }

  #setAwaitingJoin(member: ClassicMember, respond: RespondToJoin | null): void {
    // Kafka leaves the earlier of two JoinGroups of one member unanswered, which would hold up what follows it on its connection.
    if (respond !== null) member.awaitingJoin?.(joinError(member.memberId, ErrorCode.REBALANCE_IN_PROGRESS))
    if (respond !== null && !member.isAwaitingJoin) this.#awaitingJoinCount += 1
    if (respond === null && member.isAwaitingJoin) this.#awaitingJoinCount -= 1
    member.awaitingJoin = respond
  }
}
