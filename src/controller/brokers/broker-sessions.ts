import type { MetadataImage } from '../../metadata/image.ts'
import { isActive } from '../controller-state.ts'
import type { BrokerIncarnation } from './broker-fencing.ts'
import type { BrokerStanding } from './broker-heartbeat.ts'

export interface BrokerSessionsOptions {
  /** broker.session.timeout.ms */
  readonly timeoutMs: number
  readonly monotonicMs: () => number
  /** The last metadata record that this node has applied: how far its own broker is. */
  readonly appliedOffset: () => number
}

interface Session {
  readonly brokerEpoch: number
  /** Of the record of the last registration. */
  registrationOffset: number
  /** null before the first heartbeat. */
  heardAtMs: number | null
  /** As of the last heartbeat; -1 before it. */
  appliedOffset: number
  /** The end of what was decided when it began to shut down; null when it does not. */
  shutdownOffset: number | null
}

/**
 * What an active controller knows of brokers beside the log: when each was heard last, and how far each is. Soft state of one
 * leadership, which begins as if all unfenced brokers had been heard just then.
 *
 * The broker of this process lives as long as the controller that asks: it has no session that could end, and how far
 * it is need not be told. Bounded by the brokers that are registered. Source: BrokerHeartbeatManager, BrokerHeartbeatTracker.
 */
export class BrokerSessions {
  readonly #options: BrokerSessionsOptions
  readonly #sessions = new Map<number, Session>()
  #ownBrokerId: number | null = null

  constructor(options: BrokerSessionsOptions) {
    this.#options = options
  }

  /** A leadership begins. */
  begin(image: MetadataImage): void {
    this.#sessions.clear()
    const nowMs = this.#options.monotonicMs()
    for (const { id, epoch, fenced } of image.cluster.brokers.values()) {
      this.#sessions.set(id, { ...newSession(epoch, epoch), heardAtMs: fenced || id === this.#ownBrokerId ? null : nowMs })
    }
  }

  /** The leadership is over: nothing is known of anybody. */
  end(): void {
    this.#sessions.clear()
  }

  /** @param offset of the record; @param isOwn the broker runs in this process */
  registered({ brokerId, brokerEpoch }: BrokerIncarnation, offset: number, isOwn: boolean): void {
    if (isOwn) this.#ownBrokerId = brokerId
    // Its number was free again, and went to a broker elsewhere.
    else if (this.#ownBrokerId === brokerId) this.#ownBrokerId = null
    const known = this.#sessions.get(brokerId)
    if (known?.brokerEpoch === brokerEpoch) known.registrationOffset = offset
    else this.#sessions.set(brokerId, newSession(brokerEpoch, offset))
  }

  unregistered(brokerId: number): void {
    this.#sessions.delete(brokerId)
  }

  /** A broker of another epoch than the registered one is not heard. */
  heard({ brokerId, brokerEpoch }: BrokerIncarnation): void {
    const session = this.#sessions.get(brokerId)
    if (session?.brokerEpoch === brokerEpoch && brokerId !== this.#ownBrokerId) session.heardAtMs = this.#options.monotonicMs()
  }

  /** What a heartbeat said, and what was decided on it; `decidedOffset` is that of the last record by then. */
  reported(brokerId: number, told: { readonly appliedOffset: number; readonly isShuttingDown: boolean; readonly decidedOffset: number }): void {
    const session = this.#sessions.get(brokerId)
    if (session === undefined) return
    session.appliedOffset = told.appliedOffset
    session.shutdownOffset = told.isShuttingDown ? (session.shutdownOffset ?? told.decidedOffset) : null
  }

  /** Whether the incarnation that is registered is alive as far as is known. */
  isLive(brokerId: number): boolean {
    if (brokerId === this.#ownBrokerId) return this.#sessions.has(brokerId)
    const heardAtMs = this.#sessions.get(brokerId)?.heardAtMs ?? null
    return heardAtMs !== null && !this.#isExpired(heardAtMs)
  }

  /** What a decision on a heartbeat needs; of a broker that is not registered nothing is known. */
  standingOf(image: MetadataImage, brokerId: number): BrokerStanding {
    const session = this.#sessions.get(brokerId)
    return { registrationOffset: session?.registrationOffset ?? -1, isHandedOver: session !== undefined && this.#isHandedOver(image, brokerId, session) }
  }

  /** Brokers that were not heard for the time of a session. */
  expired(): readonly BrokerIncarnation[] {
    return [...this.#sessions].flatMap(([brokerId, { brokerEpoch, heardAtMs }]) =>
      heardAtMs !== null && this.#isExpired(heardAtMs) ? [{ brokerId, brokerEpoch }] : [],
    )
  }

  /** The broker is fenced: nothing ends any more until it is heard again. */
  ended(brokerId: number): void {
    const session = this.#sessions.get(brokerId)
    if (session !== undefined) session.heardAtMs = null
  }

  /** Milliseconds until a session ends unless its broker is heard; null when none can. */
  get nextExpiryMs(): number | null {
    let first: number | null = null
    for (const { heardAtMs } of this.#sessions.values()) if (heardAtMs !== null && (first === null || heardAtMs < first)) first = heardAtMs
    return first === null ? null : Math.max(first + this.#options.timeoutMs - this.#options.monotonicMs(), 0)
  }

  #isExpired(heardAtMs: number): boolean {
    return heardAtMs + this.#options.timeoutMs < this.#options.monotonicMs()
  }

  /**
   * The broker of this process waits for nobody: who does not know yet would be told by the controller that ends with it.
   * One whose shutdown this leadership did not see begin has just begun it.
   */
  #isHandedOver(image: MetadataImage, brokerId: number, { shutdownOffset }: Session): boolean {
    if (brokerId === this.#ownBrokerId) return true
    if (shutdownOffset === null) return false
    for (const id of image.cluster.brokers.keys()) if (isActive(image, id) && this.#appliedBy(id) < shutdownOffset) return false
    return true
  }

  #appliedBy(brokerId: number): number {
    return brokerId === this.#ownBrokerId ? this.#options.appliedOffset() : (this.#sessions.get(brokerId)?.appliedOffset ?? -1)
  }
}

function newSession(brokerEpoch: number, registrationOffset: number): Session {
  return { brokerEpoch, registrationOffset, heardAtMs: null, appliedOffset: -1, shutdownOffset: null }
}
