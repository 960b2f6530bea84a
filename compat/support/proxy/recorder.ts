import { apis } from '../../../protocol/apis.ts'
import { RequestHeader } from '../../../protocol/headers/request-header.ts'
import { decodeMessage } from '../../../protocol/schema/codec.ts'
import { includesVersion } from '../../../protocol/schema/versions.ts'
import { Reader } from '../../../protocol/wire/reader.ts'
import { ResponseFrames } from '../../../src/client/response-frames.ts'
import { correlationIdOf, decodeResponse } from '../../../src/client/wire.ts'
import type { Tap } from './tcp-proxy.ts'

/** One request that went by, and its answer where it came. */
export interface Exchange {
  /** Counted from 1 in the order in which they were opened. */
  readonly connection: number
  /** Since the recorder was made. */
  readonly sentMs: number
  readonly answeredMs: number
  readonly api: string
  readonly version: number
  readonly clientId: string | null
  readonly request: unknown
  readonly response: unknown
}

const MAX_FRAME_BYTES = 64 * 1024 * 1024
const REQUEST_HEADER_V1 = 1
const API_VERSIONS_KEY = 18

/** Decodes what goes through proxies with the message schemas of this repository. */
export class Recorder {
  readonly exchanges: Exchange[] = []
  readonly #startMs = performance.now()
  #connections = 0

  /** For one connection. */
  readonly tap = (): Tap => {
    const connection = ++this.#connections
    const requests = new ResponseFrames({ maxBytes: MAX_FRAME_BYTES })
    const responses = new ResponseFrames({ maxBytes: MAX_FRAME_BYTES })
    const waiting = new Map<number, Sent>()
    return {
      onRequest: (chunk) => {
        for (const frame of requests.push(chunk)) {
          const sent = { ...readRequest(frame), sentMs: this.#nowMs() }
          waiting.set(sent.correlationId, sent)
        }
      },
      onResponse: (chunk) => {
        for (const frame of responses.push(chunk)) {
          const correlationId = correlationIdOf(frame)
          const sent = waiting.get(correlationId)
          waiting.delete(correlationId)
          if (sent === undefined) throw new Error(`a response to ${correlationId} that nobody asked for`)
          this.#keep(connection, sent, frame)
        }
      },
      onEnd: () => {},
    }
  }

  /** Those of one API, or of some. */
  of(...names: readonly string[]): readonly Exchange[] {
    return this.exchanges.filter(({ api }) => names.includes(api))
  }

  #keep(connection: number, { api, version, clientId, request, sentMs }: Sent, frame: Buffer): void {
    const response = decodeResponse(api, frame, version)
    this.exchanges.push({ connection, sentMs, answeredMs: this.#nowMs(), api: api.name, version, clientId, request, response })
  }

  #nowMs(): number {
    return Math.round(performance.now() - this.#startMs)
  }
}

type Sent = ReturnType<typeof readRequest> & { readonly sentMs: number }

function readRequest(frame: Buffer) {
  const key = frame.readInt16BE(0)
  const version = frame.readInt16BE(2)
  const api = apis.find((one) => one.key === key)
  if (api === undefined) throw new Error(`a request of API ${key}, which Apache Kafka does not specify`)
  const isKnown = includesVersion(api.request.versions, version)
  const reader = new Reader(frame)
  const { clientId, correlationId } = decodeMessage(RequestHeader, reader, isKnown && includesVersion(api.request.flexible, version) ? 2 : REQUEST_HEADER_V1)
  // Only ApiVersions may be asked in a version that nobody knows.
  const request = isKnown || key !== API_VERSIONS_KEY ? decodeMessage(api.request, reader, version) : null
  return { api, version, clientId, correlationId, request }
}
