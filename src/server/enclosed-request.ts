import { DefaultPrincipalData } from '../../protocol/data/default-principal-data.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { DecodeError } from '../../protocol/errors.ts'
import { RequestHeader } from '../../protocol/headers/request-header.ts'
import { saysError } from '../../protocol/says-error.ts'
import { decodeMessage } from '../../protocol/schema/codec.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { ipAddressOf } from '../base/ip-address-bytes.ts'
import type { ApiEntry, ApiTable } from './api-table.ts'
import { EnclosedScope } from './enclosed-scope.ts'
import { encodeReply } from './encode-reply.ts'
import { isForwardable } from './forwardable-apis.ts'
import type { ListenerKind, RequestContext } from './request-context.ts'

/** What stands in an EnvelopeRequest. */
export interface Enclosed {
  /** Header and body, without a length. */
  readonly requestData: Uint8Array
  readonly requestPrincipal: Uint8Array | null
  readonly clientHostAddress: Uint8Array
}

/** What stands in an EnvelopeResponse. */
export interface EnclosedReply {
  readonly errorCode: ErrorCode
  readonly responseData: Buffer | null
}

const LENGTH_BYTES = 4
const FIXED_HEADER_BYTES = 8
const VERSION_BYTES = 2
const PRINCIPAL_VERSION = 0

/**
 * Serves a request that a broker passed on, as if its client had come to this listener itself.
 * Source: KIP-590; kafka.server.EnvelopeUtils, RequestChannel.buildResponseSend.
 */
export class EnclosedRequests<Services> {
  readonly #apis: ApiTable<Services>

  constructor(apis: ApiTable<Services>) {
    this.#apis = apis
  }

  /**
   * @param outer of the Envelope
   * Rejects with a mistake of the handler's own where its response could not say so.
   */
  async serve(enclosed: Enclosed, outer: RequestContext<Services>): Promise<EnclosedReply> {
    const principal = principalOf(enclosed.requestPrincipal)
    if (principal === null) return refused(ErrorCode.PRINCIPAL_DESERIALIZATION_FAILURE)
    const address = ipAddressOf(enclosed.clientHostAddress)
    if (address === null) return refused(ErrorCode.INVALID_REQUEST)
    const read = this.#read(viewOf(enclosed.requestData), outer.listenerKind)
    if ('errorCode' in read) return refused(read.errorCode)
    const scope = new EnclosedScope(outer, { header: read.header, principal, address })
    return this.#answer(read, scope)
  }

  #read(requestData: Buffer, kind: ListenerKind): ReadRequest<Services> | { readonly errorCode: ErrorCode } {
    try {
      if (requestData.length < FIXED_HEADER_BYTES) throw new DecodeError('an enclosed request has no header')
      const apiKey = requestData.readInt16BE(0)
      const apiVersion = requestData.readInt16BE(2)
      if (!isForwardable(apiKey)) return { errorCode: this.#isKnown(apiKey) ? ErrorCode.INVALID_REQUEST : ErrorCode.UNSUPPORTED_VERSION }
      const entry = this.#apis.find(apiKey, kind)
      if (entry === undefined || apiVersion < entry.oldestVersion || apiVersion > entry.latestVersion) return { errorCode: ErrorCode.UNSUPPORTED_VERSION }
      const reader = new Reader(requestData)
      const header = decodeMessage(RequestHeader, reader, apiVersion >= entry.firstFlexibleRequest ? 2 : 1)
      return { entry, header, request: decodeMessage(entry.served.api.request, reader, apiVersion) }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return { errorCode: ErrorCode.UNSUPPORTED_VERSION }
    }
  }

  #isKnown(apiKey: number): boolean {
    return this.#apis.apis.some(({ key }) => key === apiKey)
  }

  async #answer({ entry, request }: ReadRequest<Services>, scope: EnclosedScope<Services>): Promise<EnclosedReply> {
    const response: object | null = await entry.served.handle(scope, request)
    if (scope.isClosed || response === null) return refused(ErrorCode.UNSUPPORTED_VERSION)
    if (saysError(response, ErrorCode.NOT_CONTROLLER)) return refused(ErrorCode.NOT_CONTROLLER)
    return { errorCode: ErrorCode.NONE, responseData: Buffer.concat(encodeReply(entry, scope, response)).subarray(LENGTH_BYTES) }
  }
}

interface ReadRequest<Services> {
  readonly entry: ApiEntry<Services>
  readonly header: RequestHeader
  readonly request: object
}

function refused(errorCode: ErrorCode): EnclosedReply {
  return { errorCode, responseData: null }
}

/** `User:name` of what Kafka's default principal builder wrote, a version and a message; null for anything else. */
function principalOf(bytes: Uint8Array | null): string | null {
  if (bytes === null || bytes.length < VERSION_BYTES) return null
  const view = viewOf(bytes)
  if (view.readInt16BE(0) !== PRINCIPAL_VERSION) return null
  try {
    const { type, name } = decodeMessage(DefaultPrincipalData, new Reader(view.subarray(VERSION_BYTES)), PRINCIPAL_VERSION)
    return `${type}:${name}`
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
