import type { AppendAsFollowerOptions, AppendAsLeaderOptions, AppendResult, EpochEndOffset, ReadOptions, ReadResult } from '../storage/log/results.ts'

/** What raft needs of the partition log of `__cluster_metadata-0`; `PartitionLog` is one. */
export interface RaftLog {
  readonly directory: string
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly sizeBytes: number
  readonly latestEpoch: number | null
  readonly config: { readonly segmentBytes: number }
  appendAsLeader(batches: Buffer, options: AppendAsLeaderOptions): AppendResult
  appendAsFollower(batches: Buffer, options: AppendAsFollowerOptions): AppendResult
  read(startOffset: number, options: ReadOptions): ReadResult | null
  readAsync(startOffset: number, options: ReadOptions): Promise<ReadResult>
  assignEpochStartOffset(leaderEpoch: number, startOffset: number): void
  endOffsetForEpoch(leaderEpoch: number): EpochEndOffset | null
  epochForOffset(offset: number): number | null
  updateHighWatermark(offset: number): number
  truncateTo(offset: number): Promise<boolean>
  truncateFullyAndStartAt(offset: number, logStartOffset?: number): Promise<void>
  incrementLogStartOffset(offset: number): boolean | 'out-of-range'
  deleteOldSegments(nowMs: number): Promise<number>
  flush(): Promise<void>
  close(): Promise<void>
}
