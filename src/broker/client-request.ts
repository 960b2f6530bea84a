/** What stands in an Envelope: a request with its header, who sent it and from where. Source: KIP-590; ForwardingManagerUtil. */
import { DefaultPrincipalData } from '../../protocol/data/default-principal-data.ts'
import { encodeMessage } from '../../protocol/schema/codec.ts'
import type { AnyApi } from '../../protocol/schema/notation.ts'
import { Writer } from '../../protocol/wire/writer.ts'
import { ipAddressBytes } from '../base/ip-address-bytes.ts'
import { encodeRequest } from '../client/wire.ts'

const LENGTH_BYTES = 4
const PRINCIPAL_VERSION = 0
/** Of a client whose address has no bytes, as of one in this process. */
const NOWHERE = Buffer.alloc(4)

/** A request of a client as it came to this broker. */
export interface ClientRequest {
  readonly api: AnyApi
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string
  /** `User:name` */
  readonly principal: string
  /** The address from which the client came, as text. */
  readonly clientAddress: string
  readonly request: Readonly<Record<string, unknown>>
}

/** Milliseconds that the client gives the request, where it says so; it is not to be begun later. */
export function timeoutOf({ request }: ClientRequest): { readonly timeoutMs?: number } {
  return typeof request.timeoutMs === 'number' ? { timeoutMs: request.timeoutMs } : {}
}

/** The request with no more time than is left of it: the controller counts from when it gets it. */
export function shortened(client: ClientRequest, leftMs: number): ClientRequest {
  const { timeoutMs = 0 } = timeoutOf(client)
  const wholeMs = Math.max(1, Math.ceil(leftMs))
  return timeoutMs <= wholeMs ? client : { ...client, request: { ...client.request, timeoutMs: wholeMs } }
}

/** The fields of an EnvelopeRequest. */
export function envelopeOf(client: ClientRequest) {
  return {
    requestData: Buffer.concat(encodeRequest(client.api, client.request, client)).subarray(LENGTH_BYTES),
    requestPrincipal: encodePrincipal(client.principal),
    clientHostAddress: ipAddressBytes(client.clientAddress) ?? NOWHERE,
  }
}

/** As Kafka's default principal builder writes it. Source: DefaultKafkaPrincipalBuilder. */
function encodePrincipal(principal: string): Buffer {
  const colon = principal.indexOf(':')
  const writer = new Writer()
  writer.int16(PRINCIPAL_VERSION)
  const data = { type: principal.slice(0, colon), name: principal.slice(colon + 1), tokenAuthenticated: false }
  encodeMessage(DefaultPrincipalData, data, writer, PRINCIPAL_VERSION)
  return writer.toBuffer()
}
