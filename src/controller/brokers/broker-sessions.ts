import { SOFTWARE_NAME } from '../../base/software-name.ts'
import type { MetadataImage } from '../../metadata/image.ts'
import { isActive } from '../controller-state.ts'
import type { NodeConnection } from '../node-controller.ts'
import type { BrokerIncarnation } from './broker-fencing.ts'
import type { BrokerStanding, HeartbeatCommand } from './broker-heartbeat.ts'
import type { Laggard } from './catch-up.ts'

export interface BrokerSessionsOptions {
  /** broker.session.timeout.ms */
  readonly timeoutMs: number
  /** [odradek.broker.connection.grace.ms]: how long a session lasts without a connection; -1: as long as with one. */
  readonly connectionGraceMs: number
  readonly monotonicMs: () => number
  /** The last metadata record that this node has applied: how far its own broker is. */
  readonly appliedOffset: () => number
  /** Below it a node has the metadata log, and knows it to be committed as far as it says; -1 when nothing is known of it. */
  readonly knownOffsetOf: (nodeId: number) => number
}

interface Session {
  readonly brokerEpoch: number
  /** Of the record of the last registration. */
  registrationOffset: number
  /** null before the first heartbeat. */
  heardAtMs: number | null
  /** On which it was heard last; null before, and since that connection closed. */
  connectionId: number | null
  /** When that connection closed, or its node turned out to be out of reach; null when neither is so. */
  lostAtMs: number | null
  /** It says at once how far it is when topics changed, as brokers of our own do; others say so with their next heartbeat. null before it was heard. */
  tellsAtOnce: boolean | null
  /** As of the last heartbeat; -1 before it. */
  appliedOffset: number
  /** The end of what was decided when it began to shut down; null when it does not. */
  shutdownOffset: number | null
}

/** Older news of who is out of reach say nothing. */
const FRESH_MS = 1000
/** However long a broker was out of reach before a leadership began, so long it may still come. */
const LAST_CHANCE_MS = 100

/**
 * What an active controller knows of brokers beside the log: when each was heard last, whether it is connected, and how far
 * it is. Soft state of one leadership, which begins as if all unfenced brokers had been heard just then.
 *
 * The broker of this process lives as long as the controller that asks: it has no session that could end, and how far
 * it is need not be told. Bounded by the brokers that are registered. Source: BrokerHeartbeatManager, BrokerHeartbeatTracker.
 */
export class BrokerSessions {
  readonly #options: BrokerSessionsOptions
  readonly #sessions = new Map<number, Session>()
  /** Nodes that could not be reached, and were not heard since. Bounded by the voters of the quorum, which are asked. */
  readonly #unreachable = new Map<number, { readonly firstMs: number; lastMs: number }>()
  #ownBrokerId: number | null = null

  constructor(options: BrokerSessionsOptions) {
    this.#options = options
  }

  /** A leadership begins. */
  begin(image: MetadataImage): void {
    this.#sessions.clear()
    const nowMs = this.#options.monotonicMs()
    for (const { id, epoch, fenced } of image.cluster.brokers.values()) {
      const heardAtMs = fenced || id === this.#ownBrokerId ? null : nowMs
      const lostAtMs = this.#lostBefore(id, nowMs)
      this.#sessions.set(id, { ...newSession(epoch, epoch), heardAtMs, lostAtMs })
    }
  }

  /** The leadership is over: nothing is known of anybody. */
  end(): void {
    this.#sessions.clear()
    this.#unreachable.clear()
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

  /**
   * A heartbeat came. A broker of another epoch than the registered one is not heard.
   * @param connection null for the broker of this process
   * @returns whether the broker is known, and was not heard on this connection before
   */
  heard({ brokerId, brokerEpoch, currentMetadataOffset }: HeardHeartbeat, connection: NodeConnection | null): boolean {
    const session = this.#sessions.get(brokerId)
    if (session?.brokerEpoch !== brokerEpoch) return false
    session.appliedOffset = currentMetadataOffset
    if (connection === null) {
      this.#ownBrokerId = brokerId
      session.heardAtMs = null
      return false
    }
    if (brokerId === this.#ownBrokerId) return false
    session.heardAtMs = this.#options.monotonicMs()
    session.lostAtMs = null
    this.#unreachable.delete(brokerId)
    if (session.connectionId === connection.connectionId) return false
    session.connectionId = connection.connectionId
    session.tellsAtOnce = connection.clientSoftware === SOFTWARE_NAME
    return true
  }

  /** @returns whether that was the connection of a broker, which has none now */
  connectionClosed(brokerId: number, connectionId: number): boolean {
    const session = this.#sessions.get(brokerId)
    if (session === undefined || session.connectionId !== connectionId) return false
    session.connectionId = null
    session.lostAtMs = this.#options.monotonicMs()
    return true
  }

  /**
   * The node of this number could not be reached; that is remembered where the leadership is yet to begin, since it may begin
   * because of that.
   * @returns whether it is a broker that might be connected as far as was known
   */
  unreachable(brokerId: number): boolean {
    const session = this.#sessions.get(brokerId)
    if (session === undefined) this.#noteUnreachable(brokerId)
    if (session === undefined || session.connectionId !== null || session.heardAtMs === null || session.lostAtMs !== null) return false
    session.lostAtMs = this.#options.monotonicMs()
    return true
  }

  /** What was decided on a heartbeat; `decidedOffset` is that of the last record by then. */
  reported(brokerId: number, { isShuttingDown, decidedOffset }: { readonly isShuttingDown: boolean; readonly decidedOffset: number }): void {
    const session = this.#sessions.get(brokerId)
    if (session === undefined) return
    session.shutdownOffset = isShuttingDown ? (session.shutdownOffset ?? decidedOffset) : null
  }

  /**
   * Whether the incarnation that is registered is alive as far as is known. Without a connection it is not, where that ends its
   * session: one that was lost, or that it might have made since this leadership began.
   */
  isLive(brokerId: number): boolean {
    const session = this.#sessions.get(brokerId)
    if (session === undefined) return false
    if (brokerId === this.#ownBrokerId) return true
    return session.heardAtMs !== null && !this.#isGone(session) && !this.#isExpired(session)
  }

  /** What a decision on a heartbeat needs; of a broker that is not registered nothing is known. */
  standingOf(image: MetadataImage, brokerId: number): BrokerStanding {
    const session = this.#sessions.get(brokerId)
    return { registrationOffset: session?.registrationOffset ?? -1, isHandedOver: session !== undefined && this.#isHandedOver(image, session) }
  }

  /** Brokers that were not heard for the time of a session, or had no connection for the time of grace. */
  expired(): readonly BrokerIncarnation[] {
    return [...this.#sessions].flatMap(([brokerId, session]) => (this.#isExpired(session) ? [{ brokerId, brokerEpoch: session.brokerEpoch }] : []))
  }

  /** Whether it has no connection since it was heard. */
  isLost(brokerId: number): boolean {
    return (this.#sessions.get(brokerId)?.lostAtMs ?? null) !== null
  }

  /** The broker is fenced: nothing ends any more until it is heard again. */
  ended(brokerId: number): void {
    const session = this.#sessions.get(brokerId)
    if (session !== undefined) session.heardAtMs = null
  }

  /** Milliseconds until a session ends unless its broker is heard; null when none can. */
  get nextExpiryMs(): number | null {
    let first = Number.POSITIVE_INFINITY
    for (const session of this.#sessions.values()) first = Math.min(first, this.#endsAtMs(session))
    return first === Number.POSITIVE_INFINITY ? null : Math.max(first - this.#options.monotonicMs(), 0)
  }

  /**
   * Brokers that serve and may not know what the record at `offset` says. Of a broker that does not tell how far it is as soon as
   * topics changed, it is enough that it has the record and knows it to be committed. Before the first heartbeat of a leadership
   * it may be one that does, so it is waited for.
   */
  behind(image: MetadataImage, offset: number): readonly Laggard[] {
    const behind: Laggard[] = []
    for (const brokerId of image.cluster.brokers.keys()) {
      const session = this.#sessions.get(brokerId)
      const appliedOffset = this.#appliedBy(brokerId)
      if (session === undefined || !isActive(image, brokerId) || appliedOffset >= offset) continue
      const tellsAtOnce = session.tellsAtOnce ?? true
      if (tellsAtOnce || this.#options.knownOffsetOf(brokerId) <= offset) behind.push({ brokerId, appliedOffset, tellsAtOnce })
    }
    return behind
  }

  #noteUnreachable(nodeId: number): void {
    const nowMs = this.#options.monotonicMs()
    const known = this.#unreachable.get(nodeId)
    if (known !== undefined && known.lastMs + FRESH_MS >= nowMs) known.lastMs = nowMs
    else this.#unreachable.set(nodeId, { firstMs: nowMs, lastMs: nowMs })
  }

  /** Since when a node has been out of reach as a leadership begins, but so that it can still show itself; null when it is not known to be. */
  #lostBefore(nodeId: number, nowMs: number): number | null {
    const known = this.#unreachable.get(nodeId)
    if (known === undefined || known.lastMs + FRESH_MS < nowMs) return null
    return Math.max(known.firstMs, nowMs - Math.max(this.#options.connectionGraceMs - LAST_CHANCE_MS, 0))
  }

  #isExpired(session: Session): boolean {
    return this.#endsAtMs(session) < this.#options.monotonicMs()
  }

  #isGone({ heardAtMs, connectionId, lostAtMs }: Session): boolean {
    const { connectionGraceMs, monotonicMs } = this.#options
    if (connectionGraceMs < 0) return false
    const wasNeverHeard = connectionId === null && heardAtMs !== null && heardAtMs + connectionGraceMs <= monotonicMs()
    return lostAtMs !== null || wasNeverHeard
  }

  /** Infinite where nothing can end. */
  #endsAtMs({ heardAtMs, lostAtMs }: Session): number {
    const { timeoutMs, connectionGraceMs } = this.#options
    if (heardAtMs === null) return Number.POSITIVE_INFINITY
    const bySilence = heardAtMs + timeoutMs
    return lostAtMs === null || connectionGraceMs < 0 ? bySilence : Math.min(bySilence, lostAtMs + connectionGraceMs)
  }

  /**
   * All who serve know who leads what it led. Who has no connection is not waited for: it learns that with the rest. A broker
   * whose shutdown this leadership did not see begin has just begun it.
   */
  #isHandedOver(image: MetadataImage, { shutdownOffset }: Session): boolean {
    if (shutdownOffset === null) return false
    for (const id of image.cluster.brokers.keys()) {
      if (isActive(image, id) && !this.isLost(id) && this.#appliedBy(id) < shutdownOffset) return false
    }
    return true
  }

  #appliedBy(brokerId: number): number {
    return brokerId === this.#ownBrokerId ? this.#options.appliedOffset() : (this.#sessions.get(brokerId)?.appliedOffset ?? -1)
  }
}

type HeardHeartbeat = BrokerIncarnation & Pick<HeartbeatCommand, 'currentMetadataOffset'>

function newSession(brokerEpoch: number, registrationOffset: number): Session {
  return {
    brokerEpoch,
    registrationOffset,
    heardAtMs: null,
    connectionId: null,
    lostAtMs: null,
    tellsAtOnce: null,
    appliedOffset: -1,
    shutdownOffset: null,
  }
}
