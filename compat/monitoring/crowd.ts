import { connect, type Socket } from 'node:net'

/** Connections to a node that say nothing. */
export class Crowd implements Disposable {
  readonly #sockets: Socket[] = []

  async join(port: number, count: number): Promise<void> {
    const arrived = Array.from({ length: count }, () => {
      const socket = connect(port, '127.0.0.1')
      this.#sockets.push(socket)
      return new Promise((resolve) => socket.once('connect', resolve).once('error', resolve))
    })
    await Promise.all(arrived)
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}
