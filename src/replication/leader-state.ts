import type { PartitionImage } from '../metadata/image.ts'

/** What the leader knows of another replica by its fetches. Source: org.apache.kafka.server.replica.ReplicaState. */
interface FollowerState {
  logStartOffset: number
  logEndOffset: number
  lastCaughtUpMs: number
  /** Log end of the leader at the last fetch, and when that was: a follower that reaches it was caught up then. */
  leaderEndOffsetAtLastFetch: number
  lastFetchMs: number
}

export interface FollowerFetch {
  readonly replicaId: number
  readonly fetchOffset: number
  readonly logStartOffset: number
  readonly leaderEndOffset: number
  readonly nowMs: number
}

const UNKNOWN_OFFSET = -1

/**
 * What a partition's leader keeps for the time of one leader epoch: in-sync replicas and how far the others have come.
 * Decides the high watermark. Source: kafka.cluster.Partition; KIP-679, KIP-966.
 */
export class LeaderState {
  readonly leaderEpoch: number
  /** The log end when this node began to lead: offsets below it are known to be committed only once the high watermark passed it. */
  readonly epochStartOffset: number
  #registration: PartitionImage
  readonly #nodeId: number
  readonly #followers = new Map<number, FollowerState>()

  constructor(nodeId: number, registration: PartitionImage, epochStartOffset: number, nowMs: number) {
    this.#nodeId = nodeId
    this.leaderEpoch = registration.leaderEpoch
    this.epochStartOffset = epochStartOffset
    this.#registration = registration
    this.update(registration, nowMs)
  }

  get isr(): readonly number[] {
    return this.#registration.isr
  }

  get replicas(): readonly number[] {
    return this.#registration.replicas
  }

  /** The only replica: what is in its log is committed. */
  get isAlone(): boolean {
    return this.#followers.size === 0
  }

  /** The same leader epoch with other replicas or in-sync replicas. */
  update(registration: PartitionImage, nowMs: number): void {
    this.#registration = registration
    for (const replicaId of this.#followers.keys()) {
      if (!registration.replicas.includes(replicaId)) this.#followers.delete(replicaId)
    }
    for (const replicaId of registration.replicas) {
      if (replicaId !== this.#nodeId && !this.#followers.has(replicaId)) this.#followers.set(replicaId, unseenFollower(registration, replicaId, nowMs))
    }
  }

  hasFollower(replicaId: number): boolean {
    return this.#followers.has(replicaId)
  }

  /** A follower asks for what comes behind `fetchOffset`, so it has all that is before. */
  followerFetched(fetch: FollowerFetch): void {
    const state = this.#followers.get(fetch.replicaId)
    if (state === undefined) return
    if (fetch.fetchOffset >= fetch.leaderEndOffset) state.lastCaughtUpMs = Math.max(state.lastCaughtUpMs, fetch.nowMs)
    else if (fetch.fetchOffset >= state.leaderEndOffsetAtLastFetch) state.lastCaughtUpMs = Math.max(state.lastCaughtUpMs, state.lastFetchMs)
    state.logStartOffset = fetch.logStartOffset
    state.logEndOffset = fetch.fetchOffset
    state.leaderEndOffsetAtLastFetch = fetch.leaderEndOffset
    state.lastFetchMs = fetch.nowMs
  }

  /** How many in-sync replicas an acks=all write needs: `min.insync.replicas`, but never more than there are replicas. */
  effectiveMinIsr(minInsyncReplicas: number): number {
    return Math.min(minInsyncReplicas, this.#registration.replicas.length)
  }

  isUnderMinIsr(minInsyncReplicas: number): boolean {
    return this.#registration.isr.length < this.effectiveMinIsr(minInsyncReplicas)
  }

  /**
   * The offset below which every in-sync replica has all records, or null while there are too few of them to commit
   * anything. A replica that is about to join the in-sync ones counts already, else it could never catch up.
   */
  committedOffset(options: {
    readonly logEndOffset: number
    readonly minInsyncReplicas: number
    readonly nowMs: number
    readonly lagTimeMaxMs: number
  }): number | null {
    if (this.isUnderMinIsr(options.minInsyncReplicas)) return null
    let committed = options.logEndOffset
    for (const [replicaId, follower] of this.#followers) {
      if (follower.logEndOffset >= committed) continue
      if (this.#registration.isr.includes(replicaId) || this.#mayJoin(follower, options)) committed = follower.logEndOffset
    }
    return committed < 0 ? null : committed
  }

  /** The lowest log start of all replicas: below it, records are gone everywhere. */
  lowWatermark(logStartOffset: number): number {
    let lowest = logStartOffset
    for (const follower of this.#followers.values()) lowest = Math.min(lowest, follower.logStartOffset)
    return lowest
  }

  #mayJoin(follower: FollowerState, options: { readonly logEndOffset: number; readonly nowMs: number; readonly lagTimeMaxMs: number }): boolean {
    const isCaughtUp = follower.logEndOffset === options.logEndOffset || options.nowMs - follower.lastCaughtUpMs <= options.lagTimeMaxMs
    return isCaughtUp && follower.logEndOffset >= this.epochStartOffset
  }
}

/** An in-sync replica counts as caught up when the leader begins, so that it has the time to fetch. */
function unseenFollower(registration: PartitionImage, replicaId: number, nowMs: number): FollowerState {
  return {
    logStartOffset: UNKNOWN_OFFSET,
    logEndOffset: UNKNOWN_OFFSET,
    lastCaughtUpMs: registration.isr.includes(replicaId) ? nowMs : 0,
    leaderEndOffsetAtLastFetch: 0,
    lastFetchMs: 0,
  }
}
