import { NetworkError } from '../../../src/base/errors.ts'
import type { Endpoint, Network, Socket } from '../../../src/base/ports.ts'
import type { BrokerConnectionOptions } from '../../../src/client/broker-connection.ts'
import { FakeSocket } from '../server/fake-socket.ts'
import { ManualTime } from '../server/harness.ts'

/** The other end of a client's connections, in the hands of a test. */
export class BrokerSide {
  readonly time = new ManualTime()
  readonly socket = new FakeSocket('10.0.0.1', 9092)
  readonly options: BrokerConnectionOptions
  readonly asked: Endpoint[] = []
  /** What connecting comes to. */
  connects: 'at once' | 'never' | 'refused' = 'at once'

  constructor(options: Partial<BrokerConnectionOptions> = {}) {
    const network: Network = {
      listen: () => Promise.reject(new Error('a client does not listen')),
      connect: (to, signal) => this.#connect(to, signal),
    }
    this.options = { network, timers: this.time, clientId: 'client', timeoutMs: 1000, ...options }
  }

  /** Requests without their lengths, as they were sent. */
  get requests(): Buffer[] {
    const bytes = Buffer.concat(this.socket.sent)
    const requests: Buffer[] = []
    for (let position = 0; position < bytes.length; position += 4 + bytes.readInt32BE(position)) {
      requests.push(bytes.subarray(position + 4, position + 4 + bytes.readInt32BE(position)))
    }
    return requests
  }

  /** The correlation ids of all requests. */
  get correlationIds(): number[] {
    return this.requests.map((request) => request.readInt32BE(4))
  }

  #connect(to: Endpoint, signal?: AbortSignal): Promise<Socket> {
    this.asked.push(to)
    if (this.connects === 'refused') return Promise.reject(new NetworkError('refused', to, `nothing listens on ${to.port}`))
    if (this.connects === 'at once') return Promise.resolve(this.socket)
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))
  }
}

/** A response with its length. */
export function response(correlationId: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(4 + body.length, 0)
  head.writeInt32BE(correlationId, 4)
  return Buffer.concat([head, body])
}
