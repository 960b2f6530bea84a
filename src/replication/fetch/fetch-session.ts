import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import type { FetchedPartition, PartitionData, PartitionFetch } from './partition-fetch.ts'

/** The first epoch of a session; also asks for a new one. */
export const INITIAL_EPOCH = 0
/** Asks for no session, or ends one. */
export const FINAL_EPOCH = -1
const MAX_EPOCH = 0x7fffffff

/** Source: org.apache.kafka.common.requests.FetchMetadata.nextEpoch. */
export function nextEpoch(epoch: number): number {
  if (epoch < 0) return FINAL_EPOCH
  return epoch === MAX_EPOCH ? 1 : epoch + 1
}

/** Identifies a partition in a session: by topic id where the session uses them, else by name. */
export function sessionKey(partition: { readonly topic: string | null; readonly topicId: Uuid; readonly partition: number }): string {
  return `${partition.topicId === ZERO_UUID ? partition.topic : partition.topicId}:${partition.partition}`
}

/** A partition of a session: what the fetcher wants of it and what it was told last. */
class CachedPartition implements PartitionFetch {
  readonly key: string
  topic: string | null
  readonly topicId: Uuid
  readonly partition: number
  fetchOffset: number
  currentLeaderEpoch: number
  lastFetchedEpoch: number
  logStartOffset: number
  maxBytes: number
  #toldHighWatermark = -1
  #toldLogStartOffset = -1

  constructor(key: string, fetch: PartitionFetch) {
    this.key = key
    this.topic = fetch.topic
    this.topicId = fetch.topicId
    this.partition = fetch.partition
    this.fetchOffset = fetch.fetchOffset
    this.currentLeaderEpoch = fetch.currentLeaderEpoch
    this.lastFetchedEpoch = fetch.lastFetchedEpoch
    this.logStartOffset = fetch.logStartOffset
    this.maxBytes = fetch.maxBytes
  }

  /** Whether `sessionKey` of both is the same. */
  isNamedBy(fetch: PartitionFetch): boolean {
    if (fetch.partition !== this.partition || fetch.topicId !== this.topicId) return false
    return fetch.topicId !== ZERO_UUID || fetch.topic === this.topic
  }

  update(fetch: PartitionFetch): void {
    this.fetchOffset = fetch.fetchOffset
    this.currentLeaderEpoch = fetch.currentLeaderEpoch
    this.lastFetchedEpoch = fetch.lastFetchedEpoch
    this.logStartOffset = fetch.logStartOffset
    this.maxBytes = fetch.maxBytes
  }

  told(data: PartitionData): void {
    this.#toldHighWatermark = data.highWatermark
    this.#toldLogStartOffset = data.logStartOffset
  }

  /** Whether `data` tells the fetcher anything new; remembers it as told. */
  takeNews(data: PartitionData): boolean {
    const isNews =
      data.records.length > 0 ||
      data.highWatermark !== this.#toldHighWatermark ||
      data.logStartOffset !== this.#toldLogStartOffset ||
      data.preferredReadReplica !== -1 ||
      data.errorCode !== ErrorCode.NONE ||
      data.divergingEpoch !== undefined
    this.told(data)
    // So that the first good answer after an error is news.
    if (data.errorCode !== ErrorCode.NONE) this.#toldHighWatermark = -1
    return isNews
  }
}

/**
 * The partitions that one fetcher keeps asking for, so that it names only what changed and is answered only what is new.
 * Partitions that just gave records go to the end of the order, so that each gets its turn when the limits are narrow.
 * Source: KIP-227; org.apache.kafka.server.FetchSession.
 */
export class FetchSession {
  readonly id: number
  /** A follower's: it may push others out of the cache. */
  readonly isPrivileged: boolean
  readonly usesTopicIds: boolean
  /** Of the next request. */
  epoch = nextEpoch(INITIAL_EPOCH)
  readonly #partitions = new Map<string, CachedPartition>()
  /** Named by the last request that named any: often it is the only one, named again and again, and found without making its key. */
  #lastNamed: CachedPartition | null = null

  constructor(id: number, options: { readonly isPrivileged: boolean; readonly usesTopicIds: boolean }, fetched: readonly FetchedPartition[]) {
    this.id = id
    this.isPrivileged = options.isPrivileged
    this.usesTopicIds = options.usesTopicIds
    for (const { fetch, data } of fetched) {
      const key = sessionKey(fetch)
      const cached = new CachedPartition(key, fetch)
      cached.told(data)
      this.#partitions.set(key, cached)
    }
  }

  get size(): number {
    return this.#partitions.size
  }

  /** In the order in which they are to be read. `nameOf` resolves topics that were unknown before. */
  partitions(nameOf: (topicId: Uuid) => string | null): PartitionFetch[] {
    const partitions = [...this.#partitions.values()]
    for (const cached of partitions) if (cached.topic === null) cached.topic = nameOf(cached.topicId)
    return partitions
  }

  update(wanted: Iterable<PartitionFetch>, forgotten: Iterable<{ readonly topic: string | null; readonly topicId: Uuid; readonly partition: number }>): void {
    for (const fetch of wanted) {
      if (this.#lastNamed?.isNamedBy(fetch)) this.#lastNamed.update(fetch)
      else this.#lastNamed = this.#name(fetch)
    }
    for (const partition of forgotten) {
      this.#partitions.delete(sessionKey(partition))
      this.#lastNamed = null
    }
  }

  #name(fetch: PartitionFetch): CachedPartition {
    const key = sessionKey(fetch)
    const known = this.#partitions.get(key)
    if (known !== undefined) {
      known.update(fetch)
      return known
    }
    const added = new CachedPartition(key, fetch)
    this.#partitions.set(key, added)
    return added
  }

  /** The answers worth sending, remembered as sent. */
  takeNews(fetched: readonly FetchedPartition[]): FetchedPartition[] {
    return fetched.filter(({ fetch, data }) => {
      const cached = this.#partitions.get(fetch instanceof CachedPartition ? fetch.key : sessionKey(fetch))
      if (cached === undefined || !cached.takeNews(data)) return false
      if (data.records.length > 0) this.#moveToEnd(cached)
      return true
    })
  }

  #moveToEnd(cached: CachedPartition): void {
    if (this.#partitions.size === 1) return
    this.#partitions.delete(cached.key)
    this.#partitions.set(cached.key, cached)
  }
}
