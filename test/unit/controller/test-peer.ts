import { SOFTWARE_NAME } from '../../../src/base/software-name.ts'
import type { NodeConnection } from '../../../src/controller/node-controller.ts'

/** A connection on which a node asks the controller. */
export class TestPeer implements NodeConnection {
  readonly connectionId: number
  readonly clientSoftware: string
  readonly #closing = new AbortController()

  constructor(connectionId: number, clientSoftware = SOFTWARE_NAME) {
    this.connectionId = connectionId
    this.clientSoftware = clientSoftware
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  close(): void {
    this.#closing.abort()
  }
}
