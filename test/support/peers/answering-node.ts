import { ErrorCode } from '../../../protocol/error-codes.ts'
import { RequestHeader } from '../../../protocol/headers/request-header.ts'
import { ResponseHeader } from '../../../protocol/headers/response-header.ts'
import { ApiVersionsApi } from '../../../protocol/messages/api-versions.ts'
import { decodeMessage, encodeMessage } from '../../../protocol/schema/codec.ts'
import type { AnyApi, Api, Fields, Input, Message, Value } from '../../../protocol/schema/notation.ts'
import { includesVersion, parseVersions } from '../../../protocol/schema/versions.ts'
import { Reader } from '../../../protocol/wire/reader.ts'
import { Writer } from '../../../protocol/wire/writer.ts'
import type { Network, Socket } from '../../../src/base/ports.ts'
import { ResponseFrames } from '../../../src/client/response-frames.ts'

const MAX_REQUEST_BYTES = 64 * 1024 * 1024

export interface Served {
  readonly api: AnyApi
  /** As advertised; all that are known where not given. */
  readonly versions?: { readonly lowest: number; readonly highest: number }
  /** null: never answered. */
  answer(request: unknown, version: number): unknown
}

/** An API for `answering`, with the types of its messages. */
export function served<Q extends Fields, A extends Fields>(
  api: Api<Q, A>,
  answer: (request: Value<Message<Q>>, version: number) => Input<Message<A>> | null | Promise<Input<Message<A>>>,
  versions?: Served['versions'],
): Served {
  return { api, answer: answer as Served['answer'], ...(versions === undefined ? {} : { versions }) }
}

/** A node that serves a few APIs as a test says, on any network. ApiVersions is served besides. */
export class AnsweringNode {
  readonly #apis: readonly Served[]
  readonly #sockets = new Set<Socket>()
  connectionCount = 0

  constructor(apis: readonly Served[]) {
    this.#apis = [served(ApiVersionsApi, () => this.#versions()), ...apis]
  }

  async listen(network: Network, port: number): Promise<void> {
    await network.listen({ host: '0.0.0.0', port }, (socket) => this.#accept(socket))
  }

  get openCount(): number {
    return this.#sockets.size
  }

  /** The connections that there are now. */
  pauseReading(): void {
    for (const socket of this.#sockets) socket.pause()
  }

  resumeReading(): void {
    for (const socket of this.#sockets) socket.resume()
  }

  closeConnections(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #accept(socket: Socket): void {
    this.connectionCount++
    this.#sockets.add(socket)
    const frames = new ResponseFrames({ maxBytes: MAX_REQUEST_BYTES })
    // One request of a connection at a time, as real nodes do.
    let last = Promise.resolve()
    socket.handle({
      onData: (chunk) => {
        for (const frame of frames.push(chunk)) last = last.then(() => this.#serve(socket, frame))
      },
      onDrain: () => undefined,
      onClose: () => this.#sockets.delete(socket),
    })
  }

  async #serve(socket: Socket, frame: Buffer): Promise<void> {
    const found = this.#apis.find(({ api }) => api.key === frame.readInt16BE(0))
    if (found === undefined) return socket.destroy()
    const { api } = found
    const version = frame.readInt16BE(2)
    const reader = new Reader(frame)
    const isFlexible = includesVersion(api.request.flexible, version)
    const { correlationId } = decodeMessage(RequestHeader, reader, isFlexible ? 2 : 1)
    const answer = await found.answer(decodeMessage(api.request, reader, version), version)
    if (answer === null) return
    const writer = new Writer()
    writer.int32(0)
    const hasLongHeader = includesVersion(api.response.flexible, version) && api.key !== ApiVersionsApi.key
    encodeMessage(ResponseHeader, { correlationId }, writer, hasLongHeader ? 1 : 0)
    encodeMessage(api.response, answer as Input<Message<Fields>>, writer, version)
    const bytes = Buffer.concat(writer.finish())
    bytes.writeInt32BE(bytes.length - 4, 0)
    socket.write([bytes])
  }

  #versions(): Input<typeof ApiVersionsApi.response> {
    const apiKeys = this.#apis.map(({ api, versions = parseVersions(api.request.versions) }) => ({
      apiKey: api.key,
      minVersion: versions.lowest,
      maxVersion: versions.highest,
    }))
    return { errorCode: ErrorCode.NONE, apiKeys }
  }
}
