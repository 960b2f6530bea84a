import type { Uuid } from '../../../protocol/uuid.ts'

/** What a follower asks of one partition. */
export interface WantedPartition {
  readonly topicId: Uuid
  readonly partition: number
  readonly currentLeaderEpoch: number
  readonly fetchOffset: number
  /** -1 where the log holds no record. */
  readonly lastFetchedEpoch: number
  readonly logStartOffset: number
  readonly maxBytes: number
}

/** What one request of a session says of it. */
export interface SessionRequest {
  readonly sessionId: number
  readonly sessionEpoch: number
  /** All that is wanted in a full request; what is new or changed in one that goes on with a session. */
  readonly wanted: readonly WantedPartition[]
  readonly forgotten: readonly WantedPartition[]
}

const NO_SESSION = 0
const FIRST_EPOCH = 0
const MAX_EPOCH = 0x7fff_ffff

/** Identifies a partition among those of one leader. */
export function wantedKey({ topicId, partition }: { readonly topicId: Uuid; readonly partition: number }): string {
  return `${topicId}:${partition}`
}

/**
 * The follower's side of a fetch session: names only what has changed since the last request that was answered. Whatever
 * goes wrong ends the session; the next request names everything and asks for another one.
 * Source: org.apache.kafka.clients.FetchSessionHandler; KIP-227.
 */
export class FetchSessionClient {
  #sessionId = NO_SESSION
  #epoch = FIRST_EPOCH
  /** As the leader has them when it has the last request. */
  #told = new Map<string, WantedPartition>()

  /** Makes the next request; to be followed by `succeeded` or `failed`. */
  request(wanted: ReadonlyMap<string, WantedPartition>): SessionRequest {
    const told = this.#told
    this.#told = new Map(wanted)
    const session = { sessionId: this.#sessionId, sessionEpoch: this.#epoch }
    if (this.#epoch === FIRST_EPOCH) return { ...session, wanted: [...wanted.values()], forgotten: [] }
    return {
      ...session,
      wanted: [...wanted].filter(([key, partition]) => !isSame(told.get(key), partition)).map(([, partition]) => partition),
      forgotten: [...told].filter(([key]) => !wanted.has(key)).map(([, partition]) => partition),
    }
  }

  /** What the last request asked for, now or in the session so far. */
  asked(key: string): WantedPartition | undefined {
    return this.#told.get(key)
  }

  /**
   * @param sessionId of the answer; 0: the leader keeps no session
   * @param answered keys of the partitions in it: a full request is answered for each, one that goes on for none that is not in the session
   */
  succeeded(sessionId: number, answered: ReadonlySet<string>): void {
    const isFull = this.#epoch === FIRST_EPOCH
    const isComplete = isFull ? [...this.#told.keys()].every((key) => answered.has(key)) : [...answered].every((key) => this.#told.has(key))
    if (!isComplete || sessionId === NO_SESSION) {
      if (isComplete) this.#sessionId = NO_SESSION
      this.failed()
      return
    }
    this.#epoch = this.#epoch === MAX_EPOCH ? 1 : this.#epoch + 1
    this.#sessionId = sessionId
  }

  /** There was no answer, or none to go on from: the next request ends what the leader may keep, and begins anew. */
  failed(): void {
    this.#epoch = FIRST_EPOCH
  }
}

function isSame(told: WantedPartition | undefined, wanted: WantedPartition): boolean {
  return (
    told !== undefined &&
    told.fetchOffset === wanted.fetchOffset &&
    told.currentLeaderEpoch === wanted.currentLeaderEpoch &&
    told.lastFetchedEpoch === wanted.lastFetchedEpoch &&
    told.logStartOffset === wanted.logStartOffset &&
    told.maxBytes === wanted.maxBytes
  )
}
