import type { LogBatch } from './log-batches.ts'
import type { SnapshotId } from './snapshot-name.ts'

/**
 * The state machine that the log drives: it sees every committed record once, in order. Calls are synchronous and must
 * not throw: a state machine that cannot go on says so through its own means.
 */
export interface RaftListener<T> {
  /** First of all, when the log does not begin at 0: the whole state below `id.offset`. */
  handleSnapshot(id: SnapshotId, appendedMs: number, records: readonly T[]): void
  /** Committed; batches of control records come with no records. */
  handleCommit(batch: LogBatch<T>): void
  /** This node leads, and everything up to the records that open its epoch, the last at `offset`, was handed over. */
  handleLeading(epoch: number, offset: number): void
  /** This node does not lead any longer; its appends that are not committed have failed. */
  handleStepDown(epoch: number): void
  /** The process of another node is gone, as its machine says; told again and again while it is asked. */
  handleGone(nodeId: number): void
  /** The log failed or is not what it should be: the node can not go on. */
  handleFailure(error: Error): void
}
