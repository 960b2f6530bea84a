import type { Fields, Input, Message, Value } from '../../protocol/schema/notation.ts'
import type { Handler } from './define-handler.ts'
import { errorResponse } from './faults/error-response.ts'
import type { RequestContext } from './request-context.ts'

/**
 * Serves an API at the active controller, wherever it is: what comes to a broker's listener is passed on as a whole, with the
 * client's principal and address, and the answer comes back. A controller's listener serves it, or says NOT_CONTROLLER.
 * Source: KIP-590; kafka.server.KafkaApis.forwardToController.
 */
export function forwarded<Q extends Fields, A extends Fields>(handler: Handler<Q, A>): Handler<Q, A> {
  return {
    ...handler,
    // What is passed on may have to be sent twice.
    borrowsBytes: false,
    handle: (context, request) =>
      context.listenerKind === 'controller' ? handler.handle(context, request) : forward(context, handler, request, () => handler.handle(context, request)),
  }
}

type Answer<A extends Fields> = Input<Message<A>> | null

/**
 * @param request may be a part of the one that came
 * @param here    serves it where the active controller is in this process
 */
export async function forward<Q extends Fields, A extends Fields>(
  context: RequestContext,
  { api }: Pick<Handler<Q, A>, 'api'>,
  request: Value<Message<Q>>,
  here: () => object | null | Promise<object | null>,
): Promise<Answer<A>> {
  const { apiVersion, correlationId, clientId, principal, remote, services } = context
  const client = { api, apiVersion, correlationId, clientId, principal, clientAddress: remote.host, request }
  const outcome = await services.forwarder.forward(client, async () => here())
  switch (outcome.kind) {
    case 'response':
      return outcome.response as Answer<A>
    case 'error':
      return errorResponse({ api, version: apiVersion, errorCode: outcome.errorCode }, request) as Answer<A>
    case 'close':
      context.closeConnection(outcome.why)
      return null
  }
}
