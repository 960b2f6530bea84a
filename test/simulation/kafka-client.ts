import { RequestHeader } from '../../protocol/headers/request-header.ts'
import { ResponseHeader } from '../../protocol/headers/response-header.ts'
import { decodeFrom, decodeMessage, encodeToBuffer } from '../../protocol/schema/codec.ts'
import type { Api, Fields, Input, Message, Value } from '../../protocol/schema/notation.ts'
import { includesVersion } from '../../protocol/schema/versions.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import type { Endpoint, Ports, Socket } from '../../src/base/ports.ts'
import { type Asker, askUntil, Unanswered } from './asker.ts'

const CONNECT_TIMEOUT_MS = 1000
const RETRY_MS = 50

interface Waiting {
  readonly resolve: (frame: Buffer) => void
  readonly reject: (error: Error) => void
}

/**
 * A Kafka client over the Network port, one request at a time. It connects when it needs to; when a connection breaks or
 * an answer does not come in time, the request fails with `Unanswered`, and the next one connects anew.
 */
export class KafkaClient implements Asker {
  readonly #ports: Ports
  readonly #broker: Endpoint
  readonly #requestTimeoutMs: number
  #socket: Socket | undefined
  #received: Buffer = Buffer.alloc(0)
  #waiting: Waiting | undefined
  #correlationId = 0

  constructor(ports: Ports, broker: Endpoint, requestTimeoutMs = 5000) {
    this.#ports = ports
    this.#broker = broker
    this.#requestTimeoutMs = requestTimeoutMs
  }

  async ask<Q extends Fields, A extends Fields>(api: Api<Q, A>, version: number, request: Input<Message<Q>>): Promise<Value<Message<A>>> {
    const socket = this.#socket ?? (await this.#connect())
    this.#socket = socket
    const correlationId = ++this.#correlationId
    const isFlexible = includesVersion(api.request.flexible, version)
    const header = { requestApiKey: api.key, requestApiVersion: version, correlationId, clientId: 'simulation' }
    const parts = [encodeToBuffer(RequestHeader, header, isFlexible ? 2 : 1), encodeToBuffer(api.request, request, version)]
    const size = Buffer.alloc(4)
    size.writeInt32BE(parts.reduce((sum, part) => sum + part.length, 0))
    const answer = this.#answer()
    socket.write([size, ...parts])
    const frame = await answer
    const reader = new Reader(frame)
    const answered = decodeMessage(ResponseHeader, reader, isFlexible ? 1 : 0)
    if (answered.correlationId !== correlationId) throw new Error(`the answer to request ${answered.correlationId} came for request ${correlationId}`)
    return decodeFrom(api.response, frame.subarray(reader.position), version)
  }

  /** Asks again until there is an answer that `isGood`. */
  askUntil<Q extends Fields, A extends Fields>(
    api: Api<Q, A>,
    version: number,
    request: Input<Message<Q>>,
    isGood: (answer: Value<Message<A>>) => boolean,
  ): Promise<Value<Message<A>>> {
    return askUntil(this, { api, version, request, isGood, timers: this.#ports.timers, backoffMs: RETRY_MS, maxBackoffMs: RETRY_MS })
  }

  /** There is one broker. */
  lookAgain(): void {}

  async #connect(): Promise<Socket> {
    const timeout = new AbortController()
    const timer = this.#ports.timers.schedule(CONNECT_TIMEOUT_MS, () => timeout.abort())
    try {
      const socket = await this.#ports.network.connect(this.#broker, timeout.signal)
      this.#received = Buffer.alloc(0)
      socket.handle({ onData: (chunk) => this.#onData(chunk), onDrain() {}, onClose: () => this.#onClose(socket) })
      return socket
    } catch (cause) {
      throw new Unanswered('there is no connection', { cause })
    } finally {
      timer.cancel()
    }
  }

  #answer(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const timer = this.#ports.timers.schedule(this.#requestTimeoutMs, () => this.#giveUp('no answer in time'))
      this.#waiting = {
        resolve: (frame) => {
          timer.cancel()
          resolve(frame)
        },
        reject: (error) => {
          timer.cancel()
          reject(error)
        },
      }
    })
  }

  #onData(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    if (this.#received.length < 4) return
    const end = 4 + this.#received.readInt32BE(0)
    if (this.#received.length < end) return
    const frame = this.#received.subarray(4, end)
    this.#received = this.#received.subarray(end)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve(frame)
  }

  #onClose(socket: Socket): void {
    if (socket === this.#socket) this.#giveUp('the connection closed')
  }

  #giveUp(why: string): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    this.#socket?.destroy()
    this.#socket = undefined
    waiting?.reject(new Unanswered(why))
  }
}
