import { connect, type Socket } from 'node:net'
import { RequestHeader } from '../../protocol/headers/request-header.ts'
import { ResponseHeader } from '../../protocol/headers/response-header.ts'
import { decodeMessage, encodeMessage } from '../../protocol/schema/codec.ts'
import type { Api, Fields, Input, Message, Value } from '../../protocol/schema/notation.ts'
import { includesVersion } from '../../protocol/schema/versions.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { Writer } from '../../protocol/wire/writer.ts'

/** What a broker did with a request. Bytes that our schema cannot read are a failure of the test, not an outcome. */
export type Outcome = { readonly kind: 'answer'; readonly value: unknown } | { readonly kind: 'closed' } | { readonly kind: 'silence' }

/** Told of each request that has come to its outcome. */
export type Observe = (asked: { readonly api: string; readonly version: number; readonly outcome: Outcome }) => void

const API_VERSIONS_KEY = 18

/** One connection on which requests are sent one at a time, exactly as written: no negotiation, no retry, no metadata. */
export class RawClient implements AsyncDisposable {
  readonly #socket: Socket
  readonly #clientId: string
  readonly #observe: Observe
  #received = Buffer.alloc(0)
  #closed = false
  #correlationId = 0
  #wake: () => void = () => {}

  private constructor(socket: Socket, clientId: string, observe: Observe) {
    this.#socket = socket
    this.#clientId = clientId
    this.#observe = observe
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#wake()
    })
    socket.on('close', () => {
      this.#closed = true
      this.#wake()
    })
    // Why it closed does not matter here: that it closed is the outcome.
    socket.on('error', () => {})
  }

  static async open(bootstrap: string, clientId = 'oracle-suite', observe: Observe = () => {}): Promise<RawClient> {
    const [host = '', port = ''] = bootstrap.split(':')
    const socket = await new Promise<Socket>((resolve, reject) => {
      const opening = connect(Number(port), host, () => resolve(opening)).once('error', reject)
    })
    socket.setNoDelay(true)
    return new RawClient(socket, clientId, observe)
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** The answer, or an error when there is none: for the steps that prepare a comparison. */
  async ask<Q extends Fields, A extends Fields>(api: Api<Q, A>, version: number, request: Input<Message<Q>>): Promise<Value<Message<A>>> {
    const outcome = await this.exchange(api, version, request)
    if (outcome.kind !== 'answer') throw new Error(`${api.name} version ${version}: ${outcome.kind}`)
    return outcome.value as Value<Message<A>>
  }

  /** @param timeoutMs how long silence must last to be an outcome */
  async exchange<Q extends Fields, A extends Fields>(api: Api<Q, A>, version: number, request: Input<Message<Q>>, timeoutMs = 10_000): Promise<Outcome> {
    const writer = new Writer()
    encodeMessage(api.request, request, writer, version)
    return this.exchangeBody(api, version, writer.toBuffer(), timeoutMs)
  }

  /** As `exchange`, with a body that need not be a valid request. */
  async exchangeBody<Q extends Fields, A extends Fields>(api: Api<Q, A>, version: number, body: Buffer, timeoutMs = 10_000): Promise<Outcome> {
    const outcome = await this.#outcome(api, version, body, timeoutMs)
    this.#observe({ api: api.name, version, outcome })
    return outcome
  }

  /** Sends bytes with their length before them. */
  sendFrame(bytes: Buffer): void {
    const length = Buffer.alloc(4)
    length.writeInt32BE(bytes.length)
    this.#socket.write(Buffer.concat([length, bytes]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
  }

  async #outcome<Q extends Fields, A extends Fields>(api: Api<Q, A>, version: number, body: Buffer, timeoutMs: number): Promise<Outcome> {
    const correlationId = ++this.#correlationId
    const flexible = includesVersion(api.request.flexible, version)
    const header = new Writer()
    const fields = { requestApiKey: api.key, requestApiVersion: version, correlationId, clientId: this.#clientId }
    encodeMessage(RequestHeader, fields, header, flexible ? 2 : 1)
    const bytes = Buffer.concat([header.toBuffer(), body])
    this.sendFrame(bytes)
    const frame = await this.#frame(timeoutMs)
    if (!Buffer.isBuffer(frame)) return { kind: frame }
    const reader = new Reader(frame)
    const answered = decodeMessage(ResponseHeader, reader, flexible && api.key !== API_VERSIONS_KEY ? 1 : 0)
    if (answered.correlationId !== correlationId) throw new Error(`${api.name}: answer to ${answered.correlationId} where ${correlationId} was awaited`)
    const value = decodeMessage(api.response, reader, this.#answeredVersion(api, version, frame))
    if (reader.remaining > 0) throw new Error(`${api.name} version ${version}: ${reader.remaining} bytes behind the answer`)
    return { kind: 'answer', value }
  }

  /** An unknown version of ApiVersions is answered in version 0: error 35 right behind the correlation id. Source: KIP-511. */
  #answeredVersion(api: { readonly key: number; readonly response: { readonly versions: string } }, version: number, frame: Buffer): number {
    const unsupported = api.key === API_VERSIONS_KEY && frame.length >= 6 && frame.readInt16BE(4) === 35
    return unsupported || !includesVersion(api.response.versions, version) ? 0 : version
  }

  async #frame(timeoutMs: number): Promise<Buffer | 'closed' | 'silence'> {
    const deadlineMs = Date.now() + timeoutMs
    for (;;) {
      const size = this.#received.length < 4 ? Number.POSITIVE_INFINITY : this.#received.readInt32BE(0)
      if (this.#received.length >= 4 + size) {
        const frame = this.#received.subarray(4, 4 + size)
        this.#received = this.#received.subarray(4 + size)
        return frame
      }
      if (this.#closed) return 'closed'
      if (Date.now() >= deadlineMs) return 'silence'
      await this.#activity(deadlineMs - Date.now())
    }
  }

  #activity(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
