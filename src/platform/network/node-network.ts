import { type AddressInfo, createConnection, createServer, type Socket as NetSocket, type Server } from 'node:net'
import type { NetworkError } from '../../base/errors.ts'
import type { Endpoint, Listener, ListenOptions, Network, Socket } from '../../base/ports.ts'
import { acceptFailed } from '../../telemetry/channels.ts'
import { toNetworkError } from './network-errors.ts'
import { NodeSocket } from './node-socket.ts'
import { Inbox, readInto } from './receive-buffer.ts'

/** Kafka's default of `socket.listen.backlog.size`. */
const DEFAULT_BACKLOG = 50

/**
 * The mark above which `write` says stop, and what a paused connection still takes in. Replies of a fetch are larger
 * and are queued whole; this is enough that small replies to pipelined requests do not stop a connection.
 */
const HIGH_WATER_MARK_BYTES = 64 * 1024

/** Both sides: requests and replies are whole messages, so holding back a small one only delays it; keep-alive finds dead peers. */
const STREAM_OPTIONS = { noDelay: true, keepAlive: true, highWaterMark: HIGH_WATER_MARK_BYTES } as const

export class NodeNetwork implements Network {
  listen(options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const server = createServer({ ...STREAM_OPTIONS, pauseOnConnect: true }, (socket) => accept(socket, onConnection))
      server.once('error', (error) => reject(toNetworkError('Listening on', options, error)))
      server.listen({ host: options.host, port: options.port, backlog: options.backlog ?? DEFAULT_BACKLOG }, () => {
        server.removeAllListeners('error')
        const listener = new NodeListener(server)
        // Without descriptors left accepting fails for now, and goes on when there are some.
        server.on('error', (error) => acceptFailed.publish({ listener: listener.local, error }))
        resolve(listener)
      })
    })
  }

  connect(to: Endpoint, signal?: AbortSignal): Promise<Socket> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const inbox = new Inbox()
      const socket = createConnection({ ...STREAM_OPTIONS, host: to.host, port: to.port, onread: inbox.onread })
      const onAbort = () => {
        socket.destroy()
        reject(signal?.reason)
      }
      const onError = (error: Error) => {
        signal?.removeEventListener('abort', onAbort)
        reject(toNetworkError('Connecting to', to, error))
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      socket.once('error', onError)
      socket.once('connect', () => {
        signal?.removeEventListener('abort', onAbort)
        socket.removeListener('error', onError)
        if (hasAddresses(socket)) resolve(new NodeSocket(socket, inbox))
        else reject(abandoned(socket, to))
      })
    })
  }
}

/** The other side may be gone again before the connection is looked at; then its address is not known any more. */
const hasAddresses = (socket: NetSocket) => socket.remoteAddress !== undefined && socket.localAddress !== undefined

function abandoned(socket: NetSocket, to: Endpoint): NetworkError {
  socket.destroy()
  return toNetworkError('Connecting to', to, Object.assign(new Error('closed while connecting'), { code: 'ECONNRESET' }))
}

function accept(socket: NetSocket, onConnection: (socket: Socket) => void): void {
  if (!hasAddresses(socket)) {
    socket.destroy()
    return
  }
  const inbox = new Inbox()
  onConnection(new NodeSocket(readInto(inbox, socket, { highWaterMark: HIGH_WATER_MARK_BYTES }), inbox))
}

class NodeListener implements Listener {
  readonly local: Endpoint
  readonly #server: Server
  #closed: Promise<void> | undefined

  constructor(server: Server) {
    const { address, port } = server.address() as AddressInfo
    this.local = { host: address, port }
    this.#server = server
  }

  /** Node's own callback waits until all connections have ended; the port is free before, and that is what is promised. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#server.close()
      setImmediate(resolve)
    })
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
