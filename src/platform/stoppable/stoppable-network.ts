import type { Endpoint, Listener, ListenOptions, Network, Socket } from '../../base/ports.ts'
import type { Gate } from './gate.ts'
import type { Links } from './links.ts'
import { type Link, StoppableSocket } from './stoppable-socket.ts'

/** The network of one node of a cluster in this process, which may stand still, be killed, or be cut off from other nodes. */
export class StoppableNetwork implements Network {
  readonly #nodeId: number
  readonly #network: Network
  readonly #gate: Gate
  readonly #links: Links
  readonly #sockets = new Set<StoppableSocket>()
  readonly #listeners = new Set<Listener>()

  constructor(nodeId: number, network: Network, gate: Gate, links: Links) {
    this.#nodeId = nodeId
    this.#network = network
    this.#gate = gate
    this.#links = links
  }

  /** What the system does when a process is gone. */
  async release(): Promise<void> {
    for (const listener of this.#listeners) await listener.close()
    for (const socket of [...this.#sockets]) socket.kill()
  }

  async listen(options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Listener> {
    const listening = this.#network.listen(options, (accepted) => {
      const socket = this.#keep(accepted, null)
      this.#gate.run(() => onConnection(socket))
    })
    const listener = await this.#gate.pass(
      listening.then((opened) => {
        this.#listeners.add(opened)
        return opened
      }),
    )
    const close = () => {
      this.#listeners.delete(listener)
      return this.#gate.pass(listener.close())
    }
    return { local: listener.local, close, [Symbol.asyncDispose]: close }
  }

  async connect(to: Endpoint, signal?: AbortSignal): Promise<Socket> {
    const link = this.#linkTo(to)
    if (link?.isCut === true) await this.#whole(link, signal)
    const connected = this.#network.connect(to, signal).then((socket) => {
      if (!this.#gate.isClosed) return this.#keep(socket, link)
      socket.handle({ onData() {}, onDrain() {}, onClose() {} })
      socket.destroy()
      return null
    })
    return this.#gate.pass(connected) as Promise<Socket>
  }

  /** Nobody answers over a link that is cut: whoever connects waits as long as he wants to. */
  #whole(link: Link, signal: AbortSignal | undefined): Promise<void> {
    const whole = new Promise<void>((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const onAbort = () => {
        forget()
        reject(signal?.reason)
      }
      const forget = link.onChange(() => {
        if (link.isCut) return
        forget()
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    })
    return this.#gate.pass(whole)
  }

  #keep(socket: Socket, link: Link | null): StoppableSocket {
    const kept: StoppableSocket = new StoppableSocket(socket, this.#gate, link, () => this.#sockets.delete(kept))
    this.#sockets.add(kept)
    return kept
  }

  /** null for what is none of the cluster's, and for this node itself. */
  #linkTo(to: Endpoint): Link | null {
    const other = this.#links.ownerOf(to)
    if (other === null || other === this.#nodeId) return null
    const links = this.#links
    const own = this.#nodeId
    return {
      get isCut() {
        return links.isCut(own, other)
      },
      onChange: (listener) => links.onChange(listener),
    }
  }
}
