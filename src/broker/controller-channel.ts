/**
 * Calls to the active controller, wherever it is: in this process, or on the node that leads the metadata quorum.
 *
 * - A call goes on until it is answered or its time is over: a controller that is gone, does not answer or is no longer the
 *   active one is asked anew, or its successor, as soon as one is known. So a change may have been made when its answer was
 *   lost, and is asked for twice: what Kafka's brokers do, too.
 * - Calls of one channel share one connection, on which the controller answers one after the other; what may take long and what
 *   must not wait have channels of their own.
 * - Calls that wait are bounded by `MAX_CALLS`.
 */
import { OdradekError } from '../base/errors.ts'
import type { Clock, Endpoint, Network, Timers } from '../base/ports.ts'
import { PeerClient } from '../client/peer-client.ts'
import { NotControllerError } from '../controller/not-controller-error.ts'
import { timedOut } from '../controller/rejection.ts'
import type { QuorumLeader, QuorumView } from '../raft/quorum-description.ts'
import type { ControllerOutage } from './controller-outage.ts'

export interface ControllerChannelOptions {
  readonly nodeId: number
  readonly quorum: Pick<QuorumView, 'leader' | 'onLeaderChange'>
  readonly network: Network
  readonly timers: Timers
  readonly clock: Pick<Clock, 'monotonicMs'>
  /** Shown in the controller's log and metrics. */
  readonly clientId: string
  /** For connecting, and for each response, in milliseconds: `controller.socket.timeout.ms`. */
  readonly requestTimeoutMs: number
  /** From a call to its end, with all attempts, in milliseconds; without end where not given. */
  readonly callTimeoutMs?: number
  /** Told whether the controller answers. */
  readonly outage: ControllerOutage
}

/** One call; both ways reject with `NotControllerError` when who was asked is not the active controller. */
export interface ControllerCall<T> {
  /** As in "… was not answered by the controller". */
  readonly what: string
  /** No attempt begins later, in milliseconds from the call on; where the channel's time is shorter, that counts. */
  readonly timeoutMs?: number
  /** In this process, where the active controller is. */
  here(): Promise<T>
  /** At another node. @param leftMs tells how much of the time is left */
  there(peer: PeerClient, leftMs: () => number): Promise<T>
}

type Attempted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string }

/** Kafka's, while no controller is known. Source: NodeToControllerRequestThread. */
const RETRY_MS = 100
const MAX_CALLS = 10_000

/** After these the same request may succeed, at this controller or at the next one. */
const LOST: ReadonlySet<string> = new Set(['CLIENT_TIMEOUT', 'CLIENT_CLOSED', 'CLIENT_BUSY', 'CLIENT_PROTOCOL'])

/** See the head of this file. */
export class ControllerChannel implements AsyncDisposable {
  readonly #options: ControllerChannelOptions
  readonly #unwatch: () => void
  readonly #closing = new AbortController()
  /** Ends the waits for the next attempt when another leader is known. */
  #leaderChange = new AbortController()
  #peer: PeerClient | null = null
  #callCount = 0

  constructor(options: ControllerChannelOptions) {
    this.#options = options
    this.#unwatch = options.quorum.onLeaderChange((leader) => this.#leaderChanged(leader))
  }

  /** Whether this node leads the quorum, as far as it knows: the active controller is in this process. */
  get isHere(): boolean {
    return this.#options.quorum.leader()?.id === this.#options.nodeId
  }

  /**
   * @returns what the active controller answers
   * Errors: CONTROLLER_TIMEOUT when nobody answered in time or too many calls wait; CLIENT_VERSION when the controller does not
   * serve the request; CONTROLLER_CLOSED from disposal on; whatever else the call rejects with.
   */
  async call<T>(call: ControllerCall<T>): Promise<T> {
    if (this.#callCount >= MAX_CALLS) throw timedOut(`${call.what} was not asked of the controller: ${MAX_CALLS} calls wait for it already`)
    const { clock, callTimeoutMs = Number.POSITIVE_INFINITY } = this.#options
    const timeoutMs = Math.min(callTimeoutMs, call.timeoutMs ?? Number.POSITIVE_INFINITY)
    const deadlineMs = clock.monotonicMs() + timeoutMs
    const leftMs = () => deadlineMs - clock.monotonicMs()
    this.#callCount++
    try {
      for (;;) {
        // Of before the attempt: after one during which the leader changed, the next follows at once.
        const { signal } = this.#leaderChange
        const answered = await this.#attempt(call, leftMs)
        if (answered.ok) return answered.value
        if (leftMs() > 0) await this.#pause(Math.min(RETRY_MS, leftMs()), signal)
        if (leftMs() <= 0) throw timedOut(`${call.what} was not answered by the controller within ${timeoutMs} ms: ${answered.why}`)
      }
    } finally {
      this.#callCount--
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unwatch()
    this.#closing.abort(new OdradekError('CONTROLLER_CLOSED', 'the controller is not asked any more, as this node stops'))
    this.#leaderChange.abort()
    await this.#drop()
  }

  async #attempt<T>(call: ControllerCall<T>, leftMs: () => number): Promise<Attempted<T>> {
    this.#closing.signal.throwIfAborted()
    const leader = this.#options.quorum.leader()
    try {
      const value = await this.#ask(call, leader, leftMs)
      this.#options.outage.answered()
      return { ok: true, value }
    } catch (error) {
      this.#closing.signal.throwIfAborted()
      if (!isLost(error)) throw error
      this.#options.outage.failed(leader, error)
      return { ok: false, why: error.message }
    }
  }

  #ask<T>(call: ControllerCall<T>, leader: QuorumLeader | null, leftMs: () => number): Promise<T> {
    if (leader?.id === this.#options.nodeId) return call.here()
    if (leader === null) return Promise.reject(new NotControllerError('no leader of the metadata quorum is known'))
    if (leader.endpoint === null) return Promise.reject(new NotControllerError(`it is not known where controller ${leader.id} listens`))
    return call.there(this.#peerAt(leader.endpoint), leftMs)
  }

  #peerAt(endpoint: Endpoint): PeerClient {
    const { network, timers, clientId, requestTimeoutMs, callTimeoutMs = requestTimeoutMs } = this.#options
    if (this.#peer === null || !isSame(this.#peer.endpoint, endpoint)) {
      void this.#drop()
      this.#peer = new PeerClient({ endpoint, network, timers, clientId, timeoutMs: Math.min(requestTimeoutMs, callTimeoutMs) })
    }
    return this.#peer
  }

  /** What waits for the answer of a controller that has a successor fails, and is asked of that one. */
  #leaderChanged(leader: QuorumLeader | null): void {
    if (leader === null) return
    if (this.#peer !== null && (leader.endpoint === null || !isSame(this.#peer.endpoint, leader.endpoint))) void this.#drop()
    this.#leaderChange.abort()
    this.#leaderChange = new AbortController()
  }

  async #drop(): Promise<void> {
    const peer = this.#peer
    this.#peer = null
    await peer?.[Symbol.asyncDispose]()
  }

  async #pause(ms: number, leaderChange: AbortSignal): Promise<void> {
    // It rejects when there is another leader or the channel closes: the next attempt finds out which.
    await this.#options.timers.sleep(ms, leaderChange).catch(() => {})
  }
}

function isLost(error: unknown): error is OdradekError {
  return error instanceof NotControllerError || (error instanceof OdradekError && (error.code.startsWith('NETWORK_') || LOST.has(error.code)))
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.host === b.host && a.port === b.port
}
