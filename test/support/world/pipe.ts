import { crc32 } from 'node:zlib'
import type { SimulatedSocket } from './simulated-socket.ts'
import type { Route, WorldNetwork } from './world-network.ts'

/** Bytes that may be under way or wait unread at the other side; more waits at the sender. */
const WINDOW_BYTES = 256 * 1024

/** What travels at once, at most. */
const MAX_PIECE_BYTES = 64 * 1024

/** So long a system sends again what is not acknowledged. Source: tcp_retries2 15 of Linux, as its documentation computes it. */
const RETRANSMIT_TIMEOUT_MS = 924_600

type Parcel = { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'end' } | { readonly kind: 'reset' }

/** What was sent before the sender lost power, and what is sent since: each arrives, or all of it is lost. */
interface Sent {
  isLost: boolean
}

/** The way of bytes from one socket to the other: they arrive in order, after a delay, cut anywhere, or not at all. */
export class Pipe {
  readonly #network: WorldNetwork
  readonly #sender: SimulatedSocket
  readonly #receiver: SimulatedSocket
  readonly #route: Route
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #unacknowledgedBytes = 0
  /** Nothing arrives before what was sent before it. */
  #lastArrivalMs = 0
  #gapMs = 0
  #heldCount = 0
  #isPumpPlanned = false
  #endsAfterQueue = false
  #isEndSent = false
  #sent: Sent = { isLost: false }

  constructor(network: WorldNetwork, sender: SimulatedSocket, receiver: SimulatedSocket) {
    this.#network = network
    this.#sender = sender
    this.#receiver = receiver
    this.#route = { from: sender.process.name, to: receiver.process.name }
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  get isEndSent(): boolean {
    return this.#isEndSent
  }

  /** Chunks are read when they leave, not now: a sender that changes them meanwhile sends something else, as on Node. */
  write(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) {
      if (chunk.length === 0) continue
      this.#queue.push(chunk)
      this.#queuedBytes += chunk.length
    }
    this.#planPump()
  }

  /** Ends this direction behind all that is queued. */
  endAfterQueue(): void {
    this.#endsAfterQueue = true
    this.#planPump()
  }

  dropQueue(): void {
    this.#queue = []
    this.#queuedBytes = 0
  }

  endNow(): void {
    this.#isEndSent = true
    this.#send({ kind: 'end' })
  }

  resetNow(): void {
    this.#isEndSent = true
    this.#send({ kind: 'reset' })
  }

  /** The sender lost power: what is under way may still arrive, or not. What its system says when it is up again does. */
  senderLostPower(): void {
    this.#sent.isLost = this.#network.random.chance(0.5)
    this.#sent = { isLost: false }
    this.#endsAfterQueue = false
  }

  /** The receiving program took so many bytes: there is room for more, once the sender hears of it. */
  acknowledge(count: number): void {
    this.#network.whenPassable({ from: this.#route.to, to: this.#route.from }, () => {
      this.#unacknowledgedBytes -= count
      this.#planPump()
    })
  }

  #planPump(): void {
    if (this.#isPumpPlanned || (this.#queuedBytes === 0 && !this.#endsAfterQueue)) return
    this.#isPumpPlanned = true
    const { process } = this.#sender
    this.#network.onWire(Math.max(0, process.localMs - process.worldMs), `send ${this.#route.from} ${this.#route.to}`, () => {
      this.#isPumpPlanned = false
      this.#pump()
    })
  }

  #pump(): void {
    while (this.#queuedBytes > 0 && this.#unacknowledgedBytes < WINDOW_BYTES && !this.#isEndSent) {
      const bytes = this.#takeFromQueue(this.#pieceSize())
      this.#unacknowledgedBytes += bytes.length
      this.#send({ kind: 'bytes', bytes })
      this.#lastArrivalMs += this.#gapMs
      this.#gapMs = 0
    }
    if (this.#queuedBytes === 0) this.#sender.queueIsEmpty()
    if (this.#queuedBytes === 0 && this.#endsAfterQueue && !this.#isEndSent) {
      this.endNow()
      this.#sender.endWasSent()
    }
  }

  #pieceSize(): number {
    const most = Math.min(this.#queuedBytes, WINDOW_BYTES - this.#unacknowledgedBytes, MAX_PIECE_BYTES)
    const { random, splitProbability } = this.#network
    if (!random.chance(splitProbability)) return most
    // What follows comes later, so that the receiver in fact sees two pieces.
    this.#gapMs = this.#network.latencyMs(this.#route)
    return 1 + random.below(most)
  }

  #takeFromQueue(count: number): Buffer {
    const bytes = Buffer.alloc(count)
    let filled = 0
    let taken = 0
    while (filled < count) {
      const chunk = this.#queue[taken] as Uint8Array
      const part = chunk.subarray(0, count - filled)
      bytes.set(part, filled)
      filled += part.length
      if (part.length === chunk.length) taken++
      else this.#queue[taken] = chunk.subarray(part.length)
    }
    this.#queue.splice(0, taken)
    this.#queuedBytes -= count
    return bytes
  }

  #send(parcel: Parcel): void {
    const { random, resetProbability } = this.#network
    const nowMs = this.#sender.process.worldMs
    const arrivalMs = Math.max(this.#lastArrivalMs, nowMs + this.#network.latencyMs(this.#route))
    this.#lastArrivalMs = arrivalMs
    const isBroken = random.chance(resetProbability)
    const sent = this.#sent
    this.#network.onWire(arrivalMs - nowMs, `packet ${this.#route.from} ${this.#route.to} ${describe(parcel)}`, () => {
      if (isBroken) this.#breakBothEnds()
      else this.#arriveOrWait(parcel, sent)
    })
  }

  #breakBothEnds(): void {
    this.#sender.fail('reset')
    this.#receiver.fail('reset')
  }

  #arriveOrWait(parcel: Parcel, sent: Sent): void {
    if (this.#network.isPassable(this.#route) && this.#heldCount === 0) this.#arrive(parcel, sent)
    else this.#hold(parcel, sent)
  }

  #hold(parcel: Parcel, sent: Sent): void {
    if (this.#heldCount++ === 0) this.#giveUpLater()
    this.#network.whenPassable(this.#route, () => {
      this.#heldCount--
      this.#arrive(parcel, sent)
    })
  }

  #giveUpLater(): void {
    this.#network.onWire(RETRANSMIT_TIMEOUT_MS, `give up ${this.#route.from} ${this.#route.to}`, () => {
      if (this.#heldCount > 0) this.#sender.fail('timed-out')
    })
  }

  #arrive(parcel: Parcel, { isLost }: Sent): void {
    if (isLost) return
    if (parcel.kind === 'bytes') this.#receiver.bytesArrived(parcel.bytes)
    else if (parcel.kind === 'end') this.#receiver.endArrived()
    else this.#receiver.fail('reset')
  }
}

function describe(parcel: Parcel): string {
  return parcel.kind === 'bytes' ? `${parcel.bytes.length} ${crc32(parcel.bytes).toString(16)}` : parcel.kind
}
