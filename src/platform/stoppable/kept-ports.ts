import { NetworkError } from '../../base/errors.ts'
import type { Endpoint, Listener, ListenOptions, Network, Socket } from '../../base/ports.ts'

/** Connections that the system would hold for a process that does not accept any. */
const WAITING_CONNECTIONS = 1024

interface KeptPort {
  readonly listener: Listener
  onConnection: ((socket: Socket) => void) | null
}

/**
 * Ports of nodes that stop and start again in this process. They are taken from the system once and kept: a free port that
 * was let go might be anybody's when its node wants it again. While no node listens, who connects is cut off, and the nodes are refused.
 */
export class KeptPorts implements Network, AsyncDisposable {
  readonly #network: Network
  readonly #kept = new Map<number, KeptPort>()

  constructor(network: Network) {
    this.#network = network
  }

  /** Takes a free port. Errors: `NetworkError`. */
  async take(host: string): Promise<number> {
    const kept: KeptPort = {
      listener: await this.#network.listen({ host, port: 0, backlog: WAITING_CONNECTIONS }, (socket) => {
        if (kept.onConnection === null) cutOff(socket)
        else kept.onConnection(socket)
      }),
      onConnection: null,
    }
    this.#kept.set(kept.listener.local.port, kept)
    return kept.listener.local.port
  }

  async listen(options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Listener> {
    const kept = this.#kept.get(options.port)
    if (kept === undefined) return this.#network.listen(options, onConnection)
    if (kept.onConnection !== null)
      throw new NetworkError('address-in-use', options, `Listening on port ${options.port} failed: a node of this cluster does already`)
    kept.onConnection = onConnection
    const close = async () => {
      if (kept.onConnection === onConnection) kept.onConnection = null
    }
    return { local: kept.listener.local, close, [Symbol.asyncDispose]: close }
  }

  async connect(to: Endpoint, signal?: AbortSignal): Promise<Socket> {
    if (this.#kept.get(to.port)?.onConnection === null)
      throw new NetworkError('refused', to, `Connecting to port ${to.port} failed: no node of this cluster listens there now`)
    return await this.#network.connect(to, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { listener } of this.#kept.values()) await listener.close()
    this.#kept.clear()
  }
}

function cutOff(socket: Socket): void {
  socket.handle({ onData() {}, onDrain() {}, onClose() {} })
  socket.destroy()
}
