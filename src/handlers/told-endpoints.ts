import type { LeaderEndpoint, LeaderEndpoints } from '../replication/current-leader.ts'
import type { RequestContext } from './request-context.ts'

/** Where the leaders of a response are, as its client is told. */
export function toldEndpoints(context: RequestContext, endpoints: LeaderEndpoints): LeaderEndpoint[] {
  return endpoints.all.map(({ nodeId, rack, ...endpoint }) => ({ nodeId, ...context.services.addresses.endpointFor(context, nodeId, endpoint), rack }))
}
