import type { Endpoint } from '../../../src/base/ports.ts'
import { Pipe } from './pipe.ts'
import type { CrashKind, SimulatedProcess } from './simulated-node.ts'
import { SimulatedSocket } from './simulated-socket.ts'
import type { WorldNetwork } from './world-network.ts'

export interface ConnectionEnds {
  readonly client: SimulatedProcess
  readonly server: SimulatedProcess
  readonly clientEndpoint: Endpoint
  readonly serverEndpoint: Endpoint
}

/** Two sockets and the pipe from each to the other. */
export class Connection {
  readonly clientSocket: SimulatedSocket
  readonly serverSocket: SimulatedSocket
  readonly #network: WorldNetwork
  readonly #ends: ConnectionEnds

  constructor(network: WorldNetwork, ends: ConnectionEnds) {
    this.#network = network
    this.#ends = ends
    const onGone = () => this.#forgetWhenOver()
    this.clientSocket = new SimulatedSocket({ process: ends.client, local: ends.clientEndpoint, remote: ends.serverEndpoint, onGone })
    this.serverSocket = new SimulatedSocket({ process: ends.server, local: ends.serverEndpoint, remote: ends.clientEndpoint, onGone })
    const there = new Pipe(network, this.clientSocket, this.serverSocket)
    const back = new Pipe(network, this.serverSocket, this.clientSocket)
    this.clientSocket.attach({ outgoing: there, incoming: back })
    this.serverSocket.attach({ outgoing: back, incoming: there })
  }

  isBetween(a: string, b: string): boolean {
    const { client, server } = this.#ends
    return (client.name === a && server.name === b) || (client.name === b && server.name === a)
  }

  breakBothEnds(): void {
    this.clientSocket.fail('reset')
    this.serverSocket.fail('reset')
  }

  processEnded(process: SimulatedProcess, kind: CrashKind): void {
    for (const socket of [this.clientSocket, this.serverSocket]) if (socket.process === process) socket.processEnded(kind)
  }

  #forgetWhenOver(): void {
    if (this.clientSocket.isGone && this.serverSocket.isGone) this.#network.forget(this)
  }
}
