import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Told of what goes through one connection, in pieces as they come. */
export interface Tap {
  onRequest(chunk: Buffer): void
  onResponse(chunk: Buffer): void
  onEnd(): void
}

export interface TcpProxyOptions {
  /** On 127.0.0.1; a free one when not given. */
  readonly port?: number
  /** Of 127.0.0.1: where everything goes. */
  readonly targetPort: number
  /** Called for each connection that is accepted. */
  readonly tap?: () => Tap
}

/** Stands before a port, passes everything on, and can cut the way to it. Disposing closes it with its connections. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number
  readonly #server: Server
  readonly #options: TcpProxyOptions
  readonly #pairs = new Set<Pair>()
  #isSilent = false

  private constructor(server: Server, options: TcpProxyOptions) {
    this.#server = server
    this.#options = options
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => this.#accept(socket))
  }

  static open(options: TcpProxyOptions): Promise<TcpProxy> {
    return new Promise((resolve, reject) => {
      const server = createServer({ noDelay: true }).once('error', reject)
      server.listen(options.port ?? 0, '127.0.0.1', () => resolve(new TcpProxy(server, options)))
    })
  }

  /** As a network that loses every packet: nothing passes, in neither direction, and nobody is told. New connections hear nothing. */
  silence(): void {
    this.#isSilent = true
    for (const pair of this.#pairs) pair.pause()
  }

  /** What waited goes on its way. */
  heal(): void {
    this.#isSilent = false
    for (const pair of this.#pairs) pair.resume()
  }

  /** Ends the connections there are, as a firewall that resets them. */
  reset(): void {
    for (const pair of this.#pairs) pair.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.reset()
    await closed
  }

  #accept(near: Socket): void {
    const pair = new Pair(near, this.#options, () => this.#pairs.delete(pair))
    this.#pairs.add(pair)
    if (this.#isSilent) pair.pause()
  }
}

/** One connection and its continuation. */
class Pair {
  readonly #near: Socket
  readonly #far: Socket

  constructor(near: Socket, { targetPort, tap }: TcpProxyOptions, onEnd: () => void) {
    this.#near = near
    this.#far = connect({ port: targetPort, host: '127.0.0.1', noDelay: true })
    const told = tap?.()
    this.#pass(near, this.#far, (chunk) => told?.onRequest(chunk))
    this.#pass(this.#far, near, (chunk) => told?.onResponse(chunk))
    near.once('close', () => {
      told?.onEnd()
      onEnd()
    })
  }

  pause(): void {
    this.#near.pause()
    this.#far.pause()
  }

  resume(): void {
    this.#near.resume()
    this.#far.resume()
  }

  destroy(): void {
    this.#near.destroy()
    this.#far.destroy()
  }

  #pass(from: Socket, to: Socket, tell: (chunk: Buffer) => void): void {
    from.on('data', (chunk) => {
      tell(chunk)
      to.write(chunk)
    })
    from.on('end', () => to.end())
    // Why one side ended does not matter: the other one ends, too.
    from.on('error', () => {})
    from.on('close', () => to.destroy())
  }
}
