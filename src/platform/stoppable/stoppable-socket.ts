import type { Endpoint, Socket, SocketHandlers } from '../../base/ports.ts'
import type { Gate } from './gate.ts'

/** Where the other side is another node of this process: whether anything comes through to it. */
export interface Link {
  readonly isCut: boolean
  onChange(listener: () => void): () => void
}

/** What a socket takes while its link is cut, before it says that its buffer is full. */
const HIGH_MARK_BYTES = 64 * 1024

/**
 * A connection of a node that may stand still, over a link that may be cut. Of a node that stands still nothing is read. Over a
 * link that is cut nothing comes through in either direction, and the other side hears of no end: what was written waits, as
 * in a system that sends it again and again, and arrives when the link is whole.
 */
export class StoppableSocket implements Socket {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly #socket: Socket
  readonly #gate: Gate
  readonly #link: Link | null
  readonly #forget: () => void
  #handlers: SocketHandlers | null = null
  /** What happened before anyone looked, or while the link was cut. */
  readonly #events: ((handlers: SocketHandlers) => void)[] = []
  #unsent: Uint8Array[] = []
  #unsentBytes = 0
  #isPausedByNode = false
  #closing: 'end' | 'destroy' | null = null
  #isOver = false
  /** An end of the other side that has not come through yet. */
  #lateEnd: { readonly error: Error | undefined } | null = null

  /**
   * @param link null for a connection with somebody who is no node of this process
   * @param onOver called when nothing is left of the connection
   */
  constructor(socket: Socket, gate: Gate, link: Link | null, onOver: () => void) {
    this.local = socket.local
    this.remote = socket.remote
    this.#socket = socket
    this.#gate = gate
    this.#link = link
    const changed = () => this.#settle()
    const forgets = [gate.onChange(changed), link?.onChange(changed)]
    this.#forget = () => {
      for (const forget of forgets) forget?.()
      onOver()
    }
    socket.handle({
      onData: (chunk) => {
        if (this.#closing === null && !gate.isClosed) this.#handlers?.onData(chunk)
      },
      onDrain: () => this.#happened((handlers) => handlers.onDrain()),
      onClose: (error) => this.#closed(error),
    })
    this.#settle()
  }

  handle(handlers: SocketHandlers): void {
    this.#handlers = handlers
    this.#settle()
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (this.#closing !== null || this.#gate.isClosed) return false
    if (!this.#isCut) return this.#socket.write(chunks)
    for (const chunk of chunks) {
      this.#unsent.push(chunk)
      this.#unsentBytes += chunk.length
    }
    return this.bufferedBytes < HIGH_MARK_BYTES
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes + this.#unsentBytes
  }

  pause(): void {
    this.#isPausedByNode = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPausedByNode = false
    this.#settle()
  }

  end(): void {
    this.#closing ??= 'end'
    this.#settle()
  }

  destroy(): void {
    if (this.#closing === 'destroy') return
    this.#closing = 'destroy'
    // The other side hears of it when the link is whole; this side at once.
    if (this.#isCut) queueMicrotask(() => this.#over())
    this.#settle()
  }

  /** As the system does with a connection whose process is gone. */
  kill(): void {
    this.#closing = 'destroy'
    this.#handlers = null
    this.#settle()
  }

  get #isCut(): boolean {
    return this.#link?.isCut ?? false
  }

  /** Does what the node, its gate and the link allow now. */
  #settle(): void {
    if (this.#isCut) this.#socket.pause()
    else if (this.#lateEnd !== null) this.#over(this.#lateEnd.error)
    else if (this.#closing === 'destroy') this.#destroyNow()
    else this.#goOn()
  }

  #destroyNow(): void {
    this.#forget()
    this.#socket.destroy()
  }

  #goOn(): void {
    this.#send()
    if (this.#closing === 'end') this.#socket.end()
    if (this.#gate.isStill || this.#handlers === null) {
      this.#socket.pause()
      return
    }
    for (const event of this.#events.splice(0)) this.#happened(event)
    if (!this.#isPausedByNode && this.#closing === null) this.#socket.resume()
  }

  #send(): void {
    if (this.#unsent.length === 0) return
    const isFull = this.#unsentBytes >= HIGH_MARK_BYTES
    const goesOn = this.#socket.write(this.#unsent)
    this.#unsent = []
    this.#unsentBytes = 0
    if (isFull && goesOn) this.#happened((handlers) => handlers.onDrain())
  }

  #happened(event: (handlers: SocketHandlers) => void): void {
    const handlers = this.#handlers
    if (handlers === null || this.#isCut) this.#events.push(event)
    else this.#gate.run(() => event(handlers))
  }

  #closed(error: Error | undefined): void {
    if (this.#isCut && this.#closing === null) this.#lateEnd = { error }
    else this.#over(error)
  }

  #over(error?: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    const handlers = this.#handlers
    if (handlers === null) this.#events.push((late) => late.onClose(error))
    else this.#gate.run(() => handlers.onClose(error))
    // One that was destroyed over a cut link ends for the other side later.
    if (!this.#isCut) this.#forget()
  }
}
