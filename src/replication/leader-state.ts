import type { PartitionImage } from '../metadata/image.ts'
import { IsrState } from './isr/isr-state.ts'

/** What the leader knows of another replica by its fetches; times are monotonic. Source: org.apache.kafka.server.replica.ReplicaState. */
interface FollowerState {
  logStartOffset: number
  logEndOffset: number
  lastCaughtUpMs: number
  /** Log end of the leader at the last fetch, and when that was: a follower that reaches it was caught up then. */
  leaderEndOffsetAtLastFetch: number
  lastFetchMs: number
  /** Of the incarnation that fetched last: -1 when it does not say, null when none has fetched. */
  brokerEpoch: number | null
}

export interface FollowerFetch {
  readonly replicaId: number
  /** -1 when the follower does not say. */
  readonly brokerEpoch: number
  readonly fetchOffset: number
  readonly logStartOffset: number
  readonly leaderEndOffset: number
  /** Monotonic. */
  readonly nowMs: number
}

/** Whether the cluster would let this incarnation of a broker be in sync. Source: KIP-841, KIP-903. */
export type IsEligible = (replicaId: number, brokerEpoch: number) => boolean

/** How far a follower has come. */
export interface FollowerProgress {
  readonly replicaId: number
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly lastCaughtUpMs: number
}

export interface CommitQuestion {
  readonly logEndOffset: number
  readonly minInsyncReplicas: number
  readonly nowMs: number
  readonly lagTimeMaxMs: number
  readonly isEligible: IsEligible
}

const UNKNOWN_OFFSET = -1
const NEVER = Number.NEGATIVE_INFINITY

/**
 * What a partition's leader keeps for the time of one leader epoch: in-sync replicas and how far the others have come.
 * Decides the high watermark, and who is in sync. Source: kafka.cluster.Partition; KIP-679, KIP-841, KIP-966.
 */
export class LeaderState {
  readonly leaderEpoch: number
  /** The log end when this node began to lead: offsets below it are known to be committed only once the high watermark passed it. */
  readonly epochStartOffset: number
  readonly isr: IsrState
  #replicas: readonly number[]
  readonly #nodeId: number
  readonly #followers = new Map<number, FollowerState>()

  /** @param previous where this node led before: after the very epoch before this one, what it knows of the others holds on */
  constructor(nodeId: number, registration: PartitionImage, epochStartOffset: number, nowMs: number, previous: LeaderState | null = null) {
    this.#nodeId = nodeId
    this.leaderEpoch = registration.leaderEpoch
    this.epochStartOffset = epochStartOffset
    this.#replicas = registration.replicas
    this.isr = new IsrState(registration.isr, registration.partitionEpoch)
    if (previous?.leaderEpoch === registration.leaderEpoch - 1) this.#inherit(previous, nowMs)
    this.#followReplicas(nowMs)
  }

  get replicas(): readonly number[] {
    return this.#replicas
  }

  /** The only replica: what is in its log is committed. */
  get isAlone(): boolean {
    return this.#followers.size === 0
  }

  /**
   * The same leader epoch with other replicas or in-sync replicas. One that is older than what the controller has answered
   * to this leader changes nothing; one that says the same settles nothing of what the leader has asked for since.
   */
  update(registration: PartitionImage, nowMs: number): void {
    if (registration.partitionEpoch < this.isr.partitionEpoch) return
    if (registration.partitionEpoch > this.isr.partitionEpoch) this.isr.overtake(registration.isr, registration.partitionEpoch)
    this.#replicas = registration.replicas
    for (const replicaId of this.#followers.keys()) {
      if (!registration.replicas.includes(replicaId)) this.#followers.delete(replicaId)
    }
    this.#followReplicas(nowMs)
  }

  hasFollower(replicaId: number): boolean {
    return this.#followers.has(replicaId)
  }

  /** null when the replica has not said yet, or is none of this partition. -1: it does not say. */
  brokerEpochOf(replicaId: number): number | null {
    return this.#followers.get(replicaId)?.brokerEpoch ?? null
  }

  /** In the order of the assignment. */
  *followers(): IterableIterator<FollowerProgress> {
    for (const [replicaId, { logStartOffset, logEndOffset, lastCaughtUpMs }] of this.#followers) {
      yield { replicaId, logStartOffset, logEndOffset, lastCaughtUpMs }
    }
  }

  /** A follower asks for what comes behind `fetchOffset`, so it has all that is before. */
  followerFetched(fetch: FollowerFetch): void {
    const state = this.#followers.get(fetch.replicaId)
    if (state === undefined) return
    if (fetch.fetchOffset >= fetch.leaderEndOffset) state.lastCaughtUpMs = Math.max(state.lastCaughtUpMs, fetch.nowMs)
    else if (fetch.fetchOffset >= state.leaderEndOffsetAtLastFetch) state.lastCaughtUpMs = Math.max(state.lastCaughtUpMs, state.lastFetchMs)
    state.logStartOffset = fetch.logStartOffset
    state.logEndOffset = fetch.fetchOffset
    state.leaderEndOffsetAtLastFetch = Math.max(state.leaderEndOffsetAtLastFetch, fetch.leaderEndOffset)
    state.lastFetchMs = fetch.nowMs
    state.brokerEpoch = fetch.brokerEpoch
  }

  /** How many in-sync replicas an acks=all write needs: `min.insync.replicas`, but never more than there are replicas. */
  effectiveMinIsr(minInsyncReplicas: number): number {
    return Math.min(minInsyncReplicas, this.#replicas.length)
  }

  isUnderMinIsr(minInsyncReplicas: number): boolean {
    return this.isr.committed.length < this.effectiveMinIsr(minInsyncReplicas)
  }

  /**
   * The offset below which every in-sync replica has all records, or null while there are too few of them to commit
   * anything. A replica that is about to join the in-sync ones counts already, else it could never catch up.
   */
  committedOffset(question: CommitQuestion): number | null {
    if (this.isUnderMinIsr(question.minInsyncReplicas)) return null
    let committed = question.logEndOffset
    for (const [replicaId, follower] of this.#followers) {
      if (follower.logEndOffset >= committed) continue
      if (this.isr.isMaximal(replicaId) || mayJoinSoon(replicaId, follower, question)) committed = follower.logEndOffset
    }
    return committed < 0 ? null : committed
  }

  /** Whether a follower has all that is committed, and all from before this leader, so that it may be in sync. */
  mayJoin(replicaId: number, highWatermark: number, isEligible: IsEligible): boolean {
    const follower = this.#followers.get(replicaId)
    if (follower === undefined || this.isr.pending !== null || this.isr.committed.includes(replicaId)) return false
    if (follower.logEndOffset < highWatermark || follower.logEndOffset < this.epochStartOffset) return false
    return follower.brokerEpoch !== null && isEligible(replicaId, follower.brokerEpoch)
  }

  /** In-sync replicas that have been behind for longer than `lagTimeMaxMs`; none while a change is pending. */
  laggards({ logEndOffset, nowMs, lagTimeMaxMs }: { readonly logEndOffset: number; readonly nowMs: number; readonly lagTimeMaxMs: number }): number[] {
    if (this.isr.pending !== null) return []
    return this.isr.committed.filter((replicaId) => {
      if (replicaId === this.#nodeId) return false
      const follower = this.#followers.get(replicaId)
      return follower === undefined || !isCaughtUp(follower, logEndOffset, nowMs, lagTimeMaxMs)
    })
  }

  /** The lowest log start of all replicas: below it, records are gone everywhere. */
  lowWatermark(logStartOffset: number): number {
    let lowest = logStartOffset
    for (const follower of this.#followers.values()) lowest = Math.min(lowest, follower.logStartOffset)
    return lowest
  }

  #followReplicas(nowMs: number): void {
    for (const replicaId of this.#replicas) {
      if (replicaId === this.#nodeId || this.#followers.has(replicaId)) continue
      this.#followers.set(replicaId, unseenFollower(this.isr.committed.includes(replicaId) ? nowMs : NEVER))
    }
  }

  /**
   * A new epoch of the same leader: what followers had they still have. With an epoch in between, of which the metadata came in
   * one with this one's, they may have followed another leader, and cut what they had.
   */
  #inherit(previous: LeaderState, nowMs: number): void {
    for (const [replicaId, state] of previous.#followers) {
      if (!this.#replicas.includes(replicaId)) continue
      const isInSync = this.isr.committed.includes(replicaId)
      this.#followers.set(replicaId, {
        ...state,
        leaderEndOffsetAtLastFetch: this.epochStartOffset,
        lastFetchMs: isInSync ? nowMs : NEVER,
        lastCaughtUpMs: isInSync ? Math.max(state.lastCaughtUpMs, nowMs) : NEVER,
      })
    }
  }
}

function mayJoinSoon(replicaId: number, follower: FollowerState, { logEndOffset, nowMs, lagTimeMaxMs, isEligible }: CommitQuestion): boolean {
  if (follower.brokerEpoch === null || !isCaughtUp(follower, logEndOffset, nowMs, lagTimeMaxMs)) return false
  return isEligible(replicaId, follower.brokerEpoch)
}

function isCaughtUp(follower: FollowerState, logEndOffset: number, nowMs: number, lagTimeMaxMs: number): boolean {
  return follower.logEndOffset === logEndOffset || nowMs - follower.lastCaughtUpMs <= lagTimeMaxMs
}

/** An in-sync replica counts as caught up when the leader begins, so that it has the time to fetch. */
function unseenFollower(lastCaughtUpMs: number): FollowerState {
  return {
    logStartOffset: UNKNOWN_OFFSET,
    logEndOffset: UNKNOWN_OFFSET,
    lastCaughtUpMs,
    leaderEndOffsetAtLastFetch: 0,
    lastFetchMs: NEVER,
    brokerEpoch: null,
  }
}
