import type { Socket as NetSocket } from 'node:net'
import { assert } from '../../base/assert.ts'
import type { Endpoint, Socket, SocketHandlers } from '../../base/ports.ts'
import { toNetworkError } from './network-errors.ts'
import type { Inbox } from './receive-buffer.ts'

/** How long a connection that we ended stays open for the other side to take what was sent: closing over unread bytes would reset it. */
const LINGER_MS = 1000

/** Chunks of up to this much together are cheaper copied into one than handed over one by one. */
const COPIED_BYTES = 8 * 1024

/**
 * A TCP (or TLS) connection of Node. Bytes arrive only after `handle`. When the other side ends its half, ours is sent
 * out and ended too: Kafka's protocol has no use for a half-open connection.
 */
export class NodeSocket implements Socket {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly #socket: NetSocket
  readonly #inbox: Inbox
  #isHandled = false
  #failure: Error | undefined
  #isEnded = false

  /**
   * @param socket connected, with both addresses known
   * @param inbox where it reads into
   */
  constructor(socket: NetSocket, inbox: Inbox) {
    this.#socket = socket
    this.#inbox = inbox
    this.local = endpointOf(socket.localAddress, socket.localPort)
    this.remote = endpointOf(socket.remoteAddress, socket.remotePort)
    socket.on('error', (error) => {
      this.#failure = error
    })
  }

  handle(handlers: SocketHandlers): void {
    const socket = this.#socket
    assert(!this.#isHandled, 'a socket is handled once')
    this.#isHandled = true
    this.#inbox.onData = (chunk) => {
      if (!this.#isEnded) handlers.onData(chunk)
    }
    socket.on('drain', () => {
      if (!this.#isEnded) handlers.onDrain()
    })
    socket.on('close', () => handlers.onClose(this.#failure && toNetworkError('The connection with', this.remote, this.#failure)))
  }

  write(chunks: readonly Uint8Array[]): boolean {
    const socket = this.#socket
    // Ended by either side: whoever writes now has not heard of it yet.
    if (this.#isEnded || !socket.writable) return false
    if (chunks.length === 1) return socket.write(chunks[0] as Uint8Array)
    let bytes = 0
    for (const chunk of chunks) bytes += chunk.length
    if (bytes <= COPIED_BYTES) return socket.write(Buffer.concat(chunks, bytes))
    // Corked chunks leave in one writev.
    socket.cork()
    for (const chunk of chunks) socket.write(chunk)
    socket.uncork()
    return !socket.writableNeedDrain
  }

  get bufferedBytes(): number {
    return this.#socket.destroyed ? 0 : this.#socket.writableLength
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    const socket = this.#socket
    socket.end(() => {
      const linger = setTimeout(() => socket.destroy(), LINGER_MS)
      socket.once('close', () => clearTimeout(linger))
    })
    // What still comes in is dropped; reading on is how the other side's end is noticed.
    socket.resume()
  }

  destroy(): void {
    this.#isEnded = true
    this.#socket.destroy()
  }
}

/** IPv4 clients of a listener for both families come as `::ffff:127.0.0.1`; they are shown (and matched) by their IPv4 address. */
function endpointOf(address: string | undefined, port: number | undefined): Endpoint {
  assert(address !== undefined && port !== undefined, 'a connected socket has two addresses')
  return { host: address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address, port }
}
