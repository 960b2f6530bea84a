import { ErrorCode } from '../../../protocol/error-codes.ts'
import { DiskError } from '../../base/errors.ts'
import type { Clock } from '../../base/ports.ts'
import type { CoordinatorLog, LogAppendOutcome, OpenCoordinatorLog } from '../../coordinator/coordinator-log.ts'
import type { Partition } from '../../replication/partition.ts'
import { readLog, readLogLater } from '../../replication/partition-reads.ts'
import type { ReplicaManager } from '../../replication/replica-manager.ts'

const ACKS_ALL = -1

export interface CoordinatorLogOptions {
  readonly replicas: ReplicaManager
  readonly clock: Clock
  /** `max.message.bytes` in force for a topic. */
  readonly maxBatchBytes: (topic: string) => number
}

/** Gives coordinators their partitions, which are replicated like any others. */
export function openCoordinatorLogs({ replicas, clock, maxBatchBytes }: CoordinatorLogOptions): OpenCoordinatorLog {
  return (topic, index, leaderEpoch) => {
    const partition = replicas.partition(topic, index)
    if (partition === undefined || !partition.isLeader || partition.leaderEpoch !== leaderEpoch) return null
    return new PartitionCoordinatorLog(partition, leaderEpoch, clock, () => maxBatchBytes(topic))
  }
}

/** One partition during one leadership of this node: when that has ended, nothing is appended or told any more. */
class PartitionCoordinatorLog implements CoordinatorLog {
  readonly leaderEpoch: number
  readonly #partition: Partition
  readonly #clock: Clock
  readonly #maxBatchBytes: () => number

  constructor(partition: Partition, leaderEpoch: number, clock: Clock, maxBatchBytes: () => number) {
    this.leaderEpoch = leaderEpoch
    this.#partition = partition
    this.#clock = clock
    this.#maxBatchBytes = maxBatchBytes
  }

  get logStartOffset(): number {
    return this.#partition.logStartOffset
  }

  get logEndOffset(): number {
    return this.#partition.logEndOffset
  }

  get highWatermark(): number {
    return this.#partition.highWatermark
  }

  get maxBatchBytes(): number {
    return this.#maxBatchBytes()
  }

  append(batch: Buffer): LogAppendOutcome {
    if (!this.#isCurrent()) return { ok: false, errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER }
    const result = this.#partition.appendAsLeader(batch, { origin: 'coordinator', nowMs: this.#clock.nowMs(), requiredAcks: ACKS_ALL })
    if (result.kind === 'refused') return { ok: false, errorCode: result.errorCode }
    return { ok: true, baseOffset: result.firstOffset, nextOffset: result.lastOffset + 1 }
  }

  async read(startOffset: number, maxBytes: number): Promise<Buffer> {
    const options = { maxBytes, minOneBatch: true, upTo: 'log-end' } as const
    const result = readLog(this.#partition, startOffset, options) ?? (await readLogLater(this.#partition, startOffset, options))
    if (result.kind === 'read') return result.records
    const { topic, index } = this.#partition
    throw new DiskError('io', `${topic}-${index}`, `cannot read ${topic}-${index} at offset ${startOffset} while its coordinator loads`)
  }

  onHighWatermark(listener: (highWatermark: number) => void): () => void {
    return this.#partition.audience.onHighWatermark((highWatermark) => {
      if (this.#isCurrent()) listener(highWatermark)
    })
  }

  #isCurrent(): boolean {
    return this.#partition.isLeader && this.#partition.leaderEpoch === this.leaderEpoch
  }
}
