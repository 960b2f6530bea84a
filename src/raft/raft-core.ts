import type { Uuid } from '../../protocol/uuid.ts'
import { assert } from '../base/assert.ts'
import type { ElectionState } from './election-state.ts'

/**
 * The decisions of one node of the quorum: whose epoch it is, who leads, what is committed. Pure: events in, effects out,
 * in the order in which they must happen; what stands after a `persist-election` waits until it is durable.
 *
 * The quorum is one voter so far, so that an election needs no message; roles, epochs, votes and the majority are in
 * their final form, and an election among several nodes adds events and effects, not another machine.
 *
 * Source: KIP-595, KIP-853.
 */
export type RaftEvent =
  /** The log and the election state are loaded: take part. */
  | { readonly type: 'start' }
  /** The log ends at `endOffset` now. */
  | { readonly type: 'appended'; readonly endOffset: number }
  /** All below `endOffset` would survive a loss of power. */
  | { readonly type: 'flushed'; readonly endOffset: number }
  /** Stop leading, of one's own accord or because the log failed. */
  | { readonly type: 'resign' }

export type RaftEffect =
  | { readonly type: 'persist-election'; readonly state: ElectionState }
  /** Write the control records that open the epoch, at the end of the log. */
  | {
      readonly type: 'open-epoch'
      readonly epoch: number
      readonly leaderId: number
      readonly voterIds: readonly number[]
      readonly grantingVoterIds: readonly number[]
    }
  /** All below is committed and will be read by every later leader. */
  | { readonly type: 'commit'; readonly highWatermark: number }
  | { readonly type: 'step-down'; readonly epoch: number }

export interface RaftCoreOptions {
  readonly nodeId: number
  readonly directoryId: Uuid
  readonly voterIds: readonly number[]
  readonly election: ElectionState
  readonly logEndOffset: number
}

interface Unattached {
  readonly role: 'unattached'
}

interface Candidate {
  readonly role: 'candidate'
  readonly granted: ReadonlySet<number>
}

interface Leader {
  readonly role: 'leader'
  /** The log end when the epoch began: only what is above it may be counted as committed by replication (Raft, section 5.4.2). */
  readonly epochStartOffset: number
  /** How far the log of each voter is durable. */
  readonly durableOffsets: Map<number, number>
}

interface Resigned {
  readonly role: 'resigned'
}

type Role = Unattached | Candidate | Leader | Resigned

export class RaftCore {
  readonly #nodeId: number
  readonly #directoryId: Uuid
  readonly #voterIds: readonly number[]
  #election: ElectionState
  #logEndOffset: number
  #highWatermark = 0
  #role: Role = { role: 'unattached' }

  constructor(options: RaftCoreOptions) {
    this.#nodeId = options.nodeId
    this.#directoryId = options.directoryId
    this.#voterIds = options.voterIds
    this.#election = options.election
    this.#logEndOffset = options.logEndOffset
  }

  get epoch(): number {
    return this.#election.epoch
  }

  get role(): Role['role'] {
    return this.#role.role
  }

  get highWatermark(): number {
    return this.#highWatermark
  }

  /** What each voter has durably as this leader knows it, by id; null when this node does not lead. */
  get durableOffsets(): ReadonlyMap<number, number> | null {
    return this.#role.role === 'leader' ? this.#role.durableOffsets : null
  }

  step(event: RaftEvent): readonly RaftEffect[] {
    switch (event.type) {
      case 'start':
        assert(this.#role.role === 'unattached', 'a node starts once')
        return this.#voterIds.includes(this.#nodeId) ? this.#stand() : []
      case 'appended':
        assert(event.endOffset >= this.#logEndOffset, 'a log does not shrink while its node leads')
        this.#logEndOffset = event.endOffset
        return []
      case 'flushed':
        assert(event.endOffset <= this.#logEndOffset, 'nothing is flushed that was not appended')
        return this.#role.role === 'leader' ? this.#advance(this.#role, event.endOffset) : []
      case 'resign':
        return this.#resign()
    }
  }

  /** Votes for itself in a new epoch, and leads when that is a majority. */
  #stand(): readonly RaftEffect[] {
    this.#election = { epoch: this.epoch + 1, leaderId: null, voted: { id: this.#nodeId, directoryId: this.#directoryId } }
    const candidate: Candidate = { role: 'candidate', granted: new Set([this.#nodeId]) }
    this.#role = candidate
    const vote: RaftEffect = { type: 'persist-election', state: this.#election }
    return candidate.granted.size >= this.#majority ? [vote, ...this.#lead(candidate)] : [vote]
  }

  #lead(candidate: Candidate): readonly RaftEffect[] {
    this.#election = { epoch: this.epoch, leaderId: this.#nodeId, voted: null }
    this.#role = { role: 'leader', epochStartOffset: this.#logEndOffset, durableOffsets: new Map() }
    const grantingVoterIds = [...candidate.granted]
    return [
      { type: 'persist-election', state: this.#election },
      { type: 'open-epoch', epoch: this.epoch, leaderId: this.#nodeId, voterIds: this.#voterIds, grantingVoterIds },
    ]
  }

  #advance(leader: Leader, endOffset: number): readonly RaftEffect[] {
    leader.durableOffsets.set(this.#nodeId, endOffset)
    const committed = this.#majorityOffset(leader)
    if (committed <= leader.epochStartOffset || committed <= this.#highWatermark) return []
    this.#highWatermark = committed
    return [{ type: 'commit', highWatermark: committed }]
  }

  #resign(): readonly RaftEffect[] {
    const led = this.#role.role === 'leader'
    this.#role = { role: 'resigned' }
    return led ? [{ type: 'step-down', epoch: this.epoch }] : []
  }

  /** The highest offset that a majority of voters has durably. */
  #majorityOffset(leader: Leader): number {
    const offsets = this.#voterIds.map((id) => leader.durableOffsets.get(id) ?? 0).sort((a, b) => b - a)
    return offsets[this.#majority - 1] as number
  }

  get #majority(): number {
    return Math.floor(this.#voterIds.length / 2) + 1
  }
}
