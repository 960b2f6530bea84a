import { ErrorCode } from '../../../protocol/error-codes.ts'
import { assert } from '../../base/assert.ts'
import { NO_ASSIGNMENT, type RespondToJoin, type RespondToSync, type SyncReply, syncError } from './replies.ts'

/** One assignment strategy that a member offers, with what the group's leader needs to know of the member. */
export interface OfferedProtocol {
  readonly name: string
  readonly metadata: Buffer
}

export interface MemberIdentity {
  readonly memberId: string
  /** null for dynamic members. */
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
}

export interface MemberTerms {
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly OfferedProtocol[]
}

/**
 * A member of a classic group: plain state, changed by its group only.
 * Source: org.apache.kafka.coordinator.group.classic.ClassicGroupMember.
 */
export class ClassicMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly protocolType: string
  rebalanceTimeoutMs: number
  sessionTimeoutMs: number
  protocols: readonly OfferedProtocol[]
  assignment: Buffer
  /** Answers the member's JoinGroup while it waits for the others. Its group counts those who wait. */
  awaitingJoin: RespondToJoin | null = null
  /** Answers the member's SyncGroup while it waits for the leader. */
  #awaitingSync: RespondToSync | null = null
  /** It has never been told the outcome of a rebalance: waiting for one does not keep it alive for ever. */
  isNew = false

  constructor(identity: MemberIdentity, terms: MemberTerms, assignment = NO_ASSIGNMENT) {
    this.memberId = identity.memberId
    this.groupInstanceId = identity.groupInstanceId
    this.clientId = identity.clientId
    this.clientHost = identity.clientHost
    this.protocolType = terms.protocolType
    this.rebalanceTimeoutMs = terms.rebalanceTimeoutMs
    this.sessionTimeoutMs = terms.sessionTimeoutMs
    this.protocols = terms.protocols
    this.assignment = assignment
  }

  get isStatic(): boolean {
    return this.groupInstanceId !== null
  }

  get isAwaitingJoin(): boolean {
    return this.awaitingJoin !== null
  }

  /** A member that waits for an answer of ours cannot send heartbeats. */
  get isExcusedFromHeartbeat(): boolean {
    return !this.isNew && (this.awaitingJoin !== null || this.#awaitingSync !== null)
  }

  /** It waits for its assignment. An earlier SyncGroup of its own is answered, as an earlier JoinGroup is. */
  awaitSync(respond: RespondToSync): void {
    this.#awaitingSync?.(syncError(ErrorCode.REBALANCE_IN_PROGRESS))
    this.#awaitingSync = respond
  }

  /** False when it did not wait for it. */
  completeSync(reply: SyncReply): boolean {
    const respond = this.#awaitingSync
    if (respond === null) return false
    this.#awaitingSync = null
    respond(reply)
    return true
  }

  /** What the member said for `protocolName`, which it must offer. */
  metadataFor(protocolName: string | null): Buffer {
    const offered = this.protocols.find((protocol) => protocol.name === protocolName)
    assert(offered !== undefined, 'a group runs a protocol that all of its members offer')
    return offered.metadata
  }

  /** Whether `protocols` are what the member offers already, in the same order. */
  offersExactly(protocols: readonly OfferedProtocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every((protocol, index) => {
        const mine = this.protocols[index]
        return mine !== undefined && mine.name === protocol.name && mine.metadata.equals(protocol.metadata)
      })
    )
  }

  /** The member's first choice among `candidates`, of which it must offer one. */
  vote(candidates: ReadonlySet<string>): string {
    const choice = this.protocols.find((protocol) => candidates.has(protocol.name))
    assert(choice !== undefined, 'a group has members that share a protocol')
    return choice.name
  }
}
