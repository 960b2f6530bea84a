import type { Uuid } from '../../protocol/uuid.ts'
import type { PartitionImage } from '../metadata/image.ts'
import type { PartitionLog } from '../storage/log/partition-log.ts'
import type { HighWatermark } from './high-watermark.ts'
import { IsrKeeper } from './isr/isr-keeper.ts'
import { type FollowerFetch, LeaderState } from './leader-state.ts'
import type { PartitionEnvironment } from './partition-environment.ts'

export interface LeadershipOptions {
  readonly topic: string
  readonly topicId: Uuid
  readonly index: number
  readonly environment: PartitionEnvironment
  readonly watermark: HighWatermark
  /** The log as it is now: it may move to another directory. */
  readonly log: () => PartitionLog
  /** The controller has written down other in-sync replicas. */
  readonly onIsrChange: () => void
}

/** That this node leads a partition, for one leader epoch: what it knows of the followers, and who of them is in sync. */
export class Leadership {
  readonly state: LeaderState
  readonly #options: LeadershipOptions
  readonly #keeper: IsrKeeper

  /** @param previous of the epoch before, where this node led it too */
  constructor(options: LeadershipOptions, registration: PartitionImage, previous: Leadership | null) {
    const { environment } = options
    this.#options = options
    this.state = new LeaderState(environment.nodeId, registration, options.log().logEndOffset, environment.clock.monotonicMs(), previous?.state)
    this.#keeper = new IsrKeeper({ ...options, leader: this.state, offsets: options.log, onCommitted: options.onIsrChange })
    this.#watch()
    if (registration.isr.length < registration.replicas.length) this.#logIsr('a partition is led from here with replicas out of sync')
    const followers = registration.replicas.filter((replicaId) => replicaId !== environment.nodeId)
    if (followers.length > 0) environment.expectedFetches.expect(this, followers)
  }

  get isUnderMinIsr(): boolean {
    const { environment, topic } = this.#options
    return !this.state.isAlone && this.state.isUnderMinIsr(environment.minInsyncReplicas(topic))
  }

  /** As `isUnderMinIsr`, where what is about to be in sync counts too: what was appended is where it was promised to be. */
  get isMaximalUnderMinIsr(): boolean {
    const { environment, topic } = this.#options
    return !this.state.isAlone && this.state.isr.maximalSize < this.state.effectiveMinIsr(environment.minInsyncReplicas(topic))
  }

  update(registration: PartitionImage): void {
    const before = this.state.isr.committed
    this.state.update(registration, this.#options.environment.clock.monotonicMs())
    // What this leader asked for is logged when it is answered; this is what the controller did by itself.
    if (!haveSameMembers(before, this.state.isr.committed)) this.#logIsr('in-sync replicas changed')
    this.#watch()
  }

  followerFetched(fetch: FollowerFetch): void {
    this.state.followerFetched(fetch)
    this.#options.environment.expectedFetches.came(this, fetch.replicaId)
    this.#keeper.followerFetched(fetch.replicaId)
    this.advance()
  }

  /** Moves the high watermark to what is committed. */
  advance(): void {
    this.#options.watermark.advance(this.#options.log(), this.state)
  }

  /** Answers that are on their way mean nothing any more. */
  end(): void {
    const { lagWatch, expectedFetches } = this.#options.environment
    lagWatch.remove(this.#keeper)
    expectedFetches.forget(this)
  }

  #logIsr(message: string): void {
    const { environment, topic, index } = this.#options
    const { committed: isr, partitionEpoch } = this.state.isr
    environment.logger.info(message, { topic, partition: index, isr, partitionEpoch })
  }

  #watch(): void {
    const { lagWatch } = this.#options.environment
    if (this.state.isAlone) lagWatch.remove(this.#keeper)
    else lagWatch.add(this.#keeper)
  }
}

function haveSameMembers(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((member) => others.includes(member))
}
