/**
 * One partition of an internal topic, as a coordinator's shard needs it. `src/node/` builds it over the replicated partition.
 *
 * Every call belongs to the one leadership for which it was opened: when this node no longer leads in `leaderEpoch`,
 * `append` answers NOT_LEADER_OR_FOLLOWER and no listener is called any more.
 */
export interface CoordinatorLog {
  readonly leaderEpoch: number
  /** The first offset that can be read. */
  readonly logStartOffset: number
  /** The offset after the last record, committed or not. */
  readonly logEndOffset: number
  /** Every record below it is on all in-sync replicas. Never above `logEndOffset`. */
  readonly highWatermark: number
  /** The largest batch that `append` takes, in bytes: the topic's `max.message.bytes`. */
  readonly maxBatchBytes: number
  /**
   * Appends one batch as the leader, with acks=all semantics: its records are committed when the high watermark passes them.
   * Sets base offset and leader epoch in `batch`, which belongs to the log from now on. Does not wait and does not throw
   * for anything that the disk or the partition's state may cause.
   */
  append(batch: Buffer): LogAppendOutcome
  /**
   * Whole batches from the one that holds `startOffset`, about `maxBytes` in all but at least one; empty at `logEndOffset`.
   * Reads past the high watermark, since a new leader replays all that it has. Rejects with a `DiskError`.
   * The bytes are valid until the next call.
   */
  read(startOffset: number, maxBytes: number): Promise<Buffer>
  /** Calls `listener` with each new high watermark, in order, never from inside `append`. The returned function ends it. */
  onHighWatermark(listener: (highWatermark: number) => void): () => void
}

export type LogAppendOutcome =
  | { readonly ok: true; readonly baseOffset: number; readonly nextOffset: number }
  /** Nothing was appended. `errorCode` as Produce would answer it. */
  | { readonly ok: false; readonly errorCode: number }

/** Gives the log of a partition that this node leads in `leaderEpoch`, or null when it does not (any more). */
export type OpenCoordinatorLog = (topic: string, partition: number, leaderEpoch: number) => CoordinatorLog | null
