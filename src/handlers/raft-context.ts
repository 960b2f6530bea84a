import type { AnswerTo, RaftRequest } from '../raft/core/messages.ts'
import type { Inbound } from '../raft/wire/inbound.ts'
import type { AnswerContext } from '../raft/wire/told-leader.ts'
import type { RequestContext } from './request-context.ts'

/** What was heard goes to this node of the quorum, which answers each request in its own form. */
export async function askRaft<Request extends RaftRequest>(
  { services, closed }: RequestContext,
  { request, extras }: Extract<Inbound<Request, unknown>, { kind: 'request' }>,
): Promise<AnswerTo<Request>> {
  return (await services.raft.handle(request, extras, closed)) as AnswerTo<Request>
}

/** For the answer: its reader is told where the leader listens for those who came to this listener. */
export function answerContext({ apiVersion, listenerName, services }: RequestContext): AnswerContext {
  return { apiVersion, listenerName, leaderEndpoints: services.raft.leaderEndpoints() }
}

/** The listener at which the nodes of the quorum speak to one another: the first of `controller.listener.names`. */
export function quorumListener({ services: { config } }: RequestContext): string {
  return config.get('controller.listener.names')[0] ?? ''
}
