import { assert } from '../../../src/base/assert.ts'
import type { NetworkErrorReason } from '../../../src/base/errors.ts'
import type { Endpoint, Socket, SocketHandlers } from '../../../src/base/ports.ts'
import type { Pipe } from './pipe.ts'
import type { CrashKind, SimulatedProcess } from './simulated-node.ts'
import { networkError } from './world-network.ts'

/** As in the Node implementation. */
const HIGH_WATER_MARK_BYTES = 64 * 1024
const LINGER_MS = 1000
/** What the memory of a chunk holds when its receiver has returned. */
const OVERWRITTEN = 0xee

export interface SocketParts {
  readonly process: SimulatedProcess
  readonly local: Endpoint
  readonly remote: Endpoint
  /** Called when this end is over. */
  readonly onGone: () => void
}

export interface Pipes {
  readonly outgoing: Pipe
  readonly incoming: Pipe
}

/**
 * One end of a simulated connection. The world's side (what arrives, what the system does) and the program's side (what
 * the `Socket` interface says) meet here; the program's callbacks run as events of its process.
 */
export class SimulatedSocket implements Socket {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly process: SimulatedProcess
  readonly #onGone: () => void
  #pipes: Pipes | undefined
  #handlers: SocketHandlers | undefined
  #incoming: Buffer[] = []
  #isIntroduced = false
  #isPaused = false
  #isDeliveryPlanned = false
  #needsDrain = false
  /** No more is written or heard: by `end` or `destroy`, or since the other side ended. */
  #isEnded = false
  #hasEndArrived = false
  #isClosed = false

  constructor(parts: SocketParts) {
    this.process = parts.process
    this.local = parts.local
    this.remote = parts.remote
    this.#onGone = parts.onGone
  }

  /** Over for the world: closed, or without a process. */
  get isGone(): boolean {
    return this.#isClosed || !this.process.isAlive
  }

  attach(pipes: Pipes): void {
    this.#pipes = pipes
  }

  /** The program is being given this socket in the present event; what arrived before is delivered in later ones. */
  introduce(): void {
    this.#isIntroduced = true
    this.#planDelivery()
  }

  // The program's side.

  handle(handlers: SocketHandlers): void {
    assert(this.#handlers === undefined, 'a socket is handled once')
    this.#handlers = handlers
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (this.#isEnded || this.#isClosed || !this.process.isAlive) return false
    this.#attached.outgoing.write(chunks)
    this.#needsDrain = this.#attached.outgoing.queuedBytes >= HIGH_WATER_MARK_BYTES
    return !this.#needsDrain
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#attached.outgoing.queuedBytes
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#planDelivery()
  }

  end(): void {
    if (this.#isEnded || !this.process.isAlive) return
    this.#isEnded = true
    this.#attached.outgoing.endAfterQueue()
    this.#planDelivery()
  }

  destroy(): void {
    if (this.#isClosed || !this.process.isAlive) return
    this.#isEnded = true
    const losesBytes = this.#incoming.length > 0 || this.#attached.outgoing.queuedBytes > 0
    this.#attached.outgoing.dropQueue()
    if (losesBytes) this.#attached.outgoing.resetNow()
    else if (!this.#attached.outgoing.isEndSent) this.#attached.outgoing.endNow()
    this.#close(undefined)
  }

  // The world's side.

  bytesArrived(bytes: Buffer): void {
    if (this.isGone) {
      // Nobody is there to read: the system answers with a reset.
      this.#attached.outgoing.resetNow()
      return
    }
    this.#incoming.push(bytes)
    this.#planDelivery()
  }

  endArrived(): void {
    if (this.isGone) return
    this.#hasEndArrived = true
    this.#planDelivery()
  }

  queueIsEmpty(): void {
    if (!this.#needsDrain) return
    this.#needsDrain = false
    this.process.after(0, 'drain', () => {
      if (!this.#isEnded && !this.#isClosed) this.#handlers?.onDrain()
    })
  }

  endWasSent(): void {
    if (this.#hasEndArrived && this.#incoming.length === 0) this.#close(undefined)
    else this.process.after(LINGER_MS, 'linger', () => this.#close(undefined))
  }

  /** The connection breaks at this end. */
  fail(reason: NetworkErrorReason): void {
    if (this.isGone) return
    this.#attached.outgoing.dropQueue()
    this.#close(networkError(reason, 'The connection with', this.remote))
  }

  processEnded(kind: CrashKind): void {
    if (this.#isClosed) return
    if (kind === 'power') this.#attached.outgoing.senderLostPower()
    else this.#closedBySystem()
    this.#attached.outgoing.dropQueue()
    this.#onGone()
  }

  /** The system closes what its dead process had open. */
  #closedBySystem(): void {
    if (this.#incoming.length > 0 || this.#attached.outgoing.queuedBytes > 0) this.#attached.outgoing.resetNow()
    else if (!this.#attached.outgoing.isEndSent) this.#attached.outgoing.endNow()
  }

  get #attached(): Pipes {
    assert(this.#pipes !== undefined, 'a socket is attached before it is used')
    return this.#pipes
  }

  #planDelivery(): void {
    const isWanted = this.#isIntroduced && (this.#incoming.length > 0 || this.#hasEndArrived) && (!this.#isPaused || this.#isEnded)
    if (!isWanted || this.#isDeliveryPlanned || this.#isClosed) return
    this.#isDeliveryPlanned = true
    this.process.after(0, 'deliver', () => {
      this.#isDeliveryPlanned = false
      this.#deliver()
    })
  }

  /** All that arrived, as one chunk, since a system does not keep packets apart; and the end, if it has come. */
  #deliver(): void {
    if (this.#isClosed || (this.#isPaused && !this.#isEnded)) return
    const handlers = this.#handlers
    assert(handlers !== undefined || this.#isEnded, 'a socket is handled in the turn in which it was received')
    if (this.#incoming.length > 0) {
      const chunk = Buffer.concat(this.#incoming)
      this.#incoming = []
      this.#attached.incoming.acknowledge(chunk.length)
      if (!this.#isEnded) handlers?.onData(chunk)
      // Whoever keeps a view against the port's contract shall see it.
      chunk.fill(OVERWRITTEN)
      this.#planDelivery()
    } else if (this.#hasEndArrived) {
      this.#endOfOtherSide()
    }
  }

  #endOfOtherSide(): void {
    this.#isEnded = true
    if (this.#attached.outgoing.isEndSent) this.#close(undefined)
    else this.#attached.outgoing.endAfterQueue()
  }

  #close(error: Error | undefined): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#incoming = []
    this.process.after(0, error === undefined ? 'closed' : 'broken', () => this.#handlers?.onClose(error))
    this.#onGone()
  }
}
