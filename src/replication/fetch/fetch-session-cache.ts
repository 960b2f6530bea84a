import type { Clock, Random } from '../../base/ports.ts'
import { FetchSession } from './fetch-session.ts'
import type { FetchedPartition } from './partition-fetch.ts'

/** A session that nobody used for this long makes room for any other. Source: `min.incremental.fetch.session.eviction.ms`, a constant of Kafka. */
export const EVICTION_MS = 120_000
const MAX_SESSION_ID = 0x7fffffff

interface Slot {
  readonly session: FetchSession
  readonly createdMs: number
  lastUsedMs: number
  /** As of the last use. */
  size: number
}

export interface FetchSessionCacheOptions {
  /** `max.incremental.fetch.session.cache.slots` */
  readonly maxSessions: number
  readonly clock: Clock
  readonly random: Random
}

/**
 * The fetch sessions of this node, at most `maxSessions`. When it is full, a new session takes the place of one that was
 * not used for two minutes, else of a smaller one that is two minutes old; a follower's also of any smaller consumer's.
 * A fetcher that gets no session works on without one. Source: KIP-227; org.apache.kafka.server.FetchSessionCacheShard.
 */
export class FetchSessionCache {
  readonly #maxSessions: number
  readonly #clock: Clock
  readonly #random: Random
  /** The least recently used first. */
  readonly #slots = new Map<number, Slot>()
  /** The id at the end of `#slots`, or 0 when it is not known. */
  #newestId = 0

  constructor(options: FetchSessionCacheOptions) {
    this.#maxSessions = options.maxSessions
    this.#clock = options.clock
    this.#random = options.random
  }

  get size(): number {
    return this.#slots.size
  }

  get(id: number): FetchSession | undefined {
    return this.#slots.get(id)?.session
  }

  remove(id: number): void {
    this.#forget(id)
  }

  /** Fetchers are told that their sessions are not known, and begin new ones. */
  clear(): void {
    this.#slots.clear()
    this.#newestId = 0
  }

  touch(session: FetchSession): void {
    const slot = this.#slots.get(session.id)
    if (slot === undefined) return
    slot.lastUsedMs = this.#clock.monotonicMs()
    slot.size = session.size
    // A node with one busy consumer is not to turn its map over with each fetch.
    if (session.id === this.#newestId) return
    this.#slots.delete(session.id)
    this.#add(session.id, slot)
  }

  /** null when there is no room for it. */
  create(options: { readonly isPrivileged: boolean; readonly usesTopicIds: boolean }, fetched: readonly FetchedPartition[]): FetchSession | null {
    const nowMs = this.#clock.monotonicMs()
    if (this.#slots.size >= this.#maxSessions && !this.#makeRoom(options.isPrivileged, fetched.length, nowMs)) return null
    const session = new FetchSession(this.#newId(), options, fetched)
    this.#add(session.id, { session, createdMs: nowMs, lastUsedMs: nowMs, size: session.size })
    return session
  }

  #makeRoom(isPrivileged: boolean, size: number, nowMs: number): boolean {
    const [oldest] = this.#slots.values()
    if (oldest === undefined) return false
    const isUnused = nowMs - oldest.lastUsedMs > EVICTION_MS
    const victim = isUnused ? oldest : this.#leastWorthy(isPrivileged)
    if (victim === undefined || (!isUnused && !isLess(victim, { isPrivileged, size }))) return false
    this.#forget(victim.session.id)
    return true
  }

  #add(id: number, slot: Slot): void {
    this.#slots.set(id, slot)
    this.#newestId = id
  }

  #forget(id: number): void {
    this.#slots.delete(id)
    if (id === this.#newestId) this.#newestId = 0
  }

  /** Among those that may go, consumers' sessions go first, and of these the smaller. Looks at all, when the cache is full only. */
  #leastWorthy(isPrivileged: boolean): Slot | undefined {
    let least: Slot | undefined
    for (const slot of this.#slots.values()) {
      const isOld = slot.lastUsedMs - slot.createdMs > EVICTION_MS
      if (!isOld && !(isPrivileged && !slot.session.isPrivileged)) continue
      if (least === undefined || isLess(slot, { isPrivileged: least.session.isPrivileged, size: least.size })) least = slot
    }
    return least
  }

  #newId(): number {
    for (;;) {
      const id = 1 + this.#random.below(MAX_SESSION_ID)
      if (!this.#slots.has(id)) return id
    }
  }
}

function isLess(slot: Slot, other: { readonly isPrivileged: boolean; readonly size: number }): boolean {
  if (slot.session.isPrivileged !== other.isPrivileged) return other.isPrivileged
  return slot.size < other.size
}
