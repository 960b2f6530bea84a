import { ErrorCode } from '../../protocol/error-codes.ts'
import { DecodeError } from '../../protocol/errors.ts'
import { CreatePartitionsApi } from '../../protocol/messages/create-partitions.ts'
import { CreateTopicsApi } from '../../protocol/messages/create-topics.ts'
import { DeleteTopicsApi } from '../../protocol/messages/delete-topics.ts'
import { EnvelopeApi } from '../../protocol/messages/envelope.ts'
import { OdradekError } from '../base/errors.ts'
import type { Timers } from '../base/ports.ts'
import type { PeerClient } from '../client/peer-client.ts'
import { correlationIdOf, decodeResponse } from '../client/wire.ts'
import { NotControllerError } from '../controller/not-controller-error.ts'
import { isTimedOut } from '../controller/rejection.ts'
import type { MetadataLoader } from '../metadata/loader.ts'
import type { Logger } from '../telemetry/logger.ts'
import { untilApplied } from './applied-changes.ts'
import { type ClientRequest, envelopeOf, shortened, timeoutOf } from './client-request.ts'
import type { ControllerChannel } from './controller-channel.ts'
import { checkController } from './requests/not-controller.ts'

/** The controller's answer (null where a handler of this process gives none), an error to answer for all that was asked, or that Kafka closes the connection instead. */
export type Forwarded =
  | { readonly kind: 'response'; readonly response: object | null }
  | { readonly kind: 'error'; readonly errorCode: ErrorCode }
  | { readonly kind: 'close'; readonly why: string }

export interface ForwarderOptions {
  readonly controller: { readonly forwarding: Pick<ControllerChannel, 'call'>; readonly topics: Pick<ControllerChannel, 'call'> }
  readonly metadata: Pick<MetadataLoader, 'until'>
  readonly timers: Pick<Timers, 'schedule' | 'sleep'>
  readonly logger: Logger
}

/** Requests whose answers wait until all brokers follow. */
const WAITING: ReadonlySet<number> = new Set([CreateTopicsApi.key, CreatePartitionsApi.key, DeleteTopicsApi.key])

/**
 * Brings requests that only the active controller decides to it, whole, with who sent them and from where. In this process
 * the request is served as if it had come to the controller.
 *
 * An answer may be lost, and the request be sent again and done twice; but it is not begun when the time is over that its client
 * gave it. Apache Kafka sends it again for a minute, each time with all of that time.
 * Source: KIP-590; kafka.server.ForwardingManagerImpl.
 */
export class Forwarder {
  readonly #options: ForwarderOptions

  constructor(options: ForwarderOptions) {
    this.#options = options
  }

  /** @param here serves the request where the active controller is in this process */
  async forward(request: ClientRequest, here: () => Promise<object | null>): Promise<Forwarded> {
    const { controller, logger } = this.#options
    const channel = WAITING.has(request.api.key) ? controller.topics : controller.forwarding
    try {
      return await channel.call<Forwarded>({
        what: request.api.name,
        ...timeoutOf(request),
        here: async () => ({ kind: 'response', response: checkController(await here()) }),
        there: (peer, leftMs) => passOn(request, { peer, leftMs, ...this.#options }),
      })
    } catch (error) {
      if (!(error instanceof OdradekError)) throw error
      logger.debug('a request was not forwarded to the controller', { api: request.api.name, error })
      // In Kafka, too, a controller that does not serve Envelope is a mistake of the cluster's.
      return { kind: 'error', errorCode: isTimedOut(error) ? ErrorCode.REQUEST_TIMED_OUT : ErrorCode.UNKNOWN_SERVER_ERROR }
    }
  }
}

export interface PassingOn extends Pick<ForwarderOptions, 'metadata' | 'timers'> {
  readonly peer: PeerClient
  /** Of the time that the request may take. */
  readonly leftMs: () => number
}

/**
 * Has `peer` serve the request in the time that is left of it, and waits until this node has applied what was done.
 * Rejects with `NotControllerError` where the peer is not the active controller.
 */
export async function passOn(request: ClientRequest, { peer, leftMs, ...follow }: PassingOn): Promise<Forwarded> {
  const forwarded = await enclose(shortened(request, leftMs()), peer)
  if (forwarded.kind === 'response' && forwarded.response !== null) await untilApplied(request, forwarded.response, leftMs(), { ...follow, controller: peer })
  return forwarded
}

async function enclose(request: ClientRequest, controller: PeerClient): Promise<Forwarded> {
  const { errorCode, responseData } = await controller.send(EnvelopeApi, envelopeOf(request))
  switch (errorCode) {
    case ErrorCode.NONE:
      return responseData === null || responseData.length < 4 ? { kind: 'error', errorCode: ErrorCode.UNKNOWN_SERVER_ERROR } : opened(request, responseData)
    case ErrorCode.NOT_CONTROLLER:
      throw new NotControllerError('the node that was asked is not the active controller')
    case ErrorCode.UNSUPPORTED_VERSION:
      return { kind: 'close', why: `the controller does not know version ${request.apiVersion} of ${request.api.name}` }
    default:
      return { kind: 'error', errorCode: ErrorCode.UNKNOWN_SERVER_ERROR }
  }
}

/** The answer's bytes are read as the client's would be; what cannot be read is the controller's mistake. */
function opened({ api, apiVersion, correlationId }: ClientRequest, responseData: Uint8Array): Forwarded {
  const frame = Buffer.from(responseData.buffer, responseData.byteOffset, responseData.length)
  try {
    if (correlationIdOf(frame) !== correlationId) throw new DecodeError('it answers another request')
    return { kind: 'response', response: decodeResponse(api, frame, apiVersion) }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { kind: 'error', errorCode: ErrorCode.UNKNOWN_SERVER_ERROR }
  }
}
