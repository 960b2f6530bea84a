import type { VoterSet } from '../voter-set.ts'
import { isNamedBy, type ReplicaKey } from './replica-key.ts'
import { majorityOf } from './vote-tally.ts'

/** How far one replica is, as the leader knows it. */
export interface ReplicaProgress {
  key: ReplicaKey
  /** All below is durable there; -1 when it has not fetched from this leader. */
  endOffset: number
  /** All below it has, and knows to be committed where it says what it knows (KIP-1166); -1 when it has not fetched from this leader. */
  knownOffset: number
  /** -1 for never */
  lastFetchMs: number
  /** When it last had all that the leader had at its fetch before; -1 for never. */
  lastCaughtUpMs: number
  /** What the leader had at its last fetch. */
  leaderEndOffset: number
  /** It knows that this node leads: it said so, or it fetched. */
  knowsLeader: boolean
}

export interface LeaderProgressOptions {
  readonly self: ReplicaKey
  readonly voters: VoterSet
  /** The log end when the epoch began: only what is above it may be counted as committed by replication (Raft, section 5.4.2). */
  readonly epochStartOffset: number
  readonly nowMs: number
  /** Without fetches of a majority for so long, the leader resigns. */
  readonly checkQuorumMs: number
}

/** Observers of whom nothing was heard for so long are forgotten. */
const OBSERVER_SESSION_MS = 300_000
/** Of these the leader keeps what it knows; one more takes the place of who was silent longest. */
export const MAX_OBSERVERS = 1000
const UNKNOWN = -1

/** What the leader of an epoch knows of the others: how far they are, and whether a majority still follows. */
export class LeaderProgress {
  readonly #self: ReplicaKey
  readonly #epochStartOffset: number
  readonly #checkQuorumMs: number
  #voters: ReplicaProgress[]
  #observers: ReplicaProgress[] = []
  /** Voters that fetched since the deadline was last set. */
  readonly #fetched = new Set<number>()
  #checkQuorumDeadlineMs: number

  constructor(options: LeaderProgressOptions) {
    this.#self = options.self
    this.#epochStartOffset = options.epochStartOffset
    this.#checkQuorumMs = options.checkQuorumMs
    this.#checkQuorumDeadlineMs = options.nowMs + options.checkQuorumMs
    this.#voters = options.voters.map(({ id, directoryId }) => unknownProgress({ id, directoryId }))
  }

  get voters(): readonly ReplicaProgress[] {
    return this.#voters
  }

  get observers(): readonly ReplicaProgress[] {
    return this.#observers
  }

  /** `knownOffset` of a node, whichever of its directories it has by now; null when it has not fetched from this leader. */
  knownOffsetOf(nodeId: number): number | null {
    const fetched = [...this.#voters, ...this.#observers].filter(({ key, lastFetchMs }) => key.id === nodeId && lastFetchMs >= 0)
    return fetched.sort((a, b) => b.lastFetchMs - a.lastFetchMs)[0]?.knownOffset ?? null
  }

  /** Voters but the leader, those that are furthest first: who should lead next. */
  get successors(): readonly ReplicaKey[] {
    const others = this.#voters.filter(({ key }) => key.id !== this.#self.id)
    return others.sort((a, b) => b.endOffset - a.endOffset).map(({ key }) => key)
  }

  /** When the leader resigns unless a majority fetches before; infinite with one voter. */
  get checkQuorumDeadlineMs(): number {
    return this.#neededFetches === 0 ? Number.POSITIVE_INFINITY : this.#checkQuorumDeadlineMs
  }

  /** The voters changed: what is known of each replica stays. A leader that needed nobody waits from now on. */
  changeVoters(voters: VoterSet, nowMs: number): void {
    if (this.#neededFetches === 0) this.#checkQuorumDeadlineMs = nowMs + this.#checkQuorumMs
    const known = [...this.#voters, ...this.#observers]
    const find = (key: ReplicaKey) => known.find((progress) => isNamedBy(key, progress.key)) ?? unknownProgress(key)
    this.#voters = voters.map(({ id, directoryId }) => ({ ...find({ id, directoryId }), key: { id, directoryId } }))
    this.#observers = known.filter(({ key }) => !voters.some((voter) => isNamedBy(voter, key) || isNamedBy(key, voter)) && key.id !== this.#self.id)
  }

  /** The leader's own log is durable below `endOffset`. */
  noteOwnEnd(endOffset: number): void {
    const own = this.#voters.find(({ key }) => isNamedBy(this.#self, key))
    if (own !== undefined) own.endOffset = endOffset
  }

  noteFetch(key: ReplicaKey, fetchOffset: number, leaderEndOffset: number, nowMs: number): void {
    const replica = this.#find(key, nowMs)
    if (fetchOffset >= leaderEndOffset) replica.lastCaughtUpMs = nowMs
    else if (replica.leaderEndOffset !== UNKNOWN && fetchOffset >= replica.leaderEndOffset) replica.lastCaughtUpMs = replica.lastFetchMs
    replica.endOffset = fetchOffset
    replica.lastFetchMs = nowMs
    replica.leaderEndOffset = leaderEndOffset
    replica.knowsLeader = true
    if (this.#voters.includes(replica)) this.#noteHeard(replica.key.id, nowMs)
  }

  /** @param highWatermark as the replica knows it; null when it does not say */
  noteKnown(key: ReplicaKey, fetchOffset: number, highWatermark: number | null): void {
    const replica = [...this.#voters, ...this.#observers].find((progress) => isNamedBy(key, progress.key))
    if (replica !== undefined) replica.knownOffset = Math.min(fetchOffset, highWatermark ?? fetchOffset)
  }

  noteKnowsLeader(id: number): void {
    const voter = this.#voters.find(({ key }) => key.id === id)
    if (voter !== undefined) voter.knowsLeader = true
  }

  /** Who has to be told, again perhaps, that this node leads. */
  unawareVoters(nowMs: number, silentForMs: number): readonly ReplicaKey[] {
    const others = this.#voters.filter(({ key }) => key.id !== this.#self.id)
    return others.filter(({ knowsLeader, lastFetchMs }) => !knowsLeader || nowMs - lastFetchMs >= silentForMs).map(({ key }) => key)
  }

  /** The highest offset below which a majority of voters has all durably; null when that is nothing of this epoch. */
  get committedOffset(): number | null {
    const offsets = this.#voters.map(({ endOffset }) => endOffset).sort((a, b) => b - a)
    const offset = offsets[majorityOf(offsets.length) - 1] ?? UNKNOWN
    return offset > this.#epochStartOffset ? offset : null
  }

  /** A fetch of a snapshot, too, says that a voter follows. Source: KIP-630. */
  noteSnapshotFetch(key: ReplicaKey, nowMs: number): void {
    if (this.#voters.some((voter) => isNamedBy(key, voter.key))) this.#noteHeard(key.id, nowMs)
  }

  #noteHeard(id: number, nowMs: number): void {
    this.#fetched.add(id)
    if (this.#fetched.size < this.#neededFetches) return
    this.#fetched.clear()
    this.#checkQuorumDeadlineMs = nowMs + this.#checkQuorumMs
  }

  /** The leader counts for itself only while it is a voter: it may be on its way out. */
  get #neededFetches(): number {
    const isOwnVoter = this.#voters.some(({ key }) => key.id === this.#self.id)
    return majorityOf(this.#voters.length) - (isOwnVoter ? 1 : 0)
  }

  #find(key: ReplicaKey, nowMs: number): ReplicaProgress {
    const found = [...this.#voters, ...this.#observers].find((progress) => isNamedBy(key, progress.key))
    if (found !== undefined) return found
    const added = unknownProgress(key)
    const heard = this.#observers.filter(({ lastFetchMs }) => nowMs - lastFetchMs < OBSERVER_SESSION_MS)
    this.#observers = [...heard.sort((a, b) => b.lastFetchMs - a.lastFetchMs).slice(0, MAX_OBSERVERS - 1), added]
    return added
  }
}

function unknownProgress(key: ReplicaKey): ReplicaProgress {
  return { key, endOffset: UNKNOWN, knownOffset: UNKNOWN, lastFetchMs: UNKNOWN, lastCaughtUpMs: UNKNOWN, leaderEndOffset: UNKNOWN, knowsLeader: false }
}
