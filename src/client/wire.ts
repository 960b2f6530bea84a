import { ErrorCode } from '../../protocol/error-codes.ts'
import { RequestHeader } from '../../protocol/headers/request-header.ts'
import { ResponseHeader } from '../../protocol/headers/response-header.ts'
import { decodeMessage, encodeMessage } from '../../protocol/schema/codec.ts'
import type { AnyApi, Api, Fields, Input, Message, Value } from '../../protocol/schema/notation.ts'
import { includesVersion } from '../../protocol/schema/versions.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { Writer } from '../../protocol/wire/writer.ts'

const API_VERSIONS_KEY = 18
const LENGTH_BYTES = 4

export interface RequestOptions {
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string
}

/** A request as it goes to the socket: length, header, body. Errors: `EncodeError` for what does not fit the version. */
export function encodeRequest<Q extends Fields>(api: Api<Q, Fields>, request: Input<Message<Q>>, options: RequestOptions): Uint8Array[] {
  const { apiVersion: requestApiVersion, correlationId, clientId } = options
  const writer = new Writer()
  writer.int32(0)
  const header = { requestApiKey: api.key, requestApiVersion, correlationId, clientId }
  encodeMessage(RequestHeader, header, writer, includesVersion(api.request.flexible, requestApiVersion) ? 2 : 1)
  encodeMessage(api.request, request, writer, requestApiVersion)
  const sizeBytes = writer.byteLength - LENGTH_BYTES
  const chunks = writer.finish()
  ;(chunks[0] as Buffer).writeInt32BE(sizeBytes, 0)
  return chunks
}

/** The first field of every response header. */
export function correlationIdOf(frame: Buffer): number {
  return frame.readInt32BE(0)
}

/**
 * The body of a response; its bytes are views of `frame`. Errors: `DecodeError`.
 * ApiVersions keeps response header v0, and is answered in version 0 by who does not know the version. Source: KIP-511.
 */
export function decodeResponse<A extends Fields>(api: Api<Fields, A>, frame: Buffer, apiVersion: number): Value<Message<A>> {
  const reader = new Reader(frame)
  const isFlexible = includesVersion(api.response.flexible, apiVersion) && api.key !== API_VERSIONS_KEY
  decodeMessage(ResponseHeader, reader, isFlexible ? 1 : 0)
  return decodeMessage(api.response, reader, isVersionRefused(api, frame) ? 0 : apiVersion)
}

function isVersionRefused({ key }: AnyApi, frame: Buffer): boolean {
  return key === API_VERSIONS_KEY && frame.length >= 6 && frame.readInt16BE(4) === ErrorCode.UNSUPPORTED_VERSION
}
