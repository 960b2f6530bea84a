import type { Api, Fields, Input, Message, Value } from '../../protocol/schema/notation.ts'
import type { ListenerKind } from '../server/request-context.ts'
import type { RequestContext } from './request-context.ts'

/**
 * How one API is served. A handler authorizes, calls a service and shapes its answer; what is decided, a core decides.
 * An API is advertised exactly when the registry holds its handler.
 */
export interface Handler<Request extends Fields, Response extends Fields> {
  readonly api: Api<Request, Response>
  readonly listeners: readonly ListenerKind[]
  /** The newest version served, where that is below the newest in the schema that is final. */
  readonly latestVersion?: number
  /**
   * Promises that no byte of the request (fields of type `bytes` and `records`, which are views) is looked at after `handle`
   * has returned, not even while its promise is pending: the memory is used for other requests then. Spares a copy of
   * each request; for those that bring much.
   */
  readonly borrowsBytes?: boolean
  /**
   * Promises that all is done when `handle` has returned, and that its promise only waits for others to confirm it, without
   * asking for `whenSent`. So the next request of this API on the same connection is served meanwhile; replies keep their order.
   */
  readonly overlaps?: boolean
  /**
   * `null` sends nothing (Produce with acks=0). A rejected promise is our own mistake: it is logged with the request's
   * name and answered UNKNOWN_SERVER_ERROR.
   */
  handle(context: RequestContext, request: Value<Message<Request>>): Input<Message<Response>> | null | Promise<Input<Message<Response>> | null>
}

// biome-ignore lint/suspicious/noExplicitAny: a handler of any API
export type AnyHandler = Handler<any, any>

export function defineHandler<Request extends Fields, Response extends Fields>(handler: Handler<Request, Response>): Handler<Request, Response> {
  return handler
}
