import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { LeaderState } from '../leader-state.ts'
import type { PartitionEnvironment } from '../partition-environment.ts'
import type { IsrAnswer } from './isr-changer.ts'
import type { PendingIsr } from './isr-state.ts'

export interface IsrKeeperOptions {
  readonly topic: string
  readonly topicId: Uuid
  readonly index: number
  readonly leader: LeaderState
  readonly environment: PartitionEnvironment
  /** Of the leader's log, now. */
  readonly offsets: () => { readonly highWatermark: number; readonly logEndOffset: number }
  /** The controller has written down other in-sync replicas: the high watermark may move. */
  readonly onCommitted: () => void
}

/**
 * Keeps the in-sync replicas of one partition for one leadership: takes in followers that have caught up, drops those that
 * lag, each by asking the controller. Source: kafka.cluster.Partition (maybeExpandIsr, maybeShrinkIsr); KIP-497.
 */
export class IsrKeeper {
  readonly #options: IsrKeeperOptions

  constructor(options: IsrKeeperOptions) {
    this.#options = options
  }

  /** A follower has fetched; it may have caught up by that. */
  followerFetched(replicaId: number): void {
    const { leader, environment, offsets } = this.#options
    if (!leader.mayJoin(replicaId, offsets().highWatermark, environment.isEligible)) return
    this.#submit(leader.isr.propose('expand', [...leader.isr.committed, replicaId]))
  }

  dropLaggards(): void {
    const { topic, index, leader, environment, offsets } = this.#options
    const { logEndOffset, highWatermark } = offsets()
    const laggards = leader.laggards({ logEndOffset, nowMs: environment.clock.monotonicMs(), lagTimeMaxMs: environment.lagTimeMaxMs() })
    if (laggards.length === 0) return
    const isr = leader.isr.committed.filter((replicaId) => !laggards.includes(replicaId))
    environment.logger.info('replicas lag and are to leave the in-sync ones', { topic, partition: index, laggards, isr, highWatermark, logEndOffset })
    this.#submit(leader.isr.propose('shrink', isr))
  }

  #submit(pending: PendingIsr): void {
    const { topicId, index, leader, environment } = this.#options
    const brokerEpochOf = (replicaId: number) => (replicaId === environment.nodeId ? environment.brokerEpoch() : (leader.brokerEpochOf(replicaId) ?? -1))
    environment.isrChanges.submit({
      topicId,
      proposed: {
        partition: index,
        leaderEpoch: leader.leaderEpoch,
        partitionEpoch: leader.isr.partitionEpoch,
        isr: pending.isr.map((brokerId) => ({ brokerId, brokerEpoch: brokerEpochOf(brokerId) })),
        recoveryState: 'recovered',
      },
      onAnswer: (answer) => this.#answered(pending, answer),
    })
  }

  /**
   * Only where the controller says that a change was not made is it taken back. After any other error it may have been made
   * (by a controller before this one), and the metadata will tell.
   */
  #answered(pending: PendingIsr, { errorCode, state }: IsrAnswer): void {
    const { topic, index, leader, environment, onCommitted } = this.#options
    if (errorCode === ErrorCode.OPERATION_NOT_ATTEMPTED || errorCode === ErrorCode.INELIGIBLE_REPLICA) {
      leader.isr.withdrawn(pending)
      return
    }
    if (state === null || state.leaderEpoch !== leader.leaderEpoch) {
      environment.logger.debug('a change of in-sync replicas was not taken', { topic, partition: index, error: errorName(errorCode) })
      return
    }
    if (!leader.isr.accepted(pending, state)) return
    environment.logger.info('in-sync replicas changed', { topic, partition: index, isr: state.isr, partitionEpoch: state.partitionEpoch })
    onCommitted()
  }
}
