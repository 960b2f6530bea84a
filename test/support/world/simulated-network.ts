import { NetworkError } from '../../../src/base/errors.ts'
import type { Endpoint, Listener, ListenOptions, Network, Socket } from '../../../src/base/ports.ts'
import type { SimulatedProcess } from './simulated-node.ts'
import type { World } from './world.ts'
import type { WorldNetwork } from './world-network.ts'

/** The Network port of one process. */
export class SimulatedNetwork implements Network {
  readonly #world: World
  readonly #process: SimulatedProcess

  constructor(world: World, process: SimulatedProcess) {
    this.#world = world
    this.#process = process
  }

  listen(options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Listener> {
    const network = this.#world.network
    return new Promise((resolve, reject) => {
      this.#process.after(0.02, `listen ${options.host}:${options.port}`, () => {
        try {
          const host = network.bindAddress(this.#process, options)
          const port = options.port === 0 ? network.freePort(this.#process.node) : options.port
          const listener = new SimulatedListener(network, { process: this.#process, local: { host, port }, onConnection })
          network.addListener(listener)
          resolve(listener)
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  connect(to: Endpoint, signal?: AbortSignal): Promise<Socket> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = () => reject(signal?.reason)
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#world.network.connect(this.#process, to, (result) => {
        signal?.removeEventListener('abort', onAbort)
        if (result instanceof NetworkError) reject(result)
        else if (signal?.aborted) result.destroy()
        else resolve(result)
      })
    })
  }
}

export interface ListenerParts {
  readonly process: SimulatedProcess
  readonly local: Endpoint
  readonly onConnection: (socket: Socket) => void
}

export class SimulatedListener implements Listener {
  readonly process: SimulatedProcess
  readonly local: Endpoint
  readonly #network: WorldNetwork
  readonly #onConnection: (socket: Socket) => void
  #isClosed = false

  constructor(network: WorldNetwork, parts: ListenerParts) {
    this.#network = network
    this.process = parts.process
    this.local = parts.local
    this.#onConnection = parts.onConnection
  }

  /** A connection that was in the backlog when the listener closed is reset. */
  accept(socket: Socket): void {
    if (this.#isClosed) socket.destroy()
    else this.#onConnection(socket)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#network.removeListener(this)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
