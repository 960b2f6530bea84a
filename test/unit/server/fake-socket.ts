import type { Endpoint, Socket, SocketHandlers } from '../../../src/base/ports.ts'

/** A socket in the hands of a test: what the peer does is called, what the server does is recorded. */
export class FakeSocket implements Socket {
  readonly local: Endpoint = { host: '127.0.0.1', port: 9092 }
  readonly remote: Endpoint
  readonly sent: Buffer[] = []
  isPaused = false
  state: 'open' | 'ended' | 'destroyed' = 'open'
  /** What the system has not taken yet; with any, `write` says stop. */
  bufferedBytes = 0
  /** Set to make the system take nothing until `drain`. */
  isStuck = false
  #handlers: SocketHandlers | null = null

  constructor(host = '127.0.0.1', port = 50_000) {
    this.remote = { host, port }
  }

  handle(handlers: SocketHandlers): void {
    this.#handlers = handlers
  }

  write(chunks: readonly Uint8Array[]): boolean {
    if (this.state !== 'open') return false
    this.sent.push(Buffer.concat(chunks))
    if (!this.isStuck) return true
    this.bufferedBytes += chunks.reduce((bytes, chunk) => bytes + chunk.length, 0)
    return false
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  end(): void {
    if (this.state === 'open') this.state = 'ended'
  }

  destroy(): void {
    this.state = 'destroyed'
  }

  /** The peer sends. As the port says, the chunk's memory holds something else when `onData` has returned. */
  receive(bytes: Buffer): void {
    if (this.isPaused) throw new Error('nothing is read from a paused socket')
    const chunk = Buffer.from(bytes)
    this.#handlers?.onData(chunk)
    chunk.fill(0xee)
  }

  /** The system has taken what was buffered. */
  drain(): void {
    this.isStuck = false
    this.bufferedBytes = 0
    this.#handlers?.onDrain()
  }

  /** Both sides are gone. */
  close(): void {
    this.#handlers?.onClose()
  }
}
