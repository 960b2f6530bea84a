import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Timer, Timers } from '../../base/ports.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { IsrAnswer, IsrChanger, IsrReply, ProposedIsr } from './isr-changer.ts'

/** Between a request that failed and the next. Source: DefaultAlterPartitionManager. */
const RETRY_MS = 50

export interface IsrChange {
  readonly topicId: Uuid
  readonly proposed: ProposedIsr
  /** Called once, with what the controller has made of it in the end, unless the node stops before. */
  readonly onAnswer: (answer: IsrAnswer) => void
}

export interface IsrChangesOptions {
  readonly nodeId: number
  readonly timers: Pick<Timers, 'schedule'>
  readonly logger: Logger
  /** A broken invariant. */
  readonly onFailure: (error: unknown) => void
}

interface Link {
  readonly changer: IsrChanger
  readonly brokerEpoch: () => number
}

/** After these a change is settled; after any other it is asked for again. Source: kafka.cluster.Partition.handleAlterPartitionError. */
const FINAL_ERRORS: ReadonlySet<number> = new Set([
  ErrorCode.NONE,
  ErrorCode.OPERATION_NOT_ATTEMPTED,
  ErrorCode.INELIGIBLE_REPLICA,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.UNKNOWN_TOPIC_ID,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.INVALID_UPDATE_VERSION,
  ErrorCode.INVALID_REQUEST,
  ErrorCode.NEW_LEADER_ELECTED,
])

const NOT_ATTEMPTED: IsrAnswer = { errorCode: ErrorCode.OPERATION_NOT_ATTEMPTED, state: null }

/**
 * Tells the controller of changed in-sync replicas: all that wait go in one request, and one request is on its way at a time.
 * A request that fails as a whole is sent again until the controller has answered for each partition. At most one change of
 * a partition waits, so they are bounded by the partitions of this node.
 * Source: kafka.server.DefaultAlterPartitionManager; KIP-497.
 */
export class IsrChanges {
  readonly #options: IsrChangesOptions
  readonly #waiting = new Map<string, IsrChange>()
  #link: Link | null = null
  #isInFlight = false
  #retry: Timer | null = null
  #isStopped = false

  constructor(options: IsrChangesOptions) {
    this.#options = options
  }

  /** The broker is registered: what waits is told from now on. */
  start(changer: IsrChanger, brokerEpoch: () => number): void {
    this.#link = { changer, brokerEpoch }
    this.#send()
  }

  /** A partition of which a change waits already is answered OPERATION_NOT_ATTEMPTED. */
  submit(change: IsrChange): void {
    const key = keyOf(change.topicId, change.proposed.partition)
    if (this.#waiting.has(key)) {
      change.onAnswer(NOT_ATTEMPTED)
      return
    }
    this.#waiting.set(key, change)
    this.#send()
  }

  stop(): void {
    this.#isStopped = true
    this.#retry?.cancel()
    this.#waiting.clear()
  }

  #send(): void {
    const link = this.#link
    if (link === null || this.#isInFlight || this.#retry !== null || this.#isStopped || this.#waiting.size === 0) return
    this.#isInFlight = true
    this.#ask(link, new Map(this.#waiting))
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#isInFlight = false
        this.#send()
      })
  }

  async #ask({ changer, brokerEpoch }: Link, sent: ReadonlyMap<string, IsrChange>): Promise<void> {
    const command = { brokerId: this.#options.nodeId, brokerEpoch: brokerEpoch(), topics: byTopic(sent.values()) }
    try {
      this.#take(await changer.alterPartition(command), sent)
    } catch (error) {
      if (!(error instanceof OdradekError)) throw error
      this.#retryLater('the controller was not reached with changed in-sync replicas; they are told again', { error })
    }
  }

  #take(reply: IsrReply, sent: ReadonlyMap<string, IsrChange>): void {
    if (this.#isStopped) return
    if (reply.errorCode !== ErrorCode.NONE) {
      this.#retryLater('the controller did not take changed in-sync replicas; they are told again', { error: errorName(reply.errorCode) })
      return
    }
    for (const { topicId, partitions } of reply.topics) {
      for (const answer of partitions) {
        const key = keyOf(topicId, answer.partition)
        const change = sent.get(key)
        if (change === undefined || !FINAL_ERRORS.has(answer.errorCode) || !this.#waiting.delete(key)) continue
        change.onAnswer(answer)
      }
    }
    const isAnyLeft = [...sent].some(([key, change]) => this.#waiting.get(key) === change)
    if (isAnyLeft) this.#retryLater('the controller did not take some of the changed in-sync replicas; they are told again', {})
  }

  #retryLater(message: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#isStopped) return
    this.#options.logger.debug(message, fields)
    this.#retry = this.#options.timers.schedule(RETRY_MS, () => {
      this.#retry = null
      this.#send()
    })
  }
}

function keyOf(topicId: Uuid, partition: number): string {
  return `${topicId}:${partition}`
}

function byTopic(changes: Iterable<IsrChange>): { topicId: Uuid; partitions: ProposedIsr[] }[] {
  const topics = new Map<Uuid, ProposedIsr[]>()
  for (const { topicId, proposed } of changes) {
    const partitions = topics.get(topicId)
    if (partitions === undefined) topics.set(topicId, [proposed])
    else partitions.push(proposed)
  }
  return [...topics].map(([topicId, partitions]) => ({ topicId, partitions }))
}
