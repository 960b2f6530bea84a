import { ErrorCode } from '../../protocol/error-codes.ts'
import { encodeMessage } from '../../protocol/schema/codec.ts'
import { defaultValue } from '../../protocol/schema/defaults.ts'
import { Writer } from '../../protocol/wire/writer.ts'
import type { ApiEntry } from './api-table.ts'

const LENGTH_BYTES = 4
const API_VERSIONS_KEY = 18

/** What stands before the body of a response. */
export interface ReplyTo {
  readonly apiVersion: number
  readonly correlationId: number
}

/**
 * A response as it goes to the socket: length, header, body. Long byte fields are chunks of their own, not copied.
 *
 * Errors: `EncodeError` when the value does not fit the version.
 * Source: protocol guide; KIP-511 keeps ApiVersions at response header v0, since its clients do not know versions yet.
 */
export function encodeReply<Services>(entry: ApiEntry<Services>, { apiVersion, correlationId }: ReplyTo, value: object): Uint8Array[] {
  const { api } = entry.served
  const writer = new Writer()
  writer.int32(0)
  writer.int32(correlationId)
  if (apiVersion >= entry.firstFlexibleResponse && api.key !== API_VERSIONS_KEY) writer.unsignedVarint(0)
  encodeMessage(api.response, value as never, writer, apiVersion)
  const lengthBytes = writer.byteLength - LENGTH_BYTES
  const chunks = writer.finish()
  ;(chunks[0] as Buffer).writeInt32BE(lengthBytes, 0)
  return chunks
}

/**
 * The answer to a request whose handler failed: UNKNOWN_SERVER_ERROR where the response has one error for all.
 * @returns null for responses that carry errors deeper inside: closing the connection says it then
 */
export function failureReply<Services>(entry: ApiEntry<Services>, replyTo: ReplyTo): Uint8Array[] | null {
  const { response } = entry.served.api
  if (!('errorCode' in response.fields)) return null
  const fields = Object.entries(response.fields as Record<string, Parameters<typeof defaultOf>[0]>)
  const value = Object.fromEntries(fields.map(([name, field]) => [name, defaultOf(field)]))
  return encodeReply(entry, replyTo, { ...value, errorCode: ErrorCode.UNKNOWN_SERVER_ERROR })
}

function defaultOf({
  type,
  options,
}: {
  readonly type: Parameters<typeof defaultValue>[0]['type']
  readonly options: { readonly default?: unknown }
}): unknown {
  return defaultValue({ type, explicitDefault: options.default })
}
